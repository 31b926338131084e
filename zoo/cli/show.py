"""`zoo show`."""

from __future__ import annotations

import json

import click


@click.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print the card as JSON.")
def command(name: str, as_json: bool) -> None:
    """Show the card of architecture NAME: source, claim, ports, counts, concepts, recipe."""
    from zoo.card import as_dict, as_text
    from zoo.registry import spec

    entry = spec(name)
    if as_json:
        click.echo(json.dumps(as_dict(entry), indent=2))
        return
    click.echo(as_text(entry))
