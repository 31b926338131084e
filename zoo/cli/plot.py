"""`zoo plot`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from zoo.cli.lookup import architecture_of, is_architecture
from zoo.cli.names import MODEL
from zoo.cli.options import FILE, arguments_option


@click.command("plot")
@click.argument("name", type=MODEL)
@click.option(
    "--out",
    type=FILE,
    help="File to write, .svg, .png or .dot.  [default: NAME.svg]",
)
@click.option(
    "--style",
    type=click.Choice(["zoo", "keras"]),
    default="zoo",
    show_default=True,
    help="Draw as the zoo does, or as keras.utils.plot_model does.",
)
@click.option(
    "--nested/--flat",
    default=True,
    show_default=True,
    help="Open nested models, TimeDistributed and Bidirectional, or draw each as one box.",
)
@click.option(
    "--detail",
    type=click.Choice(["auto", "layers", "runs", "blocks"]),
    default="auto",
    show_default=True,
    help="One box per layer, per run of layers, or per block; auto picks by size.",
)
@arguments_option
def command(
    name: str,
    out: Path | None,
    style: Literal["zoo", "keras"],
    nested: bool,
    detail: Literal["auto", "layers", "runs", "blocks"],
    builder_arguments: dict[str, Any],
) -> None:
    """Draw architecture NAME: one box per call, each edge labeled with its shape."""
    from zoo.inspection.diagram import check_suffix, render
    from zoo.models.abstract_build import abstract_build
    from zoo.models.registry import build, spec

    asked = spec(name).name if is_architecture(name) else name
    name, builder_arguments = architecture_of(name, builder_arguments)
    path = out or Path(f"{asked}.svg")
    check_suffix(path)
    with abstract_build():
        model = build(name, **builder_arguments)
    click.echo(render(model, path, style=style, nested=nested, detail=detail))
