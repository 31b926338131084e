"""Baseline for inputs of different kinds: a random forest on a short summary of each."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zoo.baselines.columns import fitted_and_scored
from zoo.baselines.scoring import Arrays, Scores, Splits
from zoo.baselines.words import counts

CELLS = 2  # a picture becomes 2 x 2 means and deviations of each channel


def score(
    name: str,
    splits: Splits,
    losses: Mapping[str, str],
    metrics: Mapping[str, tuple[str, ...]],
) -> tuple[str, Scores]:
    """Pictures as coarse grids, word ids as counts, other numbers as they are; then a forest."""
    words = {
        port: 1 + max(int(inputs[port].max()) for inputs, _ in splits.values())
        for port, array in splits["train"][0].items()
        if array.dtype.kind == "i"
    }
    features = {split: _features(inputs, words) for split, (inputs, _) in splits.items()}
    title, scores = fitted_and_scored("random_forest", features, splits, losses, metrics)
    return f"{title} on summaries", scores


def _features(inputs: Arrays, words: Mapping[str, int]) -> np.ndarray:
    """All inputs summarized, side by side, (rows, numbers)."""
    parts = []
    for port, array in inputs.items():
        if port in words:
            parts.append(counts(array, words[port]).toarray())
        elif array.ndim == 4:
            parts.append(_grid(array))
        else:
            parts.append(array.reshape(len(array), -1))
    return np.concatenate(parts, axis=1)


def _grid(pictures: np.ndarray) -> np.ndarray:
    """Mean and deviation of each channel in each cell, (rows, 2 x 2 x 2 x channels)."""
    rows, height, width, channels = pictures.shape
    tall, wide = height // CELLS, width // CELLS
    kept = pictures[:, : tall * CELLS, : wide * CELLS]
    cells = kept.reshape(rows, CELLS, tall, CELLS, wide, channels)
    summary = [cells.mean(axis=(2, 4)), cells.std(axis=(2, 4))]
    return np.concatenate([part.reshape(rows, -1) for part in summary], axis=1)
