"""The probability of every row of a sample submission: other seasons, men and women in one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zoo.core.console import Reporter
from zoo.core.errors import DataError
from zoo.data.basketball.entrants import entrants, files_of
from zoo.forecasting.forecast import Forecast, forecast
from zoo.forecasting.submission import Sample

OTHER = {"men": "women", "women": "men", None: "women"}
UNKNOWN = 0.5  # for a team that has not played


def check_asked(sample: Sample, out: Path, source: str, gender: str | None) -> None:
    """Refuse, before anything is trained, what cannot be filled or would replace something.

    Raises:
        DataError: a season that the files lack, or a file that is a folder, the sample or a table.
    """
    options = {} if gender is None else {"league_of": gender}
    if out.is_dir():
        raise DataError(f"--out {out} is a folder: name a file")
    for path in (sample.path, *files_of(source, options)):
        if out.exists() and out.samefile(path):
            raise DataError(f"--out {out} would replace {path}, which is read: name another file")
    for season in sorted(sample.seasons):
        try:
            entrants(source, season, options)
        except DataError as error:
            raise DataError(f"{sample.path} asks for {season}: {error}") from error


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
            own = _quietly(season, source, gender, told, how)
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
        verb = "row has" if missing == 1 else "rows have"
        told.line(f"note: {missing:,} {verb} a team without a game in the season: {UNKNOWN}")
    return np.nan_to_num(chance, nan=UNKNOWN)


def _is_absent(own: Forecast, first: NDArray[np.int64], second: NDArray[np.int64]) -> Any:
    """Which rows are of two teams that are both none of the season's."""
    return ~(np.isin(first, own.ids) | np.isin(second, own.ids))


def _quietly(
    season: int, source: str, gender: str | None, told: Reporter, how: Mapping[str, Any]
) -> Forecast:
    """One more forecast, in one line."""
    name = f"{gender or ''} {season}".strip()
    with told.phase(f"forecasting {name}"):
        found = forecast(season, data=source, gender=gender, reporter=Reporter(silent=True), **how)
    told.line(f"model of {name}: {found.run.folder}")
    return found


def _other(
    season: int, source: str, gender: str | None, told: Reporter, how: Mapping[str, Any]
) -> Forecast | None:
    """The other gender's forecast, if the files have it."""
    try:
        return _quietly(season, source, OTHER[gender], told, how)
    except DataError as error:
        told.line(f"note: {error}")
        return None
