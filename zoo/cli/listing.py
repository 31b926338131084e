"""`zoo list`."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click

from zoo.cli.names import ARCHITECTURE, CONCEPT, DOCUMENT
from zoo.cli.tables import aligned
from zoo.core.errors import ZooError, not_found


@click.command("list")
@click.argument("pattern", type=ARCHITECTURE, default="*")
@click.option("--document", type=DOCUMENT, help="Only architectures that cite this document.")
@click.option("--concept", type=CONCEPT, help="Only architectures that show this concept.")
@click.option("--documents", is_flag=True, help="List the documents instead.")
@click.option("--concepts", is_flag=True, help="List the concepts instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the names as JSON.")
def command(
    pattern: str,
    document: str | None,
    concept: str | None,
    documents: bool,
    concepts: bool,
    as_json: bool,
) -> None:
    """List the architectures that match PATTERN, a name or wildcard such as "*scores*"."""
    from zoo.models.documents import DOCUMENTS
    from zoo.models.registry import list_models, spec
    from zoo.models.spec import CONCEPTS

    if documents or concepts:
        if (documents and concepts) or document or concept or pattern != "*":
            raise click.UsageError("--documents and --concepts go alone, or with --json")
        titles = {key: each.title for key, each in DOCUMENTS.items()}
        echo_meanings(CONCEPTS if concepts else titles, as_json)
        return
    names = list_models(pattern, concept=concept, document=document)
    if not names:
        if list_models(pattern):
            raise ZooError(
                f"no architecture that matches {pattern!r} has what you ask for beside it"
            )
        raise not_found("architecture", pattern, list_models(), "zoo list")
    if as_json:
        click.echo(json.dumps(names))
        return
    entries = [spec(name) for name in names]
    for line in aligned([(e.name, f"{e.count:,}", e.summary) for e in entries], right=(1,)):
        click.echo(line)
    what = "architecture" if len(names) == 1 else "architectures"
    hint = f"; `zoo concept {concept}` explains the concept" if concept else ""
    click.echo(f"{len(names)} {what} (name, parameters, summary){hint}", err=True)


def echo_meanings(meanings: Mapping[str, str], as_json: bool) -> None:
    """Print keys with what they mean, aligned or as a JSON object."""
    lines = "\n".join(f"{key:20s} {meaning}" for key, meaning in meanings.items())
    click.echo(json.dumps(meanings, indent=2) if as_json else lines)
