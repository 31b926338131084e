"""`zoo new`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli.options import FILE, arguments_option, assigned


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--from", "source", metavar="NAME", required=True, help="Architecture to start from.")
@click.option(
    "--csv",
    "table",
    type=FILE,
    help="Your own table, copied into the project; an example is made up if not given.",
)
@click.option(
    "--columns",
    "assignments",
    metavar="NAME=COLUMN,...",
    multiple=True,
    help="Table columns for an input or output, where they do not have its name.",
)
@arguments_option
def command(
    folder: Path,
    source: str,
    table: Path | None,
    assignments: tuple[str, ...],
    builder_arguments: dict[str, Any],
) -> None:
    """Start a project of your own in FOLDER from an architecture of the zoo.

    The project holds the builder, a recipe, a CSV table, how the table is read, and a test. Once
    it is installed, `zoo train` and the other commands find its model by the folder's name.

    An input or output takes the column of its own name, or those numbered NAME_0, NAME_1 and so
    on. If one input remains, it takes all remaining columns.

    A model that reads text takes one column of plain sentences for each input that is text; the
    training rows decide its vocabulary.
    """
    from zoo.scaffold.project import create

    columns = {
        name: tuple(column.strip() for column in text.split(","))
        for name, text in assigned(assignments, "--columns", "NAME=COLUMN", "label=outcome").items()
    }
    files = create(folder, source, table=table, columns=columns, arguments=builder_arguments)
    for name in files:
        click.echo(folder / name)
    package = folder.name.replace("-", "_")
    click.echo(f"next: pip install -e {folder} && zoo train {package}", err=True)
