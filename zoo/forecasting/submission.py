"""Kaggle's sample submissions: which games are asked for, and the file with their chances."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoo.core.errors import DataError
from zoo.core.files import replacing
from zoo.data.csv import Table, damage, parse_csv, read_bytes, read_text
from zoo.forecasting.seasons import season_of

Ints = NDArray[np.int64]

DECIMALS = 6
LEAST = 10.0**-DECIMALS  # the smallest probability that is not written as 0
_ID = re.compile(r"([A-Za-z]|[1-9]\d{3})_(\d{1,9})_(\d{1,9})", re.ASCII)


@dataclass(frozen=True, eq=False)
class Sample:
    """The rows of a sample submission, in their order.

    Attributes:
        path: The file.
        header: Its first line, as it is.
        ids: The ids, as they are.
        season: Year of each row, shape (rows,).
        low: Id of the team named first, the lower one, shape (rows,).
        high: Id of the other team, shape (rows,).
        separator: What is between the two cells of a line.
        line_end: What ends a line.
    """

    path: Path
    header: str
    ids: tuple[str, ...]
    season: Ints
    low: Ints
    high: Ints
    separator: str = ","
    line_end: str = "\n"

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def seasons(self) -> frozenset[int]:
        """The years that are asked for."""
        return frozenset(np.unique(self.season).tolist())


def read_sample(path: Path, letters: Mapping[str, int] | None = None) -> Sample:
    """The games that a sample submission asks for.

    Args:
        path: A file with the columns ID and Pred, in any case, and ids such as `2016_1112_1114`:
            season, lower team id, higher team id. In 2014's files the season is a letter.
        letters: Season letter -> year, where it is not the usual; see `seasons.read_seasons`.

    Raises:
        DataError: the file is damaged or empty, has other columns, an id of another form, an id
            twice, or a team that meets itself.
    """
    path = Path(path)
    text = read_text(path)
    table = parse_csv(path, text, {"id": "id", "pred": "pred"})
    if (table.place("id"), table.place("pred"), len(table.header)) != (0, 1, 2):
        raise damage(path, "the columns must be ID and Pred, in this order, and no more", 1)
    ids = [cell.strip() for cell in table.texts("id")]
    season, low, high = _parts(table, ids, letters)
    table.values["id"] = np.array(ids, object)
    table.refuse(low == high, "id", "{value!r}: a team does not meet itself")
    table.refuse(low > high, "id", "{value!r} must name the lower team id first")
    order = np.lexsort((high, low, season))  # stable: of equal games the later row comes later
    again = np.zeros(len(ids), bool)
    again[order[1:]] = np.all([np.diff(part[order]) == 0 for part in (season, low, high)], axis=0)
    table.refuse(again, "id", "{value!r} is in the file twice")
    line_end = "\r\n" if b"\r\n" in read_bytes(path) else "\n"
    header = next(line for line in text.split("\n") if line.strip())
    return Sample(path, header, tuple(ids), season, low, high, table.separator, line_end)


def _parts(
    table: Table, ids: list[str], letters: Mapping[str, int] | None
) -> tuple[Ints, Ints, Ints]:
    """Season, first team and second team of every id."""
    for row, each in enumerate(ids):
        if not _ID.fullmatch(each):
            problem = f"{each!r} is not an id such as 2016_1112_1114: season, team, team"
            raise table.wrong(row, "id", problem)
    parts = "_".join(ids).split("_")  # one list: a tuple for each of 200,000 rows takes longer
    words, lows, highs = parts[0::3], parts[1::3], parts[2::3]
    years: dict[str, int] = {}
    for word in dict.fromkeys(words):
        try:
            years[word] = season_of(word, letters)
        except ValueError as error:
            raise table.wrong(words.index(word), "id", str(error)) from None
    season = np.fromiter(map(years.__getitem__, words), np.int64, len(ids))
    low, high = (np.fromiter(map(int, part), np.int64, len(ids)) for part in (lows, highs))
    return season, low, high


def write_submission(path: Path, sample: Sample, chance: ArrayLike, bound: float = LEAST) -> None:
    """Write a submission: the sample's header, ids, order and line ends, whole or not at all.

    Args:
        path: The file.
        sample: What `read_sample` gave.
        chance: Probability that the team named first wins, shape (rows,).
        bound: Probabilities are kept from `bound` to 1 - `bound`. The default is the smallest
            step of the 6 decimals that are written, so none becomes 0 or 1: under log loss a
            wrong 0 costs without limit, a wrong 0.000001 costs 13.8.

    Raises:
        DataError: another shape, a row without a probability, or a bound outside 0.000001 to 0.5.
        OSError: the file cannot be written.
    """
    values = np.asarray(chance, np.float64)
    if values.shape != (len(sample),):
        raise DataError(f"chance must have shape {(len(sample),)}, not {values.shape}")
    if not LEAST <= bound < 0.5:
        raise DataError(f"bound must be from {LEAST:f} to less than 0.5, not {bound:g}")
    bad = ~((values >= 0) & (values <= 1))
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(
            f"{int(bad.sum()):,} of {len(sample):,} rows have no probability from 0 to 1; "
            f"the first is {sample.ids[row]}: {values[row]:g}"
        )
    kept = np.clip(values, bound, 1 - bound).tolist()
    mark = sample.separator
    lines = [sample.header]
    lines += [f"{one}{mark}{each:.{DECIMALS}f}" for one, each in zip(sample.ids, kept, strict=True)]
    with replacing(path) as partial:
        partial.write_text(
            "".join(f"{line}{sample.line_end}" for line in lines), "utf-8", newline=""
        )
