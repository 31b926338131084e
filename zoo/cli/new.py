"""`zoo new`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from zoo.cli.names import ARCHITECTURE
from zoo.cli.options import READ, arguments_option, assigned
from zoo.cli.tables import aligned
from zoo.core.console import printable

HEADER = ("column", "kind", "values", "missing", "example", "")


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "source",
    type=ARCHITECTURE,
    metavar="NAME",
    required=True,
    help="Architecture to start from.",
)
@click.option(
    "--csv",
    "table",
    type=READ,
    help="Your own table, copied into the project; an example is made up if not given.",
)
@click.option(
    "--target",
    "targets",
    metavar="COLUMN",
    multiple=True,
    help="Column to predict; may be given several times.",
)
@click.option(
    "--kind",
    "kinds",
    metavar="COLUMN=KIND",
    multiple=True,
    help="number, category, text, date or picture, where the guess is wrong.",
)
@click.option("--drop", "dropped", metavar="COLUMN", multiple=True, help="Column to leave out.")
@click.option(
    "--columns",
    "assignments",
    metavar="NAME=COLUMN,...",
    multiple=True,
    help="Columns of an input (or, without --target, output) of the architecture.",
)
@click.option(
    "--group", metavar="COLUMN", default="", help="Keep rows with the same value in one split."
)
@click.option("--time", metavar="COLUMN", default="", help="Train on the past, test on the future.")
@click.option("--dry-run", is_flag=True, help="Show what each column is taken for, and stop.")
@arguments_option
def command(
    folder: Path,
    source: str,
    table: Path | None,
    targets: tuple[str, ...],
    kinds: tuple[str, ...],
    dropped: tuple[str, ...],
    assignments: tuple[str, ...],
    group: str,
    time: str,
    dry_run: bool,
    builder_arguments: dict[str, Any],
) -> None:
    """Start a project of your own in FOLDER from an architecture of the zoo.

    The project holds the builder, a recipe, a CSV table, how the table is read, and a test. Once
    it is installed, `zoo train` and the other commands find its model by the folder's name.

    With --target the model takes the table's columns as they are: numbers with gaps, dates,
    categories, texts, paths of pictures. What each column is taken for is shown first; columns
    that number the rows or never change are left out.

    Without it an input or output takes the column of its own name, or those numbered NAME_0,
    NAME_1 and so on. If one input remains, it takes all remaining columns. That is the way for
    series, ids of teams, and pictures whose pixels are columns.
    """
    from zoo.data.csv import some
    from zoo.data.kinds import PICTURES
    from zoo.scaffold.plan import table_of
    from zoo.scaffold.project import propose, write
    from zoo.scaffold.wanted import Wanted

    columns = {
        name: tuple(column.strip() for column in text.split(","))
        for name, text in assigned(assignments, "--columns", "NAME=COLUMN", "label=outcome").items()
    }
    wanted = Wanted(
        folder,
        source,
        table,
        targets,
        assigned(kinds, "--kind", "COLUMN=KIND", "zip=category"),
        dropped,
        columns,
        group,
        time,
        builder_arguments,
    )
    proposal = propose(wanted)
    if proposal.plan:
        click.echo("\n".join(aligned([HEADER, *table_of(proposal.plan)])), err=True)
    for note in proposal.notes:
        click.echo(printable(f"note: {note}"), err=True)
    files = [] if dry_run else write(proposal, lambda line: click.echo(line, err=True))
    for name, titles in proposal.columns.items():
        click.echo(f"{name}: {some(titles)}", err=True)
    pictures = [name for name in files if name.suffix.lower() in PICTURES]
    for name in files:
        if name.suffix.lower() not in PICTURES:
            click.echo(folder / name)
    if dry_run:
        return
    if pictures:
        place = folder / os.path.commonpath([name.parent for name in pictures])
        click.echo(f"and {len(pictures):,} picture{'s' * (len(pictures) > 1)} in {place}")
    click.echo(f"next: pip install -e {folder} && zoo train {proposal.package}", err=True)
