"""Cutting rows into training, validation and test parts that share no item."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

PARTS = ("train", "validation", "test")


def sizes_for(train: int) -> tuple[int, int, int]:
    """Rows of the three parts: validation a sixth, test a third of the training rows."""
    return train, max(10, train // 6), max(20, train // 3)


def cut(rows: int, sizes: Sequence[int]) -> dict[str, slice]:
    """Consecutive parts of `rows` rows in the proportions of `sizes`."""
    bounds = np.cumsum([0, *sizes]) * rows // sum(sizes)
    return {
        part: slice(int(low), int(high))
        for part, low, high in zip(PARTS, bounds[:-1], bounds[1:], strict=True)
    }


def by_item(items: Sequence[Hashable], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Row numbers of each part, 70/10/20 by item: all rows of an item fall into one part."""
    names = sorted(set(items), key=str)
    order = [names[place] for place in rng.permutation(len(names))]
    part_of = {
        item: part for part, where in cut(len(order), (7, 1, 2)).items() for item in order[where]
    }
    parts = np.array([part_of[item] for item in items])
    return {part: np.flatnonzero(parts == part) for part in PARTS}


def parted(
    columns: Mapping[str, np.ndarray], parts: Mapping[str, slice | np.ndarray]
) -> dict[str, dict[str, np.ndarray]]:
    """Split -> column -> the rows of that part."""
    return {
        part: {column: array[rows] for column, array in columns.items()}
        for part, rows in parts.items()
    }
