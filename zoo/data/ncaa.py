"""Source `ncaa`: real US college games, read from files in the data home.

Two published layouts are read, the course's and Kaggle's; `zoo.data.ncaa_files` says which file
names and which goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError, UnknownNameError
from zoo.data.basketball import Basketball, assemble, check_options, year_option
from zoo.data.course import read_course
from zoo.data.dataset import Dataset
from zoo.data.games import Games
from zoo.data.kaggle import read_results, read_seeds, read_teams
from zoo.data.ncaa_files import LAYOUTS, LEAGUES, Found, find

OPTIONS = ("league_of", "layout")
TRAIN_UNTIL = 2010  # as the reference figures are measured

NameOf = Callable[[int, int], str]


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether the folder holds the files that dataset `name` needs."""
    return _complete(name, _find(name, folder, options))


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read the files in `folder` and make dataset `name` of them.

    Args:
        name: `basketball` or `tournament`.
        folder: The folder `basketball` of the data home.
        seed: Fixes the splits.
        options: `league_of` (`men`, `women`; default men where there are both), `layout`
            (`kaggle`, `course`; default Kaggle's where there are both); for `tournament` also
            `train_until` (default 2010 where at least half of the seasons end there and some
            come after, else three quarters of them) and `test_until` (default: to the end).

    Raises:
        UnknownNameError: an option, league or layout that there is not.
        DataError: files are missing or damaged, or hold too little to split.
    """
    check_options(name, options, OPTIONS)
    found = _find(name, folder, options)
    if not _complete(name, found):
        raise DataError(_missing(name, folder, found))
    notes: list[str] = []
    regular, name_of = _regular(found, notes)
    finals = _tournament(found, name == "tournament", notes)
    train_until = year_option(options, "train_until")
    if name == "tournament" and finals is not None and train_until is None:
        train_until = default_train_until(finals)
    games = regular if name == "basketball" else finals
    assert games is not None  # _complete
    return assemble(
        name,
        "ncaa",
        Basketball(regular, finals, name_of, tuple(notes)),
        seed,
        train_until=train_until,
        test_until=year_option(options, "test_until"),
        origin=(
            f"data: ncaa ({folder}, {games.season.min()}-{games.season.max()}); "
            "for the embedded league: --data league"
        ),
    )


def _find(name: str, folder: Path, options: Mapping[str, Any]) -> Found:
    for option, known in (("league_of", LEAGUES), ("layout", LAYOUTS)):
        value = options.get(option)
        if value is not None and value not in known:
            raise UnknownNameError(option, value, known)
    return find(folder, options.get("league_of"), options.get("layout"), seeds=name == "tournament")


def _complete(name: str, found: Found) -> bool:
    layout = found.season_layout if name == "basketball" else found.tourney_layout
    return layout is not None


def _missing(name: str, folder: Path, found: Found) -> str:
    """What to do about files that are not there."""
    if name == "basketball":
        needs = "games_season.csv (the course's) or RegularSeasonCompactResults.csv (Kaggle's)"
    elif found.kaggle.tourney is not None:
        needs = "NCAATourneySeeds.csv beside " + found.kaggle.tourney.name
    else:
        needs = (
            "games_tourney.csv (the course's) or NCAATourneyCompactResults.csv with "
            "NCAATourneySeeds.csv (Kaggle's)"
        )
    return (
        f"{name}: no such games in {folder}; needs {needs}; `zoo data fetch basketball` gets the "
        "course's files, and source league needs none"
    )


def _regular(found: Found, notes: list[str]) -> tuple[Games | None, NameOf]:
    """Regular-season games, and how to name their teams."""
    if found.season_layout == "course" and found.course.season is not None:
        games, more = read_course(found.course.season, seeds=False)
        notes.extend(more)
        return games, lambda _, team: f"team {team}"
    if found.season_layout != "kaggle" or found.kaggle.results is None:
        return None, lambda _, team: f"#{team}"
    games, more = read_results(found.kaggle.results)
    notes.extend(more)
    if found.course.season is not None:
        notes.append(f"{found.course.season.name} not read: {found.kaggle.results.name} goes first")
    if found.kaggle.teams is None:
        notes.append("no Teams.csv: teams are named by number")
        return games, lambda _, team: f"#{team}"
    names = read_teams(found.kaggle.teams)
    played = np.unique(np.concatenate([games.team_1, games.team_2])).tolist()
    unknown = [team for team in played if team not in names]
    if unknown:
        notes.append(
            f"{found.kaggle.teams.name} does not name {len(unknown)} teams, such as {unknown[0]}; "
            "they are named by number"
        )
    return games, lambda _, team: names.get(team, f"#{team}")


def _tournament(found: Found, seeds: bool, notes: list[str]) -> Games | None:
    """Tournament games, with seed_diff where `seeds`."""
    if found.tourney_layout == "course" and found.course.tourney is not None:
        games, more = read_course(found.course.tourney, seeds=True)
    elif found.tourney_layout == "kaggle" and found.kaggle.tourney is not None:
        known = read_seeds(found.kaggle.seeds) if seeds and found.kaggle.seeds else None
        games, more = read_results(found.kaggle.tourney, known)
    else:
        return None
    notes.extend(more)
    if found.season_layout not in (None, found.tourney_layout):
        # The ids of one layout mean nothing in the other: -1 is no team of the table.
        nobody = np.full(len(games), -1, np.int64)
        games = replace(games, team_1=nobody, team_2=nobody)
    return games


def default_train_until(games: Games) -> int | None:
    """2010 where at least half of the seasons end there and some come after; else None."""
    seasons = np.unique(games.season)
    early = int((seasons <= TRAIN_UNTIL).sum())
    return TRAIN_UNTIL if len(seasons) > early >= len(seasons) / 2 else None
