"""Datasets of games, of an invented league or of real US colleges.

`basketball` has regular seasons, `tournament` tournaments, and the two of `before.py` what is known
before a tournament.

Both sources come through here, so that they give the same columns: the teams are numbered, the
games split, and each is seen from both sides.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zoo.core.errors import DataError
from zoo.data.basketball import before, league, ncaa
from zoo.data.basketball.games import (
    ID_BITS,
    MAX_ID,
    Games,
    Ints,
    SourceGames,
    both_views,
    reference_scores,
    team_key,
)
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Option, Request, Source, Whole

HELD_OUT = 10  # one game in ten for validation, and one in ten for testing


def _ncaa(request: Request) -> Content:
    """The files of the data home.

    `train_until` defaults to 2010 where at least half of the tournaments end there and some come
    after, else to three quarters of them.
    """
    played = ncaa.read(request)
    games = played.tournament if request.dataset == "tournament" else played.regular
    assert games is not None  # read has checked that
    content = _content(request, played, ncaa.default_train_until(games))
    span = f"{games.season.min()}-{games.season.max()}"
    return replace(content, origin=f"{ncaa.find(request).folder}, {span}")


def _league(request: Request) -> Content:
    """The league of the seed, whose true strengths give the best possible scores."""
    from scipy.stats import norm

    made = league.generate(request.seed, request.options["seasons"], request.options["conferences"])
    names = league.team_names(made.strength.shape[1])
    content = _content(request, SourceGames(made.regular, made.tournament, names.__getitem__))
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
            "strength": strength[: content.sizes["n_teams"]].copy(),
            "home_advantage": np.array(league.HOME_ADVANTAGE),
            "noise_sd": np.array(league.NOISE_SD),
        },
        references={**content.references, "best possible": best},
    )


class TeamTable:
    """Every team and season of the regular seasons, numbered by season and then by id."""

    def __init__(self, regular: Games | None) -> None:
        self.keys: Ints = np.zeros(0, np.int64)
        if regular is not None:
            both = (regular.team_1, regular.team_2)
            self.keys = np.unique([team_key(regular.season, team) for team in both])

    def index(self, games: Games) -> Games:
        """The same games with rows of this table as ids, -1 for teams without regular season."""
        keys = [team_key(games.season, team) for team in (games.team_1, games.team_2)]
        rows = np.where(np.isin(keys, self.keys), np.searchsorted(self.keys, keys), -1)
        return replace(games, team_1=rows[0], team_2=rows[1])

    def labels(self, played: SourceGames) -> dict[str, tuple[str, ...]]:
        """Label of each row ("1999 Duke"), and its season and name apart."""
        seasons = tuple(map(str, (self.keys >> ID_BITS).tolist()))
        names = tuple(map(played.name_of, (self.keys & MAX_ID).tolist()))
        label = tuple(map(" ".join, zip(seasons, names, strict=True)))
        return {"team": label, "team_season": seasons, "team_name": names}


def _content(request: Request, played: SourceGames, train_until: int | None = None) -> Content:
    """Number the teams, split the games and give each both views.

    Raises:
        DataError: too few games or seasons to split.
    """
    forecast, season = request.dataset in before.DATASETS, 0
    if forecast:
        played, season = before.known(played, request.options["season"])
    table = TeamTable(played.regular)
    tournament = None if played.tournament is None else table.index(played.tournament)
    if request.dataset == "basketball":
        assert played.regular is not None  # ncaa.read has checked that
        parts = _regular_splits(table.index(played.regular), tournament, request.seed)
    elif forecast:
        assert played.regular is not None
        assert tournament is not None
        rated = tournament.take(_rated(tournament))
        parts = before.splits(request.dataset, table.index(played.regular), rated, season)
    else:
        assert tournament is not None
        parts = _tournament_splits(tournament, request, train_until)
    splits = {split: both_views(games) for split, games in parts.items()}
    if forecast:
        splits = {split: before.with_margins(columns) for split, columns in splits.items()}
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
        labels=table.labels(played),
        references={"trivial": trivial},
        notes=(*played.notes, *_unrated(tournament)),
    )


def _rated(games: Games) -> np.ndarray:
    """Which games are of two teams with a regular season."""
    return (games.team_1 >= 0) & (games.team_2 >= 0)


def _regular_splits(games: Games, tournament: Games | None, seed: int) -> dict[str, Games]:
    """Games 80/10/10 by a fixed permutation, each split in the order of the seasons."""
    held = max(1, len(games) // HELD_OUT)
    if len(games) < 3:
        raise DataError(f"basketball: {len(games)} games are too few to split")
    order = np.random.default_rng(seed).permutation(len(games))
    splits = {
        "train": games.take(np.sort(order[2 * held :])),
        "validation": games.take(np.sort(order[held : 2 * held])),
        "test": games.take(np.sort(order[:held])),
    }
    if tournament is not None and _rated(tournament).any():
        splits["tournament"] = replace(tournament, seed_diff=None).take(_rated(tournament))
    return splits


def _unrated(tournament: Games | None) -> list[str]:
    """A note where tournament teams have no regular season to take a strength from."""
    if tournament is None or _rated(tournament).all():
        return []
    missing = ~_rated(tournament)
    seasons = np.unique(tournament.season[missing]).tolist()
    years = ", ".join(map(str, seasons)) if len(seasons) < 6 else f"{seasons[0]}-{seasons[-1]}"
    return [
        f"{int(missing.sum())} of {len(missing)} tournament games ({years}) have a team without a "
        "regular season in the files, so without a strength"
    ]


def _tournament_splits(games: Games, request: Request, train_until: int | None) -> dict[str, Games]:
    """Train and validation from the seasons to `train_until`, test from those after."""
    seasons = np.unique(games.season)
    span = f"the tournaments are those of {seasons[0]}-{seasons[-1]}"
    if request.options["train_until"] is not None:
        train_until = request.options["train_until"]
    if train_until is None:  # three quarters of the seasons
        train_until = int(seasons[max(0, round(0.75 * len(seasons)) - 1)])
    test_until = request.options["test_until"]
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
    order = np.random.default_rng(request.seed).permutation(len(early))
    return {
        "train": games.take(np.sort(early[order[held:]])),
        "validation": games.take(np.sort(early[order[:held]])),
        "test": games.take(np.flatnonzero(late)),
    }


def _available(request: Request) -> bool:
    return ncaa.find(request).layout_of(request.dataset) is not None


_SEASON = Whole(None, 1, 9999)
_LEAGUE = {
    "seasons": Whole(20, 2, 200),
    "conferences": Whole(
        league.MOST_CONFERENCES, league.FEWEST_CONFERENCES, league.MOST_CONFERENCES
    ),
}


def _register(name: str, summary: str, **split: Option) -> None:
    real = Source("ncaa", _ncaa, options={**ncaa.OPTIONS, **split}, available=_available)
    embedded = Source("league", _league, options={**_LEAGUE, **split})
    register(Entry(name, "basketball", summary, (real, embedded)))


_register("basketball", "regular-season games, two views of each")
_register("tournament", "tournament games with seeds", train_until=_SEASON, test_until=_SEASON)
_register("forecast_seasons", "what is known before a tournament: seasons", season=_SEASON)
_register("forecast_tournaments", "what is known before a tournament: others", season=_SEASON)
