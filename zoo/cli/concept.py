"""`zoo concept`."""

from __future__ import annotations

import json

import click

from zoo.cli.listing import echo_meanings
from zoo.cli.names import CONCEPT


@click.command("concept")
@click.argument("name", type=CONCEPT, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the page or the list as JSON.")
def command(name: str | None, as_json: bool) -> None:
    """Explain concept NAME, with the models that show it; without NAME, list the concepts."""
    from zoo.inspection import concepts
    from zoo.models.spec import CONCEPTS

    if name is None:
        echo_meanings(CONCEPTS, as_json)
    elif as_json:
        click.echo(json.dumps(concepts.as_dict(name), indent=2))
    else:
        click.echo(concepts.as_text(name))
