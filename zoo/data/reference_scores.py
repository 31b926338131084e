"""Reference scores of a dataset: of chances and values that are known, and of the best constant.

Keys are `<port>_<metric>`, as `Dataset.references` wants them.
"""

from __future__ import annotations

import numpy as np

Scores = dict[str, float]

TINY = 1e-7  # Keras's own bound on probabilities in a logarithm


def class_scores(port: str, classes: np.ndarray, chance: np.ndarray) -> Scores:
    """Accuracy and log-loss of predicted chances.

    Args:
        port: The output port.
        classes: True class ids, any shape.
        chance: Probability of each class, shape of `classes` + (number of classes,), or
            (number of classes,) for a constant.
    """
    chance = np.broadcast_to(chance, (*classes.shape, chance.shape[-1]))
    right = chance.argmax(axis=-1) == classes
    given = np.take_along_axis(chance, classes[..., None].astype(np.int64), axis=-1)
    return {
        f"{port}_accuracy": float(right.mean()),
        f"{port}_log_loss": float(-np.log(np.clip(given, TINY, 1.0)).mean()),
    }


def flag_scores(port: str, flags: np.ndarray, chance: np.ndarray) -> Scores:
    """As `class_scores`, for 0/1 flags and the chance of 1; shapes broadcast."""
    chance = np.broadcast_to(chance, flags.shape)
    both = np.stack([1 - chance, chance], axis=-1)
    return class_scores(port, flags.astype(np.int64), both)


def value_scores(port: str, values: np.ndarray, predicted: np.ndarray) -> Scores:
    """Mean absolute and mean squared error; shapes broadcast."""
    error = np.asarray(values, np.float64) - predicted
    return {
        f"{port}_mae": float(np.abs(error).mean()),
        f"{port}_mse": float(np.square(error).mean()),
    }


def frequencies(classes: np.ndarray, n_classes: int) -> np.ndarray:
    """Share of each class, shape (n_classes,): as a constant, the best guess of any row."""
    return np.bincount(classes.ravel(), minlength=n_classes) / classes.size


def best_constant(port: str, train: np.ndarray, values: np.ndarray) -> Scores:
    """Errors of the training rows' median (for mae) and mean (for mse), column by column."""
    return {
        f"{port}_mae": value_scores(port, values, np.median(train, axis=0))[f"{port}_mae"],
        f"{port}_mse": value_scores(port, values, train.mean(axis=0))[f"{port}_mse"],
    }


def from_log(log_weight: np.ndarray, axis: int = -1) -> np.ndarray:
    """exp(log_weight), scaled to add up to 1 along `axis`."""
    weight = np.exp(log_weight - log_weight.max(axis=axis, keepdims=True))
    return weight / weight.sum(axis=axis, keepdims=True)
