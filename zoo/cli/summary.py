"""`zoo summary`."""

from __future__ import annotations

from typing import Any

import click

from zoo.cli.lookup import architecture_of
from zoo.cli.names import MODEL
from zoo.cli.options import arguments_option


@click.command("summary")
@click.argument("name", type=MODEL)
@arguments_option
@click.option("--expand-nested", is_flag=True, help="Also list the layers of nested models.")
def command(name: str, builder_arguments: dict[str, Any], expand_nested: bool) -> None:
    """Print Keras's table of architecture NAME: layers, shapes, parameters, connections."""
    from zoo.inspection.summary import summary
    from zoo.models.abstract_build import abstract_build
    from zoo.models.registry import build

    name, builder_arguments = architecture_of(name, builder_arguments)
    with abstract_build():
        model = build(name, **builder_arguments)
    click.echo(summary(model, expand_nested=expand_nested), nl=False)
