"""Baselines for a class at every time step: each step is a row of its own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zoo.baselines import columns
from zoo.baselines.scoring import Arrays, Scores, Splits

MOST_ROWS = 6_000  # steps to fit on; more take long and change little


def score(
    name: str,
    splits: Splits,
    losses: Mapping[str, str],
    metrics: Mapping[str, tuple[str, ...]],
) -> tuple[str, Scores]:
    """The baseline `name` without `_by_step`, on (rows x steps, numbers).

    Inputs are (rows, steps, ...), targets are class ids (rows, steps). Scores of the training
    split are those of the steps fitted on.
    """
    flat = {split: (_steps(inputs), _steps(targets)) for split, (inputs, targets) in splits.items()}
    inputs, targets = flat["train"]
    total = len(next(iter(targets.values())))
    some = np.linspace(0, total - 1, min(total, MOST_ROWS)).astype(np.int64)
    flat["train"] = (
        {port: array[some] for port, array in inputs.items()},
        {port: array[some] for port, array in targets.items()},
    )
    title, scores = columns.score(name.removesuffix("_by_step"), flat, losses, metrics)
    return f"{title} by step", scores


def _steps(arrays: Arrays) -> dict[str, np.ndarray]:
    """Rows and steps as one axis; a number per step becomes a column."""
    return {
        port: array.reshape(array.shape[0] * array.shape[1], *(array.shape[2:] or (1,)))
        for port, array in arrays.items()
    }
