"""`zoo new`."""

from __future__ import annotations

from pathlib import Path

import click

from zoo.cli.options import arguments_option, parse_arguments
from zoo.core.errors import RecipeError


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--from", "source", metavar="NAME", required=True, help="Architecture to start from.")
@click.option(
    "--csv",
    "table",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Your own table, copied into the project; without it an example is made up.",
)
@click.option(
    "--columns",
    "assignments",
    metavar="NAME=COLUMN,...",
    multiple=True,
    help="Columns of the table that an input or output takes, where names alone do not tell.",
)
@arguments_option
def command(
    folder: Path,
    source: str,
    table: Path | None,
    assignments: tuple[str, ...],
    pairs: tuple[str, ...],
) -> None:
    """Write a project of your own into FOLDER, started from an architecture of the zoo.

    The project holds the builder, a recipe, a CSV table, how the table is read, and a test. Once
    it is installed, `zoo train` and every other command know its model by the folder's name.

    An input or output takes the column of its own name, or those numbered NAME_0, NAME_1 and so
    on. If one input is left, it takes all columns that are left.

    A model that reads text takes one column of plain sentences for each input that is text; the
    training rows decide its vocabulary.
    """
    from zoo.scaffold.project import create

    arguments = parse_arguments(pairs)
    columns = _columns(assignments)
    files = create(folder, source, table=table, columns=columns, arguments=arguments)
    for name in files:
        click.echo(folder / name)
    package = folder.name.replace("-", "_")
    click.echo(f"next: pip install -e {folder} && zoo train {package}", err=True)


def _columns(assignments: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """`label=outcome` as {"label": ("outcome",)}."""
    found: dict[str, tuple[str, ...]] = {}
    for each in assignments:
        name, equals, columns = (part.strip() for part in each.partition("="))
        listed = tuple(column.strip() for column in columns.split(","))
        if not equals or not name or not all(listed):
            raise RecipeError(
                f"--columns {each!r}: write --columns NAME=COLUMN, such as label=outcome"
            )
        if name in found:
            raise RecipeError(f"--columns {name}: given twice")
        found[name] = listed
    return found
