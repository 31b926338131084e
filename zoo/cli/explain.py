"""`zoo explain`."""

from __future__ import annotations

import json
from typing import Any

import click

from zoo.cli.lookup import architecture_of
from zoo.cli.names import MODEL
from zoo.cli.options import arguments_option


@click.command("explain")
@click.argument("name", type=MODEL)
@arguments_option
@click.option("--all", "weightless", is_flag=True, help="Show layers without weights too.")
@click.option("--json", "as_json", is_flag=True, help="Print the lines as JSON.")
def command(name: str, builder_arguments: dict[str, Any], weightless: bool, as_json: bool) -> None:
    """Show where the parameters of architecture NAME come from, layer by layer."""
    from zoo.inspection.explain import explain

    name, builder_arguments = architecture_of(name, builder_arguments)
    explanation = explain(name, weightless=weightless, **builder_arguments)
    click.echo(json.dumps(explanation.as_dict(), indent=2) if as_json else str(explanation))
