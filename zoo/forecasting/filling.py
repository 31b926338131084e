"""The probability of every row of a sample submission: other seasons, men and women in one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.core.console import Reporter
from zoo.core.errors import DataError
from zoo.forecasting.forecast import Forecast, forecast
from zoo.forecasting.submission import Sample

OTHER = {"men": "women", "women": "men", None: "women"}
UNKNOWN = 0.5  # for a team that has not played


def filled(
    sample: Sample,
    known: Forecast,
    source: str,
    gender: str | None,
    told: Reporter,
    how: Mapping[str, Any],
) -> NDArray[np.float64]:
    """Probability that the team named first wins, for every row.

    A season that is asked for is forecast in its turn. Teams that are not among the season's are
    looked for in the other gender's tables. A team that has not played in the season has 1/2
    against everyone; a note says how many rows those are.

    Args:
        sample: The rows.
        known: The forecast that there is already.
        source, gender: What it was made of.
        told: Where progress goes.
        how: Further arguments of `forecast`.

    Returns:
        Shape (rows,).

    Raises:
        DataError: no row is of teams that the files have.
    """
    chance = np.full(len(sample), np.nan)
    for season in sorted(sample.seasons):
        rows = np.flatnonzero(sample.season == season)
        first, second = sample.low[rows], sample.high[rows]
        own = known
        if season != known.season:
            own = forecast(season, data=source, gender=gender, reporter=told, **how)
        found = own.chances(first, second)
        if source != "league" and _is_absent(own, first, second).any():
            other = _other(season, source, gender, told, how)
            if other is not None:
                found = np.where(np.isnan(found), other.chances(first, second), found)
        chance[rows] = found
    if np.isnan(chance).all():
        raise DataError(f"{sample.path}: none of its teams is in the files")
    missing = int(np.isnan(chance).sum())
    if missing:
        told.line(f"note: {missing:,} rows have a team without a game in the season: {UNKNOWN}")
    return np.nan_to_num(chance, nan=UNKNOWN)


def _is_absent(own: Forecast, first: NDArray[np.int64], second: NDArray[np.int64]) -> Any:
    """Which rows are of two teams that are both none of the season's."""
    return ~(np.isin(first, own.ids) | np.isin(second, own.ids))


def _other(
    season: int, source: str, gender: str | None, told: Reporter, how: Mapping[str, Any]
) -> Forecast | None:
    """The other gender's forecast, if the files have it."""
    try:
        return forecast(season, data=source, gender=OTHER[gender], reporter=told, **how)
    except DataError as error:
        told.line(f"note: {error}")
        return None
