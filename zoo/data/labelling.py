"""Labels of generated pictures: the slips of an annotator, and the reference scores.

What is drawn is known, so the best anyone can do is limited by the slips alone: the oracle
predicts, for each row, how likely each label is given what was drawn.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

SPLITS = ("train", "validation", "test")
Scores = dict[str, dict[str, float]]  # split -> metric -> value


def slipped(rng: np.random.Generator, drawn: np.ndarray, classes: int, rate: float) -> np.ndarray:
    """Labels of what was drawn, `rate` of them wrong, each wrong one equally likely; (rows,)."""
    wrong = rng.random(len(drawn)) < rate
    return np.where(wrong, (drawn + rng.integers(1, classes, len(drawn))) % classes, drawn)


def label_chances(drawn: np.ndarray, classes: int, rate: float) -> np.ndarray:
    """Probability of each label given what was drawn, (rows, classes)."""
    chances = np.full((len(drawn), classes), rate / (classes - 1))
    chances[np.arange(len(drawn)), drawn] = 1 - rate
    return chances


def class_scores(port: str, labels: Mapping[str, np.ndarray], chances: Scores | object) -> Scores:
    """Accuracy and log-loss of `chances` (split -> (rows, classes)) on the labels (rows, 1)."""
    assert isinstance(chances, Mapping)
    scores: Scores = {}
    for split, column in labels.items():
        ids = column.ravel().astype(np.int64)
        rows = np.arange(len(ids))
        given = chances[split]
        scores[split] = {
            f"{port}_accuracy": float(np.mean(given.argmax(axis=1) == ids)),
            f"{port}_log_loss": float(-np.mean(np.log(np.clip(given[rows, ids], 1e-7, 1)))),
        }
    return scores


def trivial_scores(port: str, labels: Mapping[str, np.ndarray], classes: int) -> Scores:
    """Scores of the training split's class frequencies, the best constant prediction."""
    counts = np.bincount(labels["train"].ravel().astype(np.int64), minlength=classes)
    share = counts / counts.sum()
    return class_scores(
        port, labels, {split: np.tile(share, (len(column), 1)) for split, column in labels.items()}
    )
