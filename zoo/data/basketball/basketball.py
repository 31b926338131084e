"""Datasets `basketball` and `tournament`, of an invented league or of real US college games.

Both sources come through here, so that they give the same columns: the teams are numbered, the
games split, and each is seen from both sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.basketball import league, ncaa
from zoo.data.basketball.games import (
    ID_BITS,
    MAX_ID,
    Games,
    Ints,
    NameOf,
    SourceGames,
    both_views,
    reference_scores,
    team_key,
)
from zoo.data.options import Season, Whole
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, Source

HELD_OUT = 10  # one game in ten for validation, and one in ten for testing


def _ncaa(request: Request) -> Content:
    """The files of the data home.

    `train_until` defaults to 2010 where at least half of the tournaments end there and some come
    after, else to three quarters of them.
    """
    played = ncaa.read(request.dataset, request.folder, request.options)
    games = played.regular if request.dataset == "basketball" else played.tournament
    assert games is not None  # read has checked that
    content = _content(request, played, ncaa.default_train_until(games))
    span = f"{games.season.min()}-{games.season.max()}"
    return replace(content, origin=f"{request.folder}, {span}")


def _league(request: Request) -> Content:
    """The league of the seed, whose true strengths tell the best possible scores."""
    from scipy.stats import norm

    made = league.generate(request.seed, request.options["seasons"], request.options["conferences"])
    names = league.team_names(made.strength.shape[1])
    played = SourceGames(made.regular, made.tournament, lambda _, team: names[team])
    content = _content(request, played, None)
    # Everyone plays every season, so rows of the team table are seasons times teams in order.
    strength = made.strength.ravel()
    expected = {
        split: strength[columns["team_1"]]
        - strength[columns["team_2"]]
        + league.HOME_ADVANTAGE * columns["home"]
        for split, columns in content.splits.items()
    }
    best = reference_scores(
        content.splits,
        score_diff=expected,
        won={split: norm.cdf(points / league.NOISE_SD) for split, points in expected.items()},
        total=league.TOTAL_POINTS,
    )
    return replace(
        content,
        truth={
            "strength": strength.copy(),
            "home_advantage": np.array(league.HOME_ADVANTAGE),
            "noise_sd": np.array(league.NOISE_SD),
        },
        references={**content.references, "best possible": best},
    )


class TeamTable:
    """Every team and season of the regular seasons, numbered by season and then by id."""

    def __init__(self, regular: Games | None) -> None:
        keys: Ints = np.zeros(0, np.int64)
        if regular is not None:
            both = (regular.team_1, regular.team_2)
            keys = np.unique(np.concatenate([team_key(regular.season, team) for team in both]))
        self.keys = keys

    def ids(self, season: Ints, team: Ints) -> Ints:
        """Row of each team and season, -1 for one that played no regular season."""
        if not len(self.keys):
            return np.full(len(season), -1, np.int64)
        wanted = team_key(season, team)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[place] == wanted, place, -1)

    def index(self, games: Games) -> Games:
        """The same games with rows of this table as team ids."""
        return replace(
            games,
            team_1=self.ids(games.season, games.team_1),
            team_2=self.ids(games.season, games.team_2),
        )

    def labels(self, name_of: NameOf) -> dict[str, tuple[str, ...]]:
        """Label of each row ("1999 Duke"), and its season and name apart."""
        seasons = (self.keys >> ID_BITS).tolist()
        names = tuple(map(name_of, seasons, (self.keys & MAX_ID).tolist()))
        label = tuple(f"{season} {name}" for season, name in zip(seasons, names, strict=True))
        return {"team": label, "team_season": tuple(map(str, seasons)), "team_name": names}


def _content(request: Request, played: SourceGames, train_until: int | None) -> Content:
    """Number the teams, split the games and give each both views.

    Raises:
        DataError: too few games or seasons to split.
    """
    table = TeamTable(played.regular)
    if request.dataset == "basketball":
        parts = _regular_splits(played, table, request.seed)
    else:
        asked = request.options["train_until"]
        train_until = train_until if asked is None else asked
        until = (train_until, request.options["test_until"])
        parts = _tournament_splits(played, table, request.seed, *until)
    splits = {split: both_views(games) for split, games in parts.items()}
    # Each game counts from both sides: as many wins as defeats, and a mean difference of 0.
    trivial = reference_scores(
        splits,
        score_diff={split: np.zeros((1, 1)) for split in splits},
        won={split: np.full((1, 1), 0.5) for split in splits},
        total=2 * float(np.median(splits["train"]["score_1"])),
    )
    return Content(
        splits,
        sizes={"n_teams": len(table.keys)},
        labels=table.labels(played.name_of),
        references={"trivial": trivial},
        notes=(*played.notes, *_unrated(played, table)),
    )


def _regular_splits(content: SourceGames, table: TeamTable, seed: int) -> dict[str, Games]:
    """Games 80/10/10 by a fixed permutation, each split in the order of the seasons."""
    if content.regular is None:
        raise DataError("basketball: no regular-season games")
    games = table.index(content.regular)
    held = max(1, len(games) // HELD_OUT)
    if len(games) < 3:
        raise DataError(f"basketball: {len(games)} games are too few to split")
    order = np.random.default_rng(seed).permutation(len(games))
    splits = {
        "train": games.take(np.sort(order[2 * held :])),
        "validation": games.take(np.sort(order[held : 2 * held])),
        "test": games.take(np.sort(order[:held])),
    }
    if content.tournament is not None:
        tournament = replace(table.index(content.tournament), seed_diff=None)
        rated = (tournament.team_1 >= 0) & (tournament.team_2 >= 0)
        if rated.any():
            splits["tournament"] = tournament.take(rated)
    return splits


def _unrated(content: SourceGames, table: TeamTable) -> list[str]:
    """A note where tournament teams have no regular season to take a strength from."""
    if content.tournament is None:
        return []
    games = table.index(content.tournament)
    missing = (games.team_1 < 0) | (games.team_2 < 0)
    if not missing.any():
        return []
    seasons = sorted(set(games.season[missing].tolist()))
    years = ", ".join(map(str, seasons)) if len(seasons) < 6 else f"{seasons[0]}-{seasons[-1]}"
    return [
        f"{int(missing.sum())} of {len(games)} tournament games ({years}) have a team without a "
        "regular season in the files, so without a strength"
    ]


def _tournament_splits(
    content: SourceGames,
    table: TeamTable,
    seed: int,
    train_until: int | None,
    test_until: int | None,
) -> dict[str, Games]:
    """Train and validation from the seasons to `train_until`, test from those after."""
    if content.tournament is None:
        raise DataError("tournament: no tournament games")
    games = table.index(content.tournament)
    seasons = np.unique(games.season)
    span = f"the tournaments are those of {seasons[0]}-{seasons[-1]}"
    if train_until is None:  # three quarters of the seasons
        train_until = int(seasons[max(0, round(0.75 * len(seasons)) - 1)])
    early = np.flatnonzero(games.season <= train_until)
    late = games.season > train_until
    if test_until is not None:
        late &= games.season <= test_until
    if len(early) < 2:
        raise DataError(f"tournament: nothing to train on up to train_until={train_until}; {span}")
    if not late.any():
        until = "" if test_until is None else f" and up to test_until={test_until}"
        raise DataError(f"tournament: no season after train_until={train_until}{until}; {span}")
    held = max(1, len(early) // HELD_OUT)
    order = np.random.default_rng(seed).permutation(len(early))
    return {
        "train": games.take(np.sort(early[order[held:]])),
        "validation": games.take(np.sort(early[order[:held]])),
        "test": games.take(np.flatnonzero(late)),
    }


def _available(dataset: str, folder: Path, options: Mapping[str, Any]) -> bool:
    return ncaa.find(dataset, folder, options).layout_of(dataset) is not None


_SUMMARIES = {
    "basketball": "regular-season games, two views of each",
    "tournament": "tournament games with seeds",
}
_SPLIT = {"basketball": {}, "tournament": {"train_until": Season(), "test_until": Season()}}
_LEAGUE = {
    "seasons": Whole(20, 2, 200),
    "conferences": Whole(
        league.MOST_CONFERENCES, league.FEWEST_CONFERENCES, league.MOST_CONFERENCES
    ),
}

for _name, _summary in _SUMMARIES.items():
    _sources = (
        Source(
            "ncaa",
            _ncaa,
            files=partial(_available, _name),
            options={**ncaa.OPTIONS, **_SPLIT[_name]},
            other="for the embedded league: --data league",
        ),
        Source(
            "league",
            _league,
            options={**_LEAGUE, **_SPLIT[_name]},
            other="for real games: zoo data fetch basketball",
        ),
    )
    register(Entry(_name, "basketball", _summary, _sources))
