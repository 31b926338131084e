"""Forecast every tournament from what lies before it, and score it by its own games.

    python scripts/forecast.py [--seasons 2003-2016] [--jobs 2] [men] [women]
    python scripts/forecast.py --pages | --check

For each season the models are trained on the seasons up to it and on the tournaments before it.
Men and women are measured apart, where the data home has their files; a season that was not
measured again keeps its rows. The scores go to results/forecast.csv, the bins of the calibration to
results/forecast_calibration.csv, tables and picture to docs/forecast.md.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from _embedded import SILENT, quiet
from _forecast_page import FOLDER, METHODS, MODELS, blocks, pictures
from _forecast_scores import Floats, bins, references, scores, strengths
from _page import Results, Script, fill

import zoo
from zoo.data.basketball import ncaa
from zoo.data.basketball.entrants import NAME
from zoo.data.basketball.games import Games, SourceGames, team_key
from zoo.data.registry import dataset_home, entry
from zoo.data.source import Request

GENDERS = ("men", "women")
FIRST = 2003
Task = tuple[str, str, int, Games]  # model, gender, season, its tournament


def request(gender: str) -> Request:
    """What is read: the published tables of the data home."""
    options = entry(NAME).source("ncaa").checked(NAME, {"league_of": gender})
    return Request(NAME, dataset_home(NAME), 0, options)


def playable(played: SourceGames) -> tuple[Games, Games]:
    """Regular seasons, and the tournament games of teams that have one."""
    assert played.regular is not None  # the reader has checked that there are both
    assert played.tournament is not None
    regular, games = played.regular, played.tournament.lower_id_first()
    both = (regular.team_1, regular.team_2)
    keys = np.unique([team_key(regular.season, team) for team in both])
    rated = [np.isin(team_key(games.season, team), keys) for team in (games.team_1, games.team_2)]
    return regular, games.take(np.all(rated, axis=0))


def foretold(task: Task, logdir: str) -> Floats:
    """A model's chances of a tournament's games, the first team's; in a process of its own."""
    quiet()
    model, gender, season, own = task
    with tempfile.TemporaryDirectory(dir=logdir) as folder:
        found = zoo.forecast(
            season,
            data="ncaa",
            gender=gender,
            model=model,
            times=1,
            logdir=Path(folder),
            reporter=SILENT,
        )
    return found.chances(own.team_1, own.team_2)


def measure(names: list[str], given: argparse.Namespace) -> int:
    """Measure the named genders and keep their rows; how many were asked for in vain."""
    failed = 0
    for gender in names:
        asked = request(gender)
        if ncaa.find(asked).layout_of(NAME) is None:
            print(f"{gender}: no games in {asked.folder}", file=sys.stderr)
            failed += gender in given.names
            continue
        regular, tournaments = playable(ncaa.read(asked))
        both = np.intersect1d(regular.season, tournaments.season)[1:].tolist()
        least, most = given.seasons
        seasons = [season for season in both if least <= season <= most]
        if not seasons:
            print(f"{gender}: no season from {least} to {most}", file=sys.stderr)
            failed += 1
            continue
        _measured(gender, seasons, regular, tournaments, given.jobs)
    return failed


def _measured(
    gender: str, seasons: list[int], regular: Games, tournaments: Games, jobs: int
) -> None:
    """Measure the seasons of a gender, and keep the rows."""
    points = strengths(regular)
    own = {season: tournaments.take(tournaments.season == season) for season in seasons}
    found: dict[tuple[int, str], Floats] = {}
    for season in seasons:
        before = tournaments.take(tournaments.season < season)
        for method, chance in references(before, own[season], points).items():
            found[season, method] = chance
    tasks = [(model, gender, season, own[season]) for season in seasons for model in MODELS]
    context = get_context("spawn")  # TensorFlow does not survive a fork
    with (
        tempfile.TemporaryDirectory() as logdir,
        ProcessPoolExecutor(jobs, mp_context=context) as pool,
    ):
        done = pool.map(foretold, tasks, [logdir] * len(tasks))
        for (model, _, season, games), chance in zip(tasks, done, strict=True):
            found[season, model] = chance
            score = scores(games.score_1 > games.score_2, chance)
            print(f"{gender} {season} {model}: log-loss {score['log_loss']:.4f}", flush=True)
    for results, row in ((RESULTS, _score_rows), (CALIBRATION, _bin_rows)):
        rows = [
            {"season": season, "gender": gender, "method": method, **each}
            for season in seasons
            for method in METHODS
            for each in row(own[season], found[season, method])
        ]
        keep(results, gender, rows)


def _score_rows(games: Games, chance: Floats) -> Iterator[dict[str, float]]:
    yield scores(games.score_1 > games.score_2, chance)


def _bin_rows(games: Games, chance: Floats) -> Iterator[dict[str, float]]:
    yield from bins(games.score_1 > games.score_2, chance)


def keep(results: Results, gender: str, rows: Iterable[dict[str, Any]]) -> None:
    """Put rows in the place of those of their seasons; other seasons keep theirs."""
    new = list(rows)
    seasons = {row["season"] for row in new}
    there = results.read()
    old = there[there["gender"] == gender].to_dict("records")
    merged = [*(row for row in old if row["season"] not in seasons), *new]
    results.replace(gender, sorted(merged, key=lambda row: row["season"]))  # stable


def span(text: str) -> tuple[int, int]:
    """First and last season of `2003-2016` or `2016`."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form 2003-2016")
    return int(found[1]), int(found[2] or found[1])


def files() -> dict[Path, str]:
    """The page and its pictures, from the CSV files."""
    frame, rows = RESULTS.read(), CALIBRATION.read()
    return {**fill("docs/forecast.md", blocks(frame, rows)), **pictures(rows)}


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seasons", type=span, default=(FIRST, 9999), help="2003-2016, or 2016")
    parser.add_argument("--jobs", type=int, default=2, help="models trained at a time (2)")


RESULTS = Results("forecast.csv", "gender", lambda: GENDERS)
CALIBRATION = Results("forecast_calibration.csv", "gender", lambda: GENDERS)
SCRIPT = Script(
    str(__doc__),
    files=files,
    results=RESULTS,
    measure=measure,
    folders=[FOLDER],
    options=_options,
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
