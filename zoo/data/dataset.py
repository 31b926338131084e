"""What every loader returns: named splits of named arrays, with their provenance."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from zoo.core.columns import NO_COLUMNS, Columns
from zoo.core.errors import DataError

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Dataset:
    """Named splits of named arrays, all arrays of one split with the same number of rows.

    Attributes:
        name: The dataset, such as `basketball`.
        source: Where it came from, such as `league` (generated) or `ncaa` (files).
        splits: Split name -> column name -> array with the rows on axis 0.
        card: Text of the dataset's README (origin, license, columns, units).
        sizes: Builder arguments that the data decides, such as `n_teams`.
        columns: The builder argument `columns` of a model that takes a table's columns as they
            are: what the training rows say of them.
        labels: Vocabulary name -> label of each id, such as `team` -> ("1985 Duke", ...).
        truth: What a generator knows and no model sees, such as the true strengths.
        references: Score name -> split -> column_metric -> value, such as `best possible` ->
            `test` -> `score_diff_mae`.
        origin: One line that says what was read and how to get the other source.
        notes: One line each: what was dropped or corrected while reading.
    """

    name: str
    source: str
    splits: Mapping[str, Arrays]
    card: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    columns: Columns = NO_COLUMNS
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    truth: Arrays = field(default_factory=dict)
    references: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    origin: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for split, arrays in self.splits.items():
            lengths = {column: len(array) for column, array in arrays.items()}
            if len(set(lengths.values())) > 1:
                raise DataError(f"{self.name}, split {split!r}: unequal rows {lengths}")

    @property
    def rows(self) -> dict[str, int]:
        """Number of rows of each split."""
        return {
            split: len(next(iter(arrays.values()))) if arrays else 0
            for split, arrays in self.splits.items()
        }

    @cached_property
    def fingerprint(self) -> str:
        """sha256 over split names, column names, dtypes, shapes and bytes, in a fixed order."""
        digest = hashlib.sha256()
        for split in sorted(self.splits):
            for column in sorted(self.splits[split]):
                array = np.ascontiguousarray(self.splits[split][column])
                digest.update(f"{split}/{column}/{array.dtype.str}/{array.shape}\n".encode())
                text = array.dtype.kind in "OU"
                digest.update("\0".join(array.ravel()).encode() if text else array.tobytes())
        return digest.hexdigest()
