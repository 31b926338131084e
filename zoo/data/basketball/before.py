"""What is known before a tournament: the seasons up to its own, and the tournaments before it.

`forecast_seasons` trains on regular seasons, `forecast_tournaments` on tournaments. Neither has a
game of a later season, so none can change what is learned.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zoo.core.errors import DataError
from zoo.data.basketball.games import Arrays, Games, SourceGames

DATASETS = ("forecast_seasons", "forecast_tournaments")
MOST_MARGIN = 30  # points; a larger one tells no more of strength


def known(played: SourceGames, season: int | None) -> tuple[SourceGames, int]:
    """The games up to a season's tournament, and the season.

    Args:
        played: All games of a source.
        season: The year; None is the last one whose tournament was played.

    Raises:
        DataError: the files do not have it, or no tournament before it.
    """
    regular, tournament = played.regular, played.tournament
    assert regular is not None  # the reader has checked that there are both
    assert tournament is not None
    seasons = np.unique(regular.season)
    if season is None:
        both = np.intersect1d(seasons, tournament.season)
        season = int(both[-1] if len(both) else seasons[-1])
    span = f"they are {seasons[0]}-{seasons[-1]}"
    if season not in seasons:
        raise DataError(f"there is no regular season {season}; {span}")
    if not (tournament.season < season).any():
        raise DataError(f"there is no tournament before {season} to learn from; {span}")
    early = tournament.take(tournament.season <= season)
    return replace(played, regular=regular.take(regular.season <= season), tournament=early), season


def splits(dataset: str, regular: Games, tournament: Games, season: int) -> dict[str, Games]:
    """The games of each split: the season's own tournament, where it was played, is the test.

    Args:
        dataset: One of `DATASETS`.
        regular, tournament: Games of known teams up to the season's tournament.
        season: The year.
    """
    before = tournament.take(tournament.season < season)
    own = tournament.take(tournament.season == season)
    last = before.season == (before.season.max() if len(before) else 0)
    if dataset == "forecast_seasons":
        nobody = np.zeros(len(regular), np.int64)
        parts = {"train": replace(regular, seed_diff=nobody), "validation": before, "test": own}
    elif last.all():  # one tournament: nothing is left to validate on
        parts = {"train": before, "test": own}
    else:
        parts = {"train": before.take(~last), "validation": before.take(last), "test": own}
    return {name: games for name, games in parts.items() if len(games)}


def with_margins(columns: Arrays) -> Arrays:
    """The columns and `margin`, the score difference within 30 points, float32 (rows, 1)."""
    margin = np.clip(columns["score_diff"], -MOST_MARGIN, MOST_MARGIN)
    return {**columns, "margin": margin}
