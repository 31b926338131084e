"""Real US college games, read from the files in a folder.

Two published layouts are read: the course's (`course.py`) and Kaggle's (`kaggle.py`). Kaggle's
goes before the course's: it has names, days and one row a game.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.basketball.course import read_course
from zoo.data.basketball.games import Games, NameOf, SourceGames
from zoo.data.basketball.kaggle import read_results, read_seeds, read_teams
from zoo.data.options import Choice

LEAGUES = {"men": ("m", ""), "women": ("w",)}  # letter before the name, best first
LAYOUTS = ("kaggle", "course")
OPTIONS = {"league_of": Choice(tuple(LEAGUES)), "layout": Choice(LAYOUTS)}
TRAIN_UNTIL = 2010  # as the reference figures are measured

# Without case and underscores, so that older spellings such as tourney_seeds.csv are found too.
_KAGGLE = (  # results, tourney, seeds, teams
    ("regularseasoncompactresults.csv",),
    ("ncaatourneycompactresults.csv", "tourneycompactresults.csv"),
    ("ncaatourneyseeds.csv", "tourneyseeds.csv"),
    ("teams.csv",),
)


@dataclass(frozen=True)
class Found:
    """The files of a folder, and the layout in which to read each part; None: it is not there.

    Attributes:
        results, tourney, seeds, teams: Kaggle's files of one league.
        course_season, course_tourney: The course's files.
        season_layout, tourney_layout: `kaggle` or `course`.
    """

    results: Path | None = None
    tourney: Path | None = None
    seeds: Path | None = None
    teams: Path | None = None
    course_season: Path | None = None
    course_tourney: Path | None = None
    season_layout: str | None = None
    tourney_layout: str | None = None

    def layout_of(self, dataset: str) -> str | None:
        """The layout in which to read the games of `basketball` or `tournament`."""
        return self.season_layout if dataset == "basketball" else self.tourney_layout


def find(dataset: str, folder: Path, options: Mapping[str, Any]) -> Found:
    """Decide what to read in `folder`, which need not exist.

    Tournaments are read in the layout of the regular seasons, whose ids they share; in the other
    one only where there is no choice, and then their teams have no strengths. The option
    `league_of` defaults to the men's files where there are any; `layout` reads only that one.

    Raises:
        UnknownNameError: an option names no league or layout.
        DataError: the folder cannot be listed.
    """
    for name, option in OPTIONS.items():
        if options.get(name) is not None:
            option.check(dataset, name, options[name])
    league_of, layout = options.get("league_of"), options.get("layout")
    try:
        present = {
            path.name.lower().replace("_", ""): path
            for path in sorted(folder.iterdir() if folder.is_dir() else ())
            if path.is_file()
        }
    except OSError as error:
        raise DataError(f"{folder}: {error.strerror or error}") from error

    def kaggle(league: str) -> Found:
        def first(names: tuple[str, ...]) -> Path | None:
            spelled = (letter + name for letter in LEAGUES[league] for name in names)
            return next((present[name] for name in spelled if name in present), None)

        results, tourney, seeds, teams = map(first, _KAGGLE)
        return Found(results, tourney, seeds, teams)

    found = Found() if layout == "course" else kaggle(league_of or "men")
    if layout != "kaggle" and league_of != "women":
        found = replace(
            found,
            course_season=present.get("gamesseason.csv"),
            course_tourney=present.get("gamestourney.csv"),
        )
    games = (found.results, found.tourney, found.course_season, found.course_tourney)
    if league_of is None and layout != "course" and not any(games):
        found = kaggle("women")

    season = "kaggle" if found.results else "course" if found.course_season else None
    seeded = found.tourney and (dataset == "basketball" or found.seeds)
    there = {"kaggle": seeded, "course": found.course_tourney}
    preferred = LAYOUTS if season != "course" else LAYOUTS[::-1]
    tourney = next((name for name in preferred if there[name]), None)
    return replace(found, season_layout=season, tourney_layout=tourney)


def read(dataset: str, folder: Path, options: Mapping[str, Any]) -> SourceGames:
    """The games in `folder`, tournaments with seed_diff for dataset `tournament`.

    Raises:
        UnknownNameError: an option names no league or layout.
        DataError: files are missing or damaged.
    """
    found = find(dataset, folder, options)
    if found.layout_of(dataset) is None:
        raise DataError(_missing(dataset, folder, found))
    notes: list[str] = []
    regular, name_of = _regular(found, notes)
    finals = _tournament(found, dataset == "tournament", notes)
    return SourceGames(regular, finals, name_of, tuple(notes))


def default_train_until(games: Games) -> int | None:
    """2010 where at least half of the seasons end there and some come after; else None."""
    seasons = np.unique(games.season)
    early = int((seasons <= TRAIN_UNTIL).sum())
    return TRAIN_UNTIL if len(seasons) > early >= len(seasons) / 2 else None


def _missing(dataset: str, folder: Path, found: Found) -> str:
    """What to do about files that are not there."""
    if dataset == "basketball":
        needs = "games_season.csv (the course's) or RegularSeasonCompactResults.csv (Kaggle's)"
    elif found.tourney is not None:
        needs = "NCAATourneySeeds.csv beside " + found.tourney.name
    else:
        needs = (
            "games_tourney.csv (the course's) or NCAATourneyCompactResults.csv with "
            "NCAATourneySeeds.csv (Kaggle's)"
        )
    return (
        f"{dataset}: no such games in {folder}; needs {needs}; `zoo data fetch basketball` gets "
        "the course's files, and source league needs none"
    )


def _regular(found: Found, notes: list[str]) -> tuple[Games | None, NameOf]:
    """Regular-season games, and how to name their teams."""
    if found.season_layout == "course" and found.course_season is not None:
        games, more = read_course(found.course_season, seeds=False)
        notes.extend(more)
        return games, lambda _, team: f"team {team}"
    if found.season_layout != "kaggle" or found.results is None:
        return None, lambda _, team: f"#{team}"
    games, more = read_results(found.results)
    notes.extend(more)
    if found.course_season is not None:
        notes.append(f"{found.course_season.name} not read: {found.results.name} goes first")
    if found.teams is None:
        notes.append("no Teams.csv: teams are named by number")
        return games, lambda _, team: f"#{team}"
    names = read_teams(found.teams)
    played = np.unique(np.concatenate([games.team_1, games.team_2])).tolist()
    unknown = [team for team in played if team not in names]
    if unknown:
        notes.append(
            f"{found.teams.name} does not name {len(unknown)} teams, such as {unknown[0]}; "
            "they are named by number"
        )
    return games, lambda _, team: names.get(team, f"#{team}")


def _tournament(found: Found, seeds: bool, notes: list[str]) -> Games | None:
    """Tournament games, with seed_diff where `seeds`."""
    if found.tourney_layout == "course" and found.course_tourney is not None:
        games, more = read_course(found.course_tourney, seeds=True)
    elif found.tourney_layout == "kaggle" and found.tourney is not None:
        known = read_seeds(found.seeds) if seeds and found.seeds else None
        games, more = read_results(found.tourney, known)
    else:
        return None
    notes.extend(more)
    if found.season_layout not in (None, found.tourney_layout):
        # The ids of one layout mean nothing in the other: -1 is no team of the table.
        nobody = np.full(len(games), -1, np.int64)
        games = replace(games, team_1=nobody, team_2=nobody)
    return games
