"""`zoo forecast`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zoo.cli.options import READ, logdir_option
from zoo.core.errors import DataError, RecipeError

if TYPE_CHECKING:
    from zoo.core.console import Reporter
    from zoo.forecasting.forecast import Forecast
    from zoo.forecasting.submission import Sample

TEAMS = 10  # that are shown
SHOWN = 3  # last rounds that they reach
MODELS = ("tournament_forecast", "tournament_scores")


@click.command("forecast")
@click.argument("season", type=click.IntRange(1, 9999))
@click.option(
    "--data",
    default="auto",
    show_default=True,
    help="A folder with the published tables, or ncaa, league or auto.",
)
@click.option("--gender", type=click.Choice(["men", "women"]), help="Whose games.")
@click.option("--model", type=click.Choice(MODELS), default=MODELS[0], show_default=True)
@click.option("--seed", default=0, show_default=True, help="Seed of training and simulation.")
@click.option(
    "--times",
    type=click.IntRange(1, 1_000_000),
    default=10_000,
    show_default=True,
    help="Tournaments to simulate.",
)
@click.option("--submission", type=READ, metavar="SAMPLE", help="A sample submission to fill.")
@click.option("--out", type=click.Path(path_type=Path), help="The filled submission.")
@click.option("--bracket", is_flag=True, help="Draw the bracket, as SVG and PNG.")
@logdir_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON; the lines go to stderr.")
def command(
    season: int,
    data: str,
    gender: str | None,
    model: str,
    seed: int,
    times: int,
    submission: Path | None,
    out: Path | None,
    bracket: bool,
    logdir: Path,
    as_json: bool,
) -> None:
    """Foretell SEASON's tournament: the strongest teams, title odds, a submission, a bracket.

    The model learns from SEASON's regular season, those before it and the tournaments before it,
    and from nothing later; a run of the same data is used again.
    """
    if (submission is None) != (out is None):
        raise RecipeError("--submission SAMPLE and --out FILE go together")
    from zoo.core.console import Reporter
    from zoo.forecasting.submission import read_sample

    sample = read_sample(submission) if submission else None  # before anything is trained
    from zoo.forecasting.filling import check_asked
    from zoo.forecasting.forecast import forecast

    told = Reporter(to_stderr=as_json)
    how: dict[str, Any] = {"model": model, "seed": seed, "times": times, "logdir": logdir}
    with data_home_at(data) as source:
        if sample and out:
            check_asked(sample, out, source, gender)
        found = forecast(season, data=source, gender=gender, reporter=told, **how)
        if sample and out:
            _fill(sample, out, found, source, gender, told, how)
    if bracket:
        for path in _draw(found):
            told.line(f"bracket: {path}")
    if as_json:
        click.echo(json.dumps(_content(found), indent=2))
    else:
        _show(found, told)


@contextmanager
def data_home_at(data: str) -> Iterator[str]:
    """The source that `--data` names; within the block a folder is the data home.

    Raises:
        DataError: it looks like a folder, and is none.
    """
    from zoo.data.basketball.entrants import NAME
    from zoo.data.registry import VARIABLE, sources

    if data in ("auto", *sources(NAME)):
        yield data
        return
    folder = Path(data).expanduser()
    if not folder.is_dir():
        raise DataError(f"--data takes auto, {', '.join(sources(NAME))} or a folder, not {data!r}")
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(folder)
    try:
        yield "ncaa"
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def _fill(
    sample: Sample,
    out: Path,
    found: Forecast,
    source: str,
    gender: str | None,
    told: Reporter,
    how: dict[str, Any],
) -> None:
    """Write the submission; other seasons, and the other gender, are forecast as it asks."""
    from zoo.forecasting.filling import filled
    from zoo.forecasting.submission import write_submission

    chance = filled(sample, found, source, gender, told, how)
    write_submission(out, sample, chance)
    told.line(f"submission: {out}, {len(sample):,} {'row' if len(sample) == 1 else 'rows'}")


def _draw(found: Forecast) -> list[Path]:
    from zoo.forecasting.picture import draw

    if found.bracket is None or found.odds is None:
        raise DataError(f"the files have no seeds of {found.season}: there is no bracket to draw")
    names = dict(zip(found.ids.tolist(), found.names, strict=True))
    title = f"Tournament of {found.season}"
    paths = [found.run.folder / f"bracket.{suffix}" for suffix in ("svg", "png")]
    for path in paths:
        draw(path, found.bracket, names, found.bracket_chance, found.odds, title)
    return paths


def _show(found: Forecast, told: Reporter) -> None:
    """The strongest teams, and how far they come."""
    rows = _rows(found)
    title = f"{found.season}: the strongest teams"
    if found.bracket is None or found.odds is None:
        shown = [(row["name"], f"{row['strength']:+.1f}") for row in rows[:TEAMS]]
        told.table(title, ("team", "points"), shown)
        return
    reached = [*found.bracket.round_names[1:], "title"][-SHOWN:]  # by winning the round before
    header = ["team", "seed", "points", *reached]
    best = found.best_odds is not None
    header += ["title by true strengths"] if best else []
    shown = []
    entered = [row for row in rows if "title" in row]
    for row in sorted(entered, key=lambda each: -each["title"])[:TEAMS]:
        cells = [row["name"], row["seed"], f"{row['strength']:+.1f}"]
        cells += [f"{share:.1%}" for share in row["rounds"][-SHOWN:]]
        cells += [f"{row['best_title']:.1%}"] if best else []
        shown.append(cells)
    told.table(title, header, shown)


def _rows(found: Forecast) -> list[dict[str, Any]]:
    """Every team, the strongest first."""
    rows = []
    place = {team: at for at, team in enumerate(found.bracket.teams)} if found.bracket else {}
    for at in found.strength.argsort()[::-1].tolist():
        team = int(found.ids[at])
        row: dict[str, Any] = {
            "id": team,
            "name": found.names[at],
            "seed": found.seeds.get(team, ""),
            "strength": round(float(found.strength[at]), 3),
        }
        if found.odds is not None and team in place:
            row["rounds"] = found.odds[place[team]].tolist()
            row["title"] = row["rounds"][-1]
            if found.best_odds is not None:
                row["best_title"] = float(found.best_odds[place[team], -1])
        rows.append(row)
    return rows


def _content(found: Forecast) -> dict[str, Any]:
    return {
        "season": found.season,
        "run": str(found.run.folder),
        "rounds": list(found.bracket.round_names) if found.bracket else [],
        "teams": _rows(found),
    }
