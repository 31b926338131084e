"""Reference scores of a column of numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Scores = dict[str, dict[str, float]]  # split -> column_metric -> value


def value_scores(
    port: str,
    targets: Mapping[str, np.ndarray],
    oracle: Mapping[str, np.ndarray] | None = None,
) -> dict[str, Scores]:
    """Absolute and squared error of the training split's median and mean, and of `oracle`.

    Args:
        port: Name of the column.
        targets: Split -> values (rows, 1).
        oracle: Split -> the best prediction (rows, 1); None where nobody knows it.
    """
    middle, mean = float(np.median(targets["train"])), float(np.mean(targets["train"]))
    references = {} if oracle is None else {"oracle": errors(port, targets, oracle)}
    references["trivial"] = {
        split: {
            f"{port}_mae": float(np.mean(np.abs(values - middle))),
            f"{port}_mse": float(np.mean(np.square(values - mean))),
        }
        for split, values in targets.items()
    }
    return references


def errors(
    port: str, targets: Mapping[str, np.ndarray], predicted: Mapping[str, np.ndarray]
) -> Scores:
    """Mean absolute and squared error by split; values and predictions (rows, 1)."""
    return {
        split: {
            f"{port}_mae": float(np.mean(np.abs(values - predicted[split]))),
            f"{port}_mse": float(np.mean(np.square(values - predicted[split]))),
        }
        for split, values in targets.items()
    }
