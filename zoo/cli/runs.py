"""`zoo runs`."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zoo.cli.lookup import is_pattern
from zoo.cli.options import logdir_option
from zoo.cli.tables import aligned
from zoo.core.console import score_text

if TYPE_CHECKING:
    from zoo.experiments.comparison import Row

STAMP = len("20260101-000000")  # that the name of a run begins with
SORTS = ("best", "newest", "seconds", "epochs")


@click.command("runs")
@click.argument("names", nargs=-1, metavar="[PATTERN | RUN RUN ...]")
@logdir_option
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    default="best",
    show_default=True,
    help="Best test score first, by recipe and data; or over all runs the newest, the quickest, "
    "or the one of the fewest epochs.",
)
@click.option("--compare", is_flag=True, help="Show what differs, and every score side by side.")
@click.option("--json", "as_json", is_flag=True, help="Print the runs, with all scores, as JSON.")
def command(names: tuple[str, ...], logdir: Path, sort: str, compare: bool, as_json: bool) -> None:
    """List the runs that match PATTERN, a recipe or wildcard; compare two RUNs or more.

    A RUN is a run folder, RECIPE/RUN, a recipe for its latest run, or "latest". On a narrow
    terminal a * stands for the middle of long names: each is still a PATTERN of its run.
    """
    from zoo.experiments.comparison import differences, listed, ordered, row_of, scores

    compare = compare or len(names) > 1
    rows: dict[Path, Row] = {}
    for name in names or ("*",):
        one = len(names) > 1 and not is_pattern(name)
        one = one or (logdir / name / "run.json").is_file() or (Path(name) / "run.json").is_file()
        found = [row_of(name, logdir)] if one or name == "latest" else listed(logdir, name)
        rows |= {row.folder.resolve(): row for row in found}
    chosen = ordered(rows.values(), sort) if not compare or len(names) < 2 else list(rows.values())
    if as_json:
        content: object = [row.as_dict() for row in chosen]
        if compare:
            keys = [row.name for row in chosen]
            differ = {key: dict(zip(keys, each, strict=True)) for key, *each in differences(chosen)}
            content = {"runs": content, "differences": differ}
        click.echo(json.dumps(content, indent=2))
    elif compare:
        _compare(chosen, differences(chosen), scores(chosen))
    else:
        _list(chosen, logdir)


def _list(rows: list[Row], logdir: Path) -> None:
    """The table; on a terminal that is too narrow for it, with a `*` for the middle of names."""
    lines = [("run", "data", "status", "epochs", "seconds", "test score")]
    for row in rows:
        held = row.record
        score = "" if row.value is None else f"{row.metric} {score_text(row.value)}"
        lines.append(
            (
                row.name,
                held.data.source if held else "",
                held.status if held else "damaged",
                f"{row.epochs}",
                "" if row.seconds is None else f"{row.seconds:.0f}",
                score if held else row.error.rpartition("damaged: ")[2],
            )
        )
    if sys.stdout.isatty():
        lines = _fitted(lines, shutil.get_terminal_size().columns)
    for line in aligned(lines, right=(3, 4)) if rows else ():
        click.echo(line)
    what = "run" if len(rows) == 1 else "runs"
    click.echo(f"{len(rows)} {what} in {logdir}", err=True)


def _fitted(lines: list[tuple[str, ...]], width: int) -> list[tuple[str, ...]]:
    """The rows with names so short that they fit, if names can be so short."""
    others = zip(*(line[1:] for line in lines), strict=True)
    room = width - sum(2 + max(map(len, column)) for column in others)
    return [(_shortened(name, room), *rest) for name, *rest in lines]


def _shortened(name: str, width: int) -> str:
    """`RECIPE/TIME*END`: the recipe and the time stay, so that it is a pattern of this run."""
    recipe, slash, run = name.rpartition("/")
    start = f"{recipe}{slash}{run[:STAMP]}"
    end = max(1, width - len(start) - 1)
    return name if len(name) <= max(width, len(start) + 2) else f"{start}*{name[-end:]}"


def _compare(
    rows: list[Row], differences: list[tuple[str, ...]], scores: list[tuple[str, ...]]
) -> None:
    """Two tables, with a letter for each run."""
    letters = [_letter(at) for at in range(len(rows))]
    for letter, row in zip(letters, rows, strict=True):
        click.echo(f"{letter}  {row.name}{'' if row.record else f'  damaged: {row.error}'}")
    for title, lines in (("what differs", differences), ("scores", scores)):
        click.echo("")
        if not lines:
            click.echo(f"{title}: nothing")
            continue
        for line in aligned([(title, *letters), *lines], right=range(1, len(rows) + 1)):
            click.echo(line)


def _letter(at: int) -> str:
    """A, B, ..., Z, A1, B1, ..."""
    return chr(ord("A") + at % 26) + (str(at // 26) if at >= 26 else "")
