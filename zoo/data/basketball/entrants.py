"""The teams of one season: their ids in the source, their names, and who is seeded where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.core.errors import DataError
from zoo.data.basketball import before, league, ncaa
from zoo.data.basketball.basketball import TeamTable
from zoo.data.basketball.games import ID_BITS, MAX_ID, Ints
from zoo.data.basketball.kaggle import read_labels
from zoo.data.registry import dataset_home, entry
from zoo.data.source import Request

NAME = before.DATASETS[-1]  # the dataset whose source it is
REGIONS = "WXYZ"


@dataclass(frozen=True)
class Entrants:
    """The teams of a season.

    Attributes:
        season: The year.
        ids: The source's ids, ascending, shape (teams,).
        rows: Their rows in the team table of the forecast datasets, shape (teams,).
        names: Their names.
        seeds: Label such as W01 -> id; empty before the field is chosen.
        slots: Kaggle's file of slots, where there is one.
        strength: True strengths in points, shape (teams,), of an invented league.
    """

    season: int
    ids: Ints
    rows: Ints
    names: tuple[str, ...]
    seeds: Mapping[str, int]
    slots: Path | None = None
    strength: NDArray[np.float64] | None = None


def entrants(source: str, season: int, options: Mapping[str, Any], seed: int = 0) -> Entrants:
    """The teams of a season, as the dataset `forecast_tournaments` of these options numbers them.

    Raises:
        DataError: the files are missing or damaged, or lack the season.
    """
    given = {name: value for name, value in options.items() if name != "season"}
    chosen = entry(NAME).source(source).checked(NAME, {**given, "season": season})
    request = Request(NAME, dataset_home(NAME), seed, chosen)
    if source == "league":
        return _of_league(request, season)
    played, _ = before.known(ncaa.read(request), season)
    ids, rows = _numbered(TeamTable(played.regular), season)
    files = ncaa.find(request).files
    labels = read_labels(files["seeds"], season) if "seeds" in files else {}
    playing = set(ids.tolist())
    for label, team in labels.items():
        if team not in playing:
            raise DataError(
                f"{files['seeds']}: team {team} is seeded {label} in {season}, but has no game in "
                "that regular season"
            )
    names = tuple(map(played.name_of, ids.tolist()))
    return Entrants(season, ids, rows, names, labels, files.get("slots"))


def _of_league(request: Request, season: int) -> Entrants:
    made = league.generate(request.seed, request.options["seasons"], request.options["conferences"])
    at = season - league.FIRST_SEASON
    teams = made.strength.shape[1]
    ids = np.arange(teams)
    seeds = {
        f"{region}{line + 1:02}": int(team)
        for region, field in zip(REGIONS, made.seeded[at], strict=True)
        for line, team in enumerate(field)
    }
    names = tuple(league.team_names(teams))
    return Entrants(season, ids, at * teams + ids, names, seeds, strength=made.strength[at])


def _numbered(table: TeamTable, season: int) -> tuple[Ints, Ints]:
    """Ids of a season's teams, and their rows."""
    rows = np.flatnonzero(table.keys >> ID_BITS == season)
    return table.keys[rows] & MAX_ID, rows


def files_of(source: str, options: Mapping[str, Any], seed: int = 0) -> list[Path]:
    """The files that a source is read from; none of an invented league."""
    if source == "league":
        return []
    request = Request(NAME, dataset_home(NAME), seed, options)
    return [*ncaa.find(request).files.values()]
