"""What a baseline is fitted on and scored by: the arrays and the recipe's metrics of one task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Arrays = Mapping[str, np.ndarray]
Splits = Mapping[str, tuple[Arrays, Arrays]]  # split -> inputs, targets
Scores = dict[str, dict[str, float]]  # split -> metric -> value

TINY = 1e-7  # Keras's own bound on probabilities in a logarithm


@dataclass(frozen=True)
class Task:
    """What a model learns.

    Attributes:
        splits: Split -> inputs and targets by name, rows on axis 0.
        losses: Output -> Keras loss name.
        metrics: Output -> metric names.
    """

    splits: Splits
    losses: Mapping[str, str]
    metrics: Mapping[str, tuple[str, ...]]

    def scores(self, output: str, truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
        """Metrics of one output, named as Keras does: without its name if there is no other.

        Args:
            truth: Targets (rows, width), or class ids (rows, 1) or, one a time step,
                (rows, steps).
            predicted: Values, or probabilities of class 1 or of every class, (rows, width); with
                time steps (rows, steps, width).
        """
        prefix = "" if len(self.losses) == 1 else f"{output}_"
        return {
            prefix + metric: float(METRICS[metric](truth, predicted))
            for metric in self.metrics.get(output, ())
            if metric in METRICS
        }


def class_ids(targets: np.ndarray) -> np.ndarray:
    """Class of each row, from ids, 0/1 flags or one-hot rows; shape (rows,).

    Several whole numbers in a row are the class ids of its time steps: shape (rows x steps,).
    """
    if targets.ndim > 1 and targets.shape[-1] > 1 and targets.dtype.kind == "f":
        return targets.argmax(axis=-1).ravel()
    return targets.ravel().astype(np.int64)


def _mae(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.mean(np.abs(truth - predicted.reshape(truth.shape))))


def _mse(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.mean(np.square(truth - predicted.reshape(truth.shape))))


def _accuracy(truth: np.ndarray, predicted: np.ndarray) -> float:
    if predicted.shape[-1] == 1:
        return float(np.mean((predicted > 0.5).ravel() == (truth > 0.5).ravel()))
    return float(np.mean(predicted.argmax(axis=-1).ravel() == class_ids(truth)))


def _log_loss(truth: np.ndarray, predicted: np.ndarray) -> float:
    if predicted.shape[-1] == 1:
        chance = np.clip(predicted.ravel(), TINY, 1 - TINY)
        return float(-np.mean(np.where(truth.ravel() > 0.5, np.log(chance), np.log1p(-chance))))
    by_row = predicted.reshape(-1, predicted.shape[-1])
    chance = by_row[np.arange(len(by_row)), class_ids(truth)]
    return float(-np.mean(np.log(np.clip(chance, TINY, 1.0))))


METRICS = {"mae": _mae, "mse": _mse, "accuracy": _accuracy, "log_loss": _log_loss}
