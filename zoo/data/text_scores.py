"""Reference scores: of probabilities and estimates that a generator knows, and of constants."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Scores = dict[str, float]
Arrays = Mapping[str, np.ndarray]

TINY = 1e-7  # Keras's own bound on probabilities in a logarithm


def binary_scores(port: str, truth: np.ndarray, chance: np.ndarray) -> Scores:
    """Accuracy and log-loss of probabilities of class 1, both (rows,) or (rows, 1)."""
    truth, chance = truth.ravel() > 0.5, np.clip(chance.ravel(), TINY, 1 - TINY)
    return {
        f"{port}_accuracy": float(np.mean((chance > 0.5) == truth)),
        f"{port}_log_loss": float(-np.mean(np.log(np.where(truth, chance, 1 - chance)))),
    }


def class_scores(port: str, truth: np.ndarray, chance: np.ndarray) -> Scores:
    """Accuracy and log-loss of class probabilities (rows, classes); truth: ids (rows, 1)."""
    ids = truth.ravel()
    found = np.clip(chance[np.arange(len(ids)), ids], TINY, 1.0)
    return {
        f"{port}_accuracy": float(np.mean(chance.argmax(axis=1) == ids)),
        f"{port}_log_loss": float(-np.mean(np.log(found))),
    }


def number_scores(port: str, truth: np.ndarray, median: np.ndarray, mean: np.ndarray) -> Scores:
    """The least absolute error is the median's, the least squared error is the mean's."""
    truth = truth.ravel()
    return {
        f"{port}_mae": float(np.mean(np.abs(truth - median.ravel()))),
        f"{port}_mse": float(np.mean(np.square(truth - mean.ravel()))),
    }


def median_of(values: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """Median (rows,) of the ascending `values` (n,) under the probabilities (rows, n)."""
    return values[np.argmax(np.cumsum(chance, axis=1) >= 0.5, axis=1)]


def trivial_scores(
    splits: Mapping[str, Arrays], ports: Mapping[str, tuple[str, str]]
) -> dict[str, Scores]:
    """Scores of the best constant, as the training rows know it.

    Args:
        splits: Split -> column -> array.
        ports: Output port -> column, and what it is: `binary`, `classes` or `number`.
    """
    scores: dict[str, Scores] = {split: {} for split in splits}
    for port, (column, kind) in ports.items():
        known = splits["train"][column]
        for split, arrays in splits.items():
            truth = arrays[column]
            ones = np.ones(len(truth))
            if kind == "binary":
                found = binary_scores(port, truth, ones * known.mean())
            elif kind == "classes":
                most = max(int(part[column].max()) for part in splits.values()) + 1
                share = np.bincount(known.ravel(), minlength=most) / len(known)
                found = class_scores(port, truth, np.tile(share, (len(truth), 1)))
            else:
                found = number_scores(port, truth, ones * np.median(known), ones * known.mean())
            scores[split] |= found
    return scores


def softmax(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    """Probabilities proportional to exp(scores) along `axis`."""
    shifted = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return shifted / shifted.sum(axis=axis, keepdims=True)


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Probability from log-odds."""
    return 1 / (1 + np.exp(-scores))
