"""What the tests of several datasets share: real data or a skip, and how rows are compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zoo
import zoo.data
from zoo.core.errors import DataError
from zoo.data.dataset import Dataset
from zoo.data.registry import choose_source, dataset_home


def real(name: str, source: str, **options: Any) -> Dataset:
    """The real dataset, or a skip that says which folder lacks it."""
    if choose_source(name, "auto", None, options) != source:
        pytest.skip(f"no {source} in {dataset_home(name)}; set ZOO_DATA_HOME")
    return zoo.data.load(name, **options)


def row_sets(dataset: Dataset, *columns: str) -> dict[str, set[bytes]]:
    """Split -> the different contents of the rows in some columns."""
    return {
        split: {
            b"|".join(np.ascontiguousarray(arrays[name][row]).tobytes() for name in columns)
            for row in range(len(arrays[columns[0]]))
        }
        for split, arrays in dataset.splits.items()
    }


def assert_apart(items: dict[str, set[bytes]]) -> None:
    """No item is in two splits."""
    parts = list(items.values())
    for place, part in enumerate(parts):
        for other in parts[place + 1 :]:
            assert not part & other


def refused(load: Callable[[], object], path: Path) -> str:
    """The one-line message of the DataError that `load` raises, without the path."""
    with pytest.raises(DataError) as caught:
        load()
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(path), path.name)


def log_loss(truth: np.ndarray, chance: np.ndarray) -> float:
    """Mean negative logarithm of what the truth was given, by a plain loop."""
    total = 0.0
    for flag, p in zip(truth.ravel().tolist(), chance.ravel().tolist(), strict=True):
        total -= float(np.log(p if flag else 1 - p))
    return total / len(truth)
