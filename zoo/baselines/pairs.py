"""A baseline for pairs of sequences: how far apart their average rows are, then linear."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zoo.baselines.columns import fitted_and_scored
from zoo.baselines.scoring import Arrays, Scores, Splits


def score(
    name: str,
    splits: Splits,
    losses: Mapping[str, str],
    metrics: Mapping[str, tuple[str, ...]],
) -> tuple[str, Scores]:
    """Two inputs (rows, steps, numbers): means over the steps that are not all zero, compared.

    The features are the absolute differences and the products of the two means, and the cosine
    of their angle. They see which words or characters there are, and nothing of their order.
    """
    features = {split: compared(inputs) for split, (inputs, _) in splits.items()}
    title, scores = fitted_and_scored("linear", features, splits, losses, metrics)
    return f"difference of averages and {title}", scores


def compared(inputs: Arrays) -> np.ndarray:
    """Features (rows, 2 numbers + 1) of two inputs (rows, steps, numbers)."""
    first, second = (_average(array) for array in inputs.values())
    product = first * second
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    cosine = product.sum(axis=1) / np.maximum(lengths, 1e-9)
    return np.column_stack([np.abs(first - second), product, cosine])


def _average(array: np.ndarray) -> np.ndarray:
    used = (array != 0).any(axis=2).sum(axis=1)
    return array.sum(axis=1) / np.maximum(used, 1)[:, None]
