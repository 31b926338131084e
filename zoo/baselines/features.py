"""What the baselines read: the inputs as rows of numbers, one function for each way to get there.

Each takes a task and returns split -> (rows, numbers), dense or sparse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from zoo.baselines.estimators import Arrays, Task

CELLS = 2  # an image becomes 2 x 2 means and deviations of each channel
MOST_STEPS = 6_000  # steps to fit on; more take long and change little
PADDING = 0  # the id that fills up short texts counts as no word


def numbers(task: Task) -> dict[str, Any]:
    """All inputs side by side, as they are."""
    return _by_split(
        task,
        lambda inputs: np.concatenate(
            [array.reshape(len(array), -1).astype(np.float64) for array in inputs.values()], axis=1
        ),
    )


def tfidf(task: Task) -> dict[str, Any]:
    """TF-IDF of every integer input, other inputs as they are, side by side; sparse."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfTransformer

    sizes = _vocabulary_sizes(task)
    train, _ = task.splits["train"]
    weights = {
        name: TfidfTransformer(sublinear_tf=True).fit(_word_counts(train[name], size))
        for name, size in sizes.items()
    }

    def features(inputs: Arrays) -> Any:
        parts = [
            weights[name].transform(_word_counts(array, sizes[name]))
            if name in sizes
            else csr_matrix(array.reshape(len(array), -1))
            for name, array in inputs.items()
        ]
        return hstack(parts, format="csr")

    return _by_split(task, features)


def summaries(task: Task) -> dict[str, Any]:
    """Images as coarse grids, word ids as counts, other numbers as they are."""
    sizes = _vocabulary_sizes(task)

    def summary(name: str, array: np.ndarray) -> np.ndarray:
        if name in sizes:
            return _word_counts(array, sizes[name]).toarray()
        return _grid(array) if array.ndim == 4 else array.reshape(len(array), -1)

    return _by_split(
        task, lambda inputs: np.concatenate([summary(*each) for each in inputs.items()], axis=1)
    )


def pair_differences(task: Task) -> dict[str, Any]:
    """Two inputs (rows, steps, numbers): means over the steps that are not all zero, compared.

    The features are the absolute differences and the products of the two means, and the cosine
    of their angle. They show which words or characters there are, and nothing of their order.
    """

    def average(array: np.ndarray) -> np.ndarray:
        used = (array != 0).any(axis=2).sum(axis=1)
        return array.sum(axis=1) / np.maximum(used, 1)[:, None]

    def compared(inputs: Arrays) -> np.ndarray:
        first, second = map(average, inputs.values())
        product = first * second
        lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
        cosine = product.sum(axis=1) / np.maximum(lengths, 1e-9)
        return np.column_stack([np.abs(first - second), product, cosine])

    return _by_split(task, compared)


def by_step(task: Task) -> Task:
    """The task with rows and steps as one axis: inputs (rows, steps, ...), targets (rows, steps).

    The training split keeps `MOST_STEPS` steps at even distances.
    """

    def flat(arrays: Arrays) -> dict[str, np.ndarray]:
        return {
            name: array.reshape(array.shape[0] * array.shape[1], *(array.shape[2:] or (1,)))
            for name, array in arrays.items()
        }

    splits = {
        name: (flat(inputs), flat(targets)) for name, (inputs, targets) in task.splits.items()
    }
    inputs, targets = splits["train"]
    total = len(next(iter(targets.values())))
    some = np.linspace(0, total - 1, min(total, MOST_STEPS)).astype(np.int64)
    splits["train"] = (
        {name: array[some] for name, array in inputs.items()},
        {name: array[some] for name, array in targets.items()},
    )
    return replace(task, splits=splits)


def _by_split(task: Task, features: Callable[[Arrays], Any]) -> dict[str, Any]:
    return {split: features(inputs) for split, (inputs, _) in task.splits.items()}


def _vocabulary_sizes(task: Task) -> Mapping[str, int]:
    """Integer input -> one more than its largest id."""
    return {
        name: 1 + max(int(inputs[name].max()) for inputs, _ in task.splits.values())
        for name, array in task.splits["train"][0].items()
        if array.dtype.kind == "i"
    }


def _word_counts(ids: np.ndarray, size: int) -> Any:
    """How often each word occurs in each row: sparse (rows, size)."""
    from scipy.sparse import csr_matrix

    flat = ids.reshape(len(ids), -1)
    rows = np.repeat(np.arange(len(flat)), flat.shape[1])
    words = flat.ravel()
    kept = words != PADDING
    ones = np.ones(int(kept.sum()), np.float32)
    return csr_matrix((ones, (rows[kept], words[kept])), shape=(len(flat), size))


def _grid(images: np.ndarray) -> np.ndarray:
    """Mean and deviation of each channel in each cell, (rows, 2 x 2 x 2 x channels)."""
    rows, height, width, channels = images.shape
    tall, wide = height // CELLS, width // CELLS
    kept = images[:, : tall * CELLS, : wide * CELLS]
    cells = kept.reshape(rows, CELLS, tall, CELLS, wide, channels)
    summary = [cells.mean(axis=(2, 4)), cells.std(axis=(2, 4))]
    return np.concatenate([part.reshape(rows, -1) for part in summary], axis=1)
