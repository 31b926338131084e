"""`zoo list`."""

from __future__ import annotations

import json

import click


@click.command("list")
@click.argument("pattern", default="*")
@click.option("--concept", help="Only architectures that show this concept.")
@click.option("--concepts", "show_concepts", is_flag=True, help="List the concepts instead.")
@click.option("--json", "as_json", is_flag=True, help="Print the names as a JSON list.")
def command(pattern: str, concept: str | None, show_concepts: bool, as_json: bool) -> None:
    """List the architectures that match PATTERN, a name or wildcard such as "*scores*"."""
    from zoo.models.registry import list_models, spec
    from zoo.models.spec import CONCEPTS

    if show_concepts:
        for key, meaning in CONCEPTS.items():
            click.echo(f"{key:20s} {meaning}")
        return
    names = list_models(pattern, concept=concept)
    if as_json:
        click.echo(json.dumps(names))
        return
    width = max(map(len, names), default=0)
    for name in names:
        entry = spec(name)
        click.echo(f"{name:{width}s} {entry.count:>12,}  {entry.summary}")
    click.echo(f"{len(names)} architectures (name, parameters, summary)", err=True)
