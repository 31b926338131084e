"""From games to the two basketball datasets: team table, splits, labels and references.

Both sources, generated and real, come through here, so that they give the same columns.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from zoo.core.errors import DataError, UnknownNameError
from zoo.data.dataset import Dataset
from zoo.data.games import (
    ID_BITS,
    MAX_ID,
    Arrays,
    Games,
    Ints,
    both_views,
    reference_scores,
    team_key,
)
from zoo.data.registry import card

SPLIT_OPTIONS = {"basketball": (), "tournament": ("train_until", "test_until")}
HELD_OUT = 10  # one game in ten for validation, and one in ten for testing


@dataclass(frozen=True)
class Basketball:
    """What a source hands over: games with ids of its own, and the teams' names.

    Attributes:
        regular: Regular-season games, or None where there are none.
        tournament: Tournament games, or None where there are none.
        name_of: Name of a team, from its season and the source's id.
        notes: What was dropped or corrected.
    """

    regular: Games | None
    tournament: Games | None
    name_of: Callable[[int, int], str]
    notes: tuple[str, ...] = ()


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

    def labels(self, name_of: Callable[[int, int], str]) -> dict[str, tuple[str, ...]]:
        """Label of each row ("1999 Duke"), and its season and name apart."""
        seasons = (self.keys >> ID_BITS).tolist()
        names = tuple(map(name_of, seasons, (self.keys & MAX_ID).tolist()))
        label = tuple(f"{season} {name}" for season, name in zip(seasons, names, strict=True))
        return {"team": label, "team_season": tuple(map(str, seasons)), "team_name": names}


def check_options(name: str, options: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise UnknownNameError for an option that is neither the dataset's nor the source's."""
    allowed = {*SPLIT_OPTIONS[name], *known}
    for option in options:
        if option not in allowed:
            raise UnknownNameError(f"option of dataset {name}", option, allowed)


def assemble(
    name: str,
    source: str,
    content: Basketball,
    seed: int,
    *,
    train_until: int | None,
    test_until: int | None = None,
    origin: str,
) -> Dataset:
    """Number the teams, split the games and give each both views.

    Raises:
        DataError: too few games or seasons to split.
    """
    table = TeamTable(content.regular)
    if name == "basketball":
        parts = _regular_splits(content, table, seed)
    else:
        parts = _tournament_splits(content, table, seed, train_until, test_until)
    splits: dict[str, Arrays] = {split: both_views(games) for split, games in parts.items()}
    # Each game counts from both sides: as many wins as defeats, and a mean difference of 0.
    zero = {split: np.zeros((1, 1)) for split in splits}
    trivial = reference_scores(
        splits,
        score_diff=zero,
        won={split: np.full((1, 1), 0.5) for split in splits},
        total=2 * float(np.median(splits["train"]["score_1"])),
    )
    return Dataset(
        name=name,
        source=source,
        splits=splits,
        card=card(name),
        sizes={"n_teams": len(table.keys)},
        labels=table.labels(content.name_of),
        references={"trivial": trivial},
        origin=origin,
        notes=(*content.notes, *_unrated(content, table)),
    )


def _regular_splits(content: Basketball, table: TeamTable, seed: int) -> dict[str, Games]:
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


def _unrated(content: Basketball, table: TeamTable) -> list[str]:
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
    content: Basketball,
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


def year_option(options: Mapping[str, Any], option: str) -> int | None:
    """An option that is a season or None.

    Raises:
        DataError: it is something else.
    """
    value = options.get(option)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise DataError(f"{option} is a season such as 2010, not {value!r}")
