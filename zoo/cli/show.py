"""`zoo show`."""

from __future__ import annotations

import json

import click


@click.command("show")
@click.argument("name")
@click.option("--json", "form", flag_value="json", help="Print the card as JSON.")
@click.option("--code", "form", flag_value="code", help="Print the builder's source.")
@click.option(
    "--standalone",
    "form",
    flag_value="standalone",
    help="Print one Python file that builds it with TensorFlow alone.",
)
def command(name: str, form: str | None) -> None:
    """Show the card of architecture NAME: source, claim, ports, counts, concepts, recipe."""
    from zoo import card, standalone
    from zoo.registry import spec

    entry = spec(name)
    if form == "json":
        click.echo(json.dumps(card.as_dict(entry), indent=2))
    elif form == "code":
        click.echo(standalone.builder_source(entry))
    elif form == "standalone":
        click.echo(standalone.standalone_source(entry), nl=False)
    else:
        click.echo(card.as_text(entry))
