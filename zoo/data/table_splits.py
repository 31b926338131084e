"""Which rows of a table are for training, validation and testing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zoo.core.errors import DataError
from zoo.data.cells import common_format, dates, is_missing, numbers, words
from zoo.data.csv import Table, damage
from zoo.data.splits import PARTS

SPLIT = "split"  # the column that says which split a row belongs to, if the table has it
HELD_OUT = 0.15  # share of the rows for validation, and again for testing
LEAST_ROWS = 10
FILL_IN = "fill them in, or take those rows out of the table"


@dataclass(frozen=True)
class SplitBy:
    """What decides the split, where the table has no column `split`.

    Attributes:
        group: A column; rows with the same value in it are never in two splits.
        time: A column of numbers or dates; the last rows are for testing, those before them for
            validation.
    """

    group: str = ""
    time: str = ""


RANDOM = SplitBy()


def rows_by_split(
    table: Table, seed: int, by: SplitBy = RANDOM, classes: np.ndarray | None = None
) -> dict[str, np.ndarray]:
    """Split -> row numbers: by the column `split`, else 70/15/15 by group, by time or at random.

    Args:
        table: The table.
        seed: Fixes what is random.
        by: What decides the split.
        classes: Class of each row (rows,): a random split has the same share of each in all parts.

    Raises:
        DataError: too few rows or groups, or a column that is missing or cannot be read.
    """
    if SPLIT in table.header:
        return _as_written(table)
    check_rows(table)
    rng = np.random.default_rng([seed, 0x7AB1E])
    if by.group:
        return _by_group(table, by.group, rng)
    if by.time:
        return _by_time(table, by.time)
    order = rng.permutation(len(table))
    if classes is not None:
        order = _spread(order, classes[order])
    held = round(HELD_OUT * len(table))
    cuts = np.split(order, [len(table) - 2 * held, len(table) - held])
    return {name: np.sort(rows) for name, rows in zip(PARTS, cuts, strict=True)}


def check_rows(table: Table) -> None:
    """Refuse a table of too few rows; one with a column `split` may be short.

    Raises:
        DataError: they are too few.
    """
    if SPLIT not in table.header and len(table) < LEAST_ROWS:
        told = f"{len(table)} row is" if len(table) == 1 else f"{len(table)} rows are"
        raise DataError(f"{table.path}: {told} too few to split; at least {LEAST_ROWS} are needed")


def _as_written(table: Table) -> dict[str, np.ndarray]:
    given = table.words(SPLIT)
    unknown = ~np.isin(given, PARTS)
    table.refuse(unknown, SPLIT, "{value!r} is not one of " + ", ".join(PARTS))
    rows = {name: np.flatnonzero(given == name) for name in PARTS}
    if not len(rows["train"]):
        raise damage(table.path, "no row is in the split 'train'", 1, SPLIT)
    return {name: chosen for name, chosen in rows.items() if len(chosen)}


def _spread(order: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Rows in an order in which any stretch has the classes' shares, as nearly as they go."""
    _, ids, counts = np.unique(classes, return_inverse=True, return_counts=True)
    seen = np.zeros(len(counts))
    place = np.empty(len(order))
    for at, each in enumerate(ids):
        seen[each] += 1
        place[at] = (seen[each] - 0.5) / counts[each]
    return order[np.argsort(place, kind="stable")]


def _by_group(table: Table, column: str, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Whole groups, in random order, until a part has its share of the rows."""
    names, ids, counts = np.unique(
        words(table, column, missing=True).astype(str), return_inverse=True, return_counts=True
    )
    if len(names) < len(PARTS):
        raise damage(table.path, f"{len(names)} groups are too few for three splits", 1, column)
    order = rng.permutation(len(names))
    middle = np.cumsum(counts[order]) - counts[order] / 2
    part = np.digitize(middle / len(table), [1 - 2 * HELD_OUT, 1 - HELD_OUT])
    part[-2:] = np.maximum(part[-2:], [1, 2])  # no part is empty
    part[0] = 0
    of = np.empty(len(names), int)
    of[order] = part
    return {name: np.flatnonzero(of[ids] == at) for at, name in enumerate(PARTS)}


def _by_time(table: Table, column: str) -> dict[str, np.ndarray]:
    """The past for training, the future for testing; no moment is in two splits."""
    at = times(table, column)
    moments = np.unique(at)
    if len(moments) < len(PARTS):
        raise damage(table.path, f"{len(moments)} moments are too few for three splits", 1, column)
    bounds = np.quantile(at, [1 - 2 * HELD_OUT, 1 - HELD_OUT], method="higher")
    first = int(np.clip(np.searchsorted(moments, bounds[0]), 1, len(moments) - 2))
    second = int(np.clip(np.searchsorted(moments, bounds[1]), first + 1, len(moments) - 1))
    part = np.digitize(at, [moments[first], moments[second]])
    return {name: np.flatnonzero(part == at) for at, name in enumerate(PARTS)}


def times(table: Table, column: str) -> np.ndarray:
    """The moments of a column of numbers or dates (rows,).

    Raises:
        DataError: a cell is neither, or empty.
    """
    gaps = sum(map(is_missing, table.texts(column)))
    if gaps:
        have = "row has" if gaps == 1 else "rows have"
        problem = f"{gaps:,} {have} no value in {column!r}; --time needs one in every row"
        raise damage(table.path, f"{problem}: {FILL_IN}", 1, column)
    format = common_format(sorted(set(table.texts(column))))
    if format:
        return dates(table, column, format, missing=False)
    return numbers(table, column, missing=False)
