"""`zoo new`."""

from __future__ import annotations

from pathlib import Path

import click

from zoo.cli.arguments import parse_arguments, set_option
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
    metavar="PORT=COLUMN,...",
    multiple=True,
    help="Which columns of the table a port takes, where their names do not tell.",
)
@set_option
def command(
    folder: Path,
    source: str,
    table: Path | None,
    assignments: tuple[str, ...],
    pairs: tuple[str, ...],
) -> None:
    """Write a project of your own into FOLDER, started from an architecture of the zoo.

    The project holds the builder, a recipe, a loader of a CSV table, the table, and a test. Once
    it is installed, `zoo train` and every other command know its model by the folder's name.

    A port takes the column of its own name, or those numbered NAME_0, NAME_1 and so on; an input
    that is left over takes all columns that are left over.

    A model that reads text takes one column of plain sentences for each port that holds text; the
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
    columns: dict[str, tuple[str, ...]] = {}
    for each in assignments:
        port, equals, names = (part.strip() for part in each.partition("="))
        listed = tuple(name.strip() for name in names.split(","))
        if not equals or not port or not all(listed):
            raise RecipeError(
                f"--columns {each!r}: write --columns PORT=COLUMN, such as label=outcome"
            )
        if port in columns:
            raise RecipeError(f"--columns {port}: given twice")
        columns[port] = listed
    return columns
