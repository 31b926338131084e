"""What every loader returns: named splits of named arrays, with their provenance."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo._keras import tf
from zoo.core.columns import NO_COLUMNS, Columns
from zoo.core.errors import DataError, UnknownNameError
from zoo.data.tables import as_frame, as_html

if TYPE_CHECKING:
    import pandas as pd

Arrays = Mapping[str, np.ndarray]
# Split -> inputs and targets by the names of a model's tensors, and weights if the rows have any
Fed = Mapping[str, tuple[Arrays, Arrays, np.ndarray | None]]


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
        vectors: The vector of each word, (words, width), where the data has its own: a row for
            each label of the vocabulary `word`.
        truth: What a generator knows and no model sees, such as the true strengths.
        references: Score name -> split -> column_metric -> value, such as `best possible` ->
            `test` -> `score_diff_mae`.
        origin: One line that says what was read and how to get the other source.
        notes: One line each: what was dropped or corrected while reading.
        names: Tensor -> the columns of the DataFrame that it was made of, of rows in memory.
        feed: Gives the rows of each split as a model takes them; `zoo.load_data` sets it.

    Example:
        >>> import zoo
        >>> data = zoo.load_data("tiny_dense", source="planted")
        >>> data
        <Dataset linear_map from planted: train 4,000, validation 1,000, test 2,000 rows>
        >>> data.splits["test"]["a"].shape
        (2000, 2)
    """

    name: str
    source: str
    splits: Mapping[str, Arrays]
    card: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    columns: Columns = NO_COLUMNS
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    vectors: np.ndarray | None = field(default=None, compare=False)
    truth: Arrays = field(default_factory=dict)
    references: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    origin: str = ""
    notes: tuple[str, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    feed: Callable[[Dataset, Any], Fed] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for split, arrays in self.splits.items():
            lengths = {column: len(array) for column, array in arrays.items()}
            if len(set(lengths.values())) > 1:
                raise DataError(f"{self.name}, split {split!r}: unequal rows {lengths}")

    def __repr__(self) -> str:
        counts = ", ".join(f"{split} {rows:,}" for split, rows in self.rows.items())
        return f"<Dataset {self.name} from {self.source}: {counts} rows>"

    def _repr_html_(self) -> str:
        return as_html(self)

    @property
    def rows(self) -> dict[str, int]:
        """Number of rows of each split.

        Returns:
            Split -> rows.

        Example:
            >>> import zoo
            >>> zoo.load_data("tiny_dense", source="planted").rows
            {'train': 4000, 'validation': 1000, 'test': 2000}
        """
        return {
            split: len(next(iter(arrays.values()))) if arrays else 0
            for split, arrays in self.splits.items()
        }

    @cached_property
    def fingerprint(self) -> str:
        """sha256 over split names, column names, dtypes, shapes and bytes, in a fixed order.

        Returns:
            64 hexadecimal digits.

        Example:
            >>> import zoo
            >>> once, again = (zoo.load_data("tiny_dense", source="planted") for _ in range(2))
            >>> once.fingerprint == again.fingerprint
            True
        """
        digest = hashlib.sha256()
        for split in sorted(self.splits):
            for column in sorted(self.splits[split]):
                array = np.ascontiguousarray(self.splits[split][column])
                digest.update(f"{split}/{column}/{array.dtype.str}/{array.shape}\n".encode())
                text = array.dtype.kind in "OU"
                digest.update("\0".join(array.ravel()).encode() if text else array.tobytes())
        return digest.hexdigest()

    def xy(self, split: str, recipe: Any = None) -> tuple[Any, Any]:
        """The rows of a split as `model.fit` takes them: inputs and targets.

        They are the rows that `zoo.fit` trains the recipe on, or validates or tests it on: without
        those in which a value is missing, and with the recipe's `validation_split`.

        Args:
            split: A key of `splits`, such as `train`.
            recipe: Another recipe of this dataset than the one that it was loaded for.

        Returns:
            Inputs and targets, the rows on axis 0: arrays by the names of the model's tensors, or
            the array alone where there is one.

        Raises:
            UnknownNameError: no such split, or none with rows.
            DataError: a recipe of another dataset, or none that trains on this one.

        Example:
            >>> import zoo
            >>> x, y = zoo.load_data("two_branch_add", source="halves").xy("test")
            >>> {name: array.shape for name, array in x.items()}
            {'a': (4000, 64), 'b': (4000, 64)}
            >>> y.shape
            (4000, 1)
        """
        x, y, _ = self._fed(split, recipe)
        return _alone(x), _alone(y)

    def frame(self, split: str) -> pd.DataFrame:
        """The columns of a split as a table.

        Args:
            split: A key of `splits`, such as `train`.

        Returns:
            A DataFrame with a row for each row of the split. An array of up to 32 numbers a row
            has a column for each, `NAME_0`, `NAME_1` ...; a larger one is a column of arrays.

        Raises:
            UnknownNameError: no such split.

        Example:
            >>> import zoo
            >>> zoo.load_data("tiny_dense", source="planted").frame("test").columns.tolist()
            ['a_0', 'a_1', 'b_0', 'b_1']
        """
        return as_frame(self._known(split, self.splits))

    def tf_data(
        self, split: str, batch_size: int = 32, *, shuffle: bool | None = None, seed: int = 0
    ) -> Any:
        """The rows of `xy` as a `tf.data.Dataset`, for `model.fit` or a loop of your own.

        Args:
            split: A key of `splits`, such as `train`.
            batch_size: Rows in a batch; the last one has what is left.
            shuffle: Whether every pass takes the rows in a new order; by default for `train` alone.
            seed: Fixes the orders.

        Returns:
            Batches of (inputs, targets); of (inputs, targets, weights) where the recipe weighs the
            rows.

        Raises:
            UnknownNameError, DataError: as `xy`.

        Example:
            >>> import zoo
            >>> batches = zoo.load_data("tiny_dense", source="planted").tf_data("train", 100)
            >>> len(batches)
            40
        """
        if type(batch_size) is not int or batch_size < 1:
            raise DataError(f"batch_size must be a whole number of 1 or more, not {batch_size!r}")
        x, y, weights = self._fed(split)
        parts = (_alone(x), _alone(y))
        rows = len(next(iter(y.values())))
        found = tf.data.Dataset.from_tensor_slices(parts if weights is None else (*parts, weights))
        if split == "train" if shuffle is None else shuffle:
            found = found.shuffle(rows, seed=seed)
        return found.batch(batch_size).prefetch(tf.data.AUTOTUNE)

    def _fed(self, split: str, recipe: Any = None) -> tuple[Arrays, Arrays, np.ndarray | None]:
        if self.feed is None:
            raise DataError("only data of zoo.load_data knows the model that it is for")
        return self._known(split, self.feed(self, recipe))

    def _known(self, split: str, splits: Mapping[str, Any]) -> Any:
        if split not in splits:
            raise UnknownNameError(f"split of {self.name}", split, splits)
        return splits[split]


def _alone(arrays: Arrays) -> Any:
    """Arrays by name, or the array alone where there is one, as Keras takes them."""
    return next(iter(arrays.values())) if len(arrays) == 1 else dict(arrays)
