"""Sources `digits_8x8`, `breast_cancer` and `diabetes`: real tables inside scikit-learn.

They need no download, so they are always there. Features are standardized by the training rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.mixture import reference, target_columns
from zoo.data.options import refuse_unknown
from zoo.data.reference_scores import frequencies
from zoo.data.registry import card

SOURCES = {
    "classes_64": "digits_8x8",
    "binary_wide": "breast_cancer",
    "binary_narrow": "diabetes",
}
HELD_OUT = 5  # one row in five for validation, and one in five for testing


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: scikit-learn brings them."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read the table behind dataset `name`, one of SOURCES, and split its rows by the seed.

    Rows that are equal in every feature go into the same split. `folder` is not used.

    Raises:
        UnknownNameError: an option; there are none.
    """
    refuse_unknown(name, options)
    features, answer, names = _read(name)
    # Equal rows share a number, and the numbers are what is split.
    item = np.unique(features, axis=0, return_inverse=True)[1].ravel()
    order = np.random.default_rng([seed, 0x5C1]).permutation(item.max() + 1)
    held = len(order) // HELD_OUT
    parts = {
        "train": order[2 * held :],
        "validation": order[held : 2 * held],
        "test": order[:held],
    }
    rows = {split: np.flatnonzero(np.isin(item, items)) for split, items in parts.items()}
    if name == "binary_narrow":
        answer = answer > np.median(answer[rows["train"]])
    owner = answer.astype(np.int64)
    mean = features[rows["train"]].mean(axis=0)
    spread = features[rows["train"]].std(axis=0)
    scaled = (features - mean) / np.where(spread > 0, spread, 1)  # a constant column stays 0
    n_classes = int(owner.max()) + 1
    constant = frequencies(owner[rows["train"]], n_classes)
    source = SOURCES[name]
    return Dataset(
        name=name,
        source=source,
        splits={
            split: {
                "features": scaled[chosen].astype(np.float32),
                **target_columns(owner[chosen], n_classes),
            }
            for split, chosen in rows.items()
        },
        card=card(name),
        sizes={"n_features": features.shape[1], "n_classes": n_classes},
        labels={"label" if n_classes == 2 else "category": names},
        references={
            "trivial": {split: reference(owner[chosen], constant) for split, chosen in rows.items()}
        },
        origin=f"data: {source} (inside scikit-learn); for generated points: --data mixture",
    )


def _read(name: str) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Features (rows, columns), answers (rows,) and the classes' names."""
    from sklearn import datasets

    if name == "classes_64":
        table: Any = datasets.load_digits()
        return table.data, table.target, tuple(map(str, range(10)))
    if name == "binary_wide":
        table = datasets.load_breast_cancer()
        return table.data, table.target, tuple(map(str, table.target_names))
    table = datasets.load_diabetes(scaled=False)
    return table.data, table.target, ("slower than the median", "faster than the median")
