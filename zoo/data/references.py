"""Scores to hold a model's against: of known chances and values, and of the best constant.

Keys are `<column>_<metric>`, as `Dataset.references` has them. Metrics are what Keras computes:
accuracy and log-loss of chances, mean absolute and mean squared error of numbers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Scores = dict[str, float]
Arrays = Mapping[str, np.ndarray]

TINY = 1e-7  # Keras's own bound on probabilities in a logarithm


def class_scores(column: str, truth: np.ndarray, chance: np.ndarray) -> Scores:
    """Accuracy and log-loss of predicted chances.

    Args:
        column: The target column.
        truth: Class ids of any shape; a last axis of 1 is dropped where `chance` has none.
        chance: Probability of each class: the shape of the ids + (classes,), or (classes,).
    """
    ids = _ids(truth, chance.ndim - 1)
    chance = np.broadcast_to(chance, (*ids.shape, chance.shape[-1]))
    given = np.take_along_axis(chance, ids[..., None], axis=-1)
    return {
        f"{column}_accuracy": float(np.mean(chance.argmax(axis=-1) == ids)),
        f"{column}_log_loss": float(-np.mean(np.log(np.clip(given, TINY, 1.0)))),
    }


def binary_scores(column: str, truth: np.ndarray, chance: np.ndarray | float) -> Scores:
    """Accuracy and log-loss of the chance of class 1, for each row or, in one row, for all."""
    flags = truth.reshape(len(truth), -1) > 0.5
    chance = np.clip(np.atleast_1d(np.asarray(chance, np.float64)), TINY, 1 - TINY)
    chance = chance.reshape(len(chance), -1)
    chance = np.broadcast_to(chance, flags.shape)
    return {
        f"{column}_accuracy": float(np.mean((chance > 0.5) == flags)),
        f"{column}_log_loss": float(-np.mean(np.log(np.where(flags, chance, 1 - chance)))),
    }


def number_scores(
    column: str, truth: np.ndarray, predicted: np.ndarray, mean: np.ndarray | None = None
) -> Scores:
    """Mean absolute and mean squared error; shapes broadcast.

    Args:
        column: The target column.
        truth: The true values.
        predicted: The prediction; the median of what is possible has the least absolute error.
        mean: The prediction whose squared error is wanted, where it is another one.
    """
    truth = np.asarray(truth, np.float64)
    return {
        f"{column}_mae": float(np.mean(np.abs(truth - predicted))),
        f"{column}_mse": float(np.mean(np.square(truth - (predicted if mean is None else mean)))),
    }


def trivial_scores(splits: Mapping[str, Arrays], targets: Mapping[str, str]) -> dict[str, Scores]:
    """Scores of the best constant that the training rows know, by split.

    Args:
        splits: Split -> column -> array.
        targets: Column -> `binary`, `classes` or `number`.
    """
    scores: dict[str, Scores] = {split: {} for split in splits}
    for column, kind in targets.items():
        known = splits["train"][column]
        for split, arrays in splits.items():
            truth = arrays[column]
            if kind == "binary":
                found = binary_scores(column, truth, known.mean(axis=0)[None])
            elif kind == "classes":
                most = max(int(part[column].max()) for part in splits.values()) + 1
                found = class_scores(column, truth, frequencies(known, most))
            else:
                middle, mean = np.median(known, axis=0), known.mean(axis=0)
                found = number_scores(column, truth, middle, mean)
            scores[split] |= found
    return scores


def frequencies(classes: np.ndarray, n_classes: int) -> np.ndarray:
    """Share of each class, shape (n_classes,): as a constant, the best guess for any row."""
    return np.bincount(classes.ravel().astype(np.int64), minlength=n_classes) / classes.size


def median_of(values: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Median (rows,) of the ascending `values` (n,) under the probabilities (rows, n)."""
    return values[np.argmax(np.cumsum(chance, axis=1) >= 0.5, axis=1)]


def softmax(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    """Probabilities proportional to exp(scores) along `axis`."""
    shifted = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return shifted / shifted.sum(axis=axis, keepdims=True)


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Probability from log-odds."""
    return 1 / (1 + np.exp(-scores))


def _ids(truth: np.ndarray, axes: int) -> np.ndarray:
    """Class ids with as many axes as the chances have rows, where those have any."""
    if axes and truth.ndim > axes and truth.shape[-1] == 1:
        truth = truth[..., 0]
    return truth.astype(np.int64)
