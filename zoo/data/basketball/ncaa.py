"""Real US college games, read from the files in a folder.

Two published layouts are read: the course's (`course.py`) and Kaggle's (`kaggle.py`). Kaggle's
goes before the course's: it has names, days and one row a game.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.basketball import before
from zoo.data.basketball.course import read_course
from zoo.data.basketball.games import Games, SourceGames
from zoo.data.basketball.kaggle import read_results, read_seeds, read_teams
from zoo.data.source import Choice, Request

LEAGUES = {"men": ("m", ""), "women": ("w",)}  # letter before the name, best first
LETTERS = tuple(letter for letters in LEAGUES.values() for letter in letters)
LAYOUTS = ("kaggle", "course")
OPTIONS = {"league_of": Choice(tuple(LEAGUES)), "layout": Choice(LAYOUTS)}
TRAIN_UNTIL = 2010  # as the reference figures are measured

# Without case and underscores, so that older spellings such as tourney_seeds.csv are found too.
# Detailed results have the columns of the compact ones, of fewer seasons.
_KAGGLE = {
    "results": (
        "regularseasoncompactresults.csv",
        "regularseasonresults.csv",
        "regularseasondetailedresults.csv",
    ),
    "tourney": (
        "ncaatourneycompactresults.csv",
        "tourneycompactresults.csv",
        "tourneyresults.csv",
        "ncaatourneydetailedresults.csv",
        "tourneydetailedresults.csv",
    ),
    "seeds": ("ncaatourneyseeds.csv", "tourneyseeds.csv"),
    "teams": ("teams.csv",),
    "slots": ("ncaatourneyslots.csv", "tourneyslots.csv"),
}
DEEPEST = 3  # folders below the dataset's that are looked through
_COURSE = {"course_season": "gamesseason.csv", "course_tourney": "gamestourney.csv"}


@dataclass(frozen=True)
class Found:
    """The files of a folder by what they hold, and the layout in which to read each part.

    Attributes:
        files: Keys of _KAGGLE and _COURSE -> path.
        season, tourney: `kaggle` or `course`; None where there are no such games.
        folder: Where they were looked for.
        aside: Files of games or teams that are not read, since others hold the same or the other
            league.
    """

    files: Mapping[str, Path]
    season: str | None
    tourney: str | None
    folder: Path
    aside: tuple[Path, ...] = ()

    def layout_of(self, dataset: str) -> str | None:
        """The layout in which to read the games of a dataset; None where they are not there."""
        if dataset in before.DATASETS:  # both, with the same ids
            return self.season if self.season == self.tourney else None
        return self.season if dataset == "basketball" else self.tourney


def find(request: Request) -> Found:
    """Decide what to read in the folder, which need not exist.

    Tournaments are read in the layout of the regular seasons, whose ids they share; in the other
    one only where there is no choice, and then their teams have no strengths. The option
    `league_of` defaults to the men's files where there are any; `layout` reads only that one.

    Raises:
        DataError: the folder cannot be listed.
    """
    league_of, layout = request.options.get("league_of"), request.options.get("layout")
    # the data home itself may be the folder that was unpacked: then it has none of this name
    folder = request.folder if request.folder.is_dir() else request.folder.parent
    paths = _tables(folder)
    present: dict[str, Path] = {}
    for path in paths:
        present.setdefault(path.name.lower().replace("_", ""), path)

    def kaggle(league: str) -> dict[str, Path]:
        files: dict[str, Path] = {}
        for part, names in _KAGGLE.items():
            spelled = [letter + name for name in names for letter in LEAGUES[league]]
            there = [present[name] for name in spelled if name in present]
            files |= {part: there[0]} if there else {}
        return files

    files = {} if layout == "course" else kaggle("women" if league_of == "women" else "men")
    if layout != "kaggle" and league_of != "women":
        files |= {part: present[name] for part, name in _COURSE.items() if name in present}
    if league_of is None and layout != "course" and not files.keys() - {"seeds", "teams", "slots"}:
        files = kaggle("women")

    season = "kaggle" if "results" in files else "course" if "course_season" in files else None
    needed = {"tourney"} if request.dataset == "basketball" else {"tourney", "seeds"}
    there = {"kaggle": needed <= files.keys(), "course": "course_tourney" in files}
    preferred = LAYOUTS if season != "course" else LAYOUTS[::-1]
    tourney = next((name for name in preferred if there[name]), None)
    known = {letter + name for names in _KAGGLE.values() for name in names for letter in LETTERS}
    aside = [
        path
        for path in paths
        if path.name.lower().replace("_", "") in known and path not in files.values()
    ]
    return Found(files, season, tourney, folder, tuple(aside))


def _tables(folder: Path) -> list[Path]:
    """The CSV files in a dataset's folder and below, the shallower first.

    Raises:
        DataError: a folder cannot be listed.
    """
    found: list[Path] = []
    level = [folder] if folder.is_dir() else []
    try:
        for _ in range(DEEPEST):
            entries = [path for each in level for path in sorted(each.iterdir())]
            found += [path for path in entries if path.suffix.lower() == ".csv" and path.is_file()]
            level = [path for path in entries if path.is_dir() and not path.is_symlink()]
    except OSError as error:
        raise DataError(f"{error.filename or folder}: {error.strerror or error}") from error
    return found


def read(request: Request) -> SourceGames:
    """The games in the folder, tournaments with seed_diff for dataset `tournament`.

    Raises:
        DataError: files are missing or damaged.
    """
    found = find(request)
    if found.layout_of(request.dataset) is None:
        raise DataError(_missing(request, found))
    stamps = tuple((path, path.stat().st_mtime_ns) for path in found.files.values())
    played = _read(
        stamps,
        tuple(found.files.items()),
        found.season,
        found.tourney,
        request.dataset != "basketball",
    )
    if request.dataset == before.DATASETS[-1]:
        played = replace(played, notes=(*played.notes, *_which(found)))
    return played


@lru_cache(maxsize=2)
def _read(
    stamps: tuple[Any, ...],
    files: tuple[tuple[str, Path], ...],
    season: str | None,
    tourney: str | None,
    seeds: bool,
) -> SourceGames:
    """The games in these files, read once for the datasets that are made of them."""
    found = Found(dict(files), season, tourney, Path())
    played = _regular(found)
    tournament, notes = _tournament(found, seeds=seeds)
    return replace(played, tournament=tournament, notes=(*played.notes, *notes))


def _which(found: Found) -> list[str]:
    """Which files are read, and which are not."""
    read = [path.name for part, path in found.files.items() if part in _KAGGLE]
    course = [path.name for part, path in found.files.items() if part in _COURSE]
    read, aside = (course, read) if found.season == "course" else (read, course)
    aside += [path.name for path in found.aside]
    return [f"read {', '.join(read)}", *([f"left aside: {', '.join(aside)}"] if aside else [])]


def default_train_until(games: Games) -> int | None:
    """2010 where at least half of the seasons end there and some come after; else None."""
    seasons = np.unique(games.season)
    early = int((seasons <= TRAIN_UNTIL).sum())
    return TRAIN_UNTIL if len(seasons) > early >= len(seasons) / 2 else None


def _missing(request: Request, found: Found) -> str:
    """What to do about files that are not there."""
    needs = "games_season.csv (the course's) or RegularSeasonCompactResults.csv (Kaggle's)"
    forecast = request.dataset in before.DATASETS
    if forecast and found.season == "kaggle":
        lacking = {"tourney": "NCAATourneyCompactResults.csv", "seeds": "NCAATourneySeeds.csv"}
        names = [name for part, name in lacking.items() if part not in found.files]
        have = found.files["results"].name
        return f"{request.dataset}: {found.folder} has {have}, but not {' and '.join(names)}"
    if forecast:
        needs = f"{needs}, and the tournaments and seeds of the same layout"
    if request.dataset == "tournament":
        needs = (
            "games_tourney.csv (the course's) or NCAATourneyCompactResults.csv with "
            "NCAATourneySeeds.csv (Kaggle's)"
        )
        if "tourney" in found.files:
            needs = f"NCAATourneySeeds.csv beside {found.files['tourney'].name}"
    wanted = request.options.get("league_of")
    others = [league for league in LEAGUES if league != wanted and wanted and found.aside]
    only = f", only those of {others[0]}" if others else ""
    place = found.folder if found.files or found.aside else request.folder  # where they belong
    return (
        f"{request.dataset}: no games found in {place}{only}; it needs {needs}; `zoo data "
        f"fetch basketball` downloads the course's files; {request.other}"
    )


def _regular(found: Found) -> SourceGames:
    """Regular-season games, and how to name their teams."""
    files = found.files
    if found.season is None:
        return SourceGames(None)
    if found.season == "course":
        games, notes = read_course(files["course_season"], seeds=False)
        return SourceGames(games, name_of="team {}".format, notes=tuple(notes))
    games, notes = read_results(files["results"])
    if "course_season" in files:
        one, other = files["course_season"].name, files["results"].name
        notes.append(f"{one} is ignored: {other} takes precedence")
    if "teams" not in files:
        notes.append("no Teams.csv: teams are named by number")
        return SourceGames(games, notes=tuple(notes))
    names = read_teams(files["teams"])
    unknown = np.setdiff1d([games.team_1, games.team_2], list(names))
    if len(unknown):
        notes.append(
            f"{files['teams'].name} does not name {len(unknown)} teams, such as {unknown[0]}; "
            "they are named by number"
        )
    return SourceGames(games, name_of=lambda team: names.get(team, f"#{team}"), notes=tuple(notes))


def _tournament(found: Found, seeds: bool) -> tuple[Games | None, list[str]]:
    """Tournament games, with seed_diff where `seeds`, and notes."""
    files = found.files
    if found.tourney is None:
        return None, []
    if found.tourney == "course":
        games, notes = read_course(files["course_tourney"], seeds=True)
    else:
        games, notes = read_results(files["tourney"], read_seeds(files["seeds"]) if seeds else None)
    if found.season not in (None, found.tourney):
        # The ids of one layout mean nothing in the other: -1 is no team of the table.
        nobody = np.full(len(games), -1, np.int64)
        games = replace(games, team_1=nobody, team_2=nobody)
    return games, notes
