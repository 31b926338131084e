"""`zoo show`."""

from __future__ import annotations

import json

import click

from zoo.cli.names import MODEL


@click.command("show")
@click.argument("name", type=MODEL)
@click.option("--json", "form", flag_value="json", help="Print the model card as JSON.")
@click.option("--code", "form", flag_value="code", help="Print the builder's source.")
@click.option(
    "--standalone",
    "form",
    flag_value="standalone",
    help="Print one Python file that builds it with TensorFlow alone.",
)
def command(name: str, form: str | None) -> None:
    """Show architecture NAME: document, claim, inputs, outputs, counts, concepts, recipe."""
    from zoo.inspection import model_card, source_code
    from zoo.models.registry import spec

    entry = spec(name)
    if form == "json":
        click.echo(json.dumps(model_card.as_dict(entry), indent=2))
    elif form == "code":
        click.echo(source_code.builder_source(entry))
    elif form == "standalone":
        click.echo(source_code.standalone_source(entry), nl=False)
    else:
        click.echo(model_card.as_text(entry))
