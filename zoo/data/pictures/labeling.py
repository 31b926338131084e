"""Labels of generated pictures: the slips of an annotator, and the reference scores.

What is drawn is known, so the best anyone can do is limited by the slips alone: the oracle
predicts, for each row, how likely each label is given what was drawn.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

Arrays = Mapping[str, np.ndarray]  # by split
MAP_PLACES = 5  # of `cnn`'s last map, across and down, for pictures of 32 x 32
Scores = dict[str, dict[str, float]]  # split -> column_metric -> value


def slipped(rng: np.random.Generator, drawn: np.ndarray, classes: int, rate: float) -> np.ndarray:
    """Labels of what was drawn, `rate` of them wrong, each wrong one equally likely; (rows,)."""
    wrong = rng.random(len(drawn)) < rate
    return np.where(wrong, (drawn + rng.integers(1, classes, len(drawn))) % classes, drawn)


def label_chances(drawn: np.ndarray, classes: int, rate: float) -> np.ndarray:
    """Probability of each label given what was drawn, (rows, classes)."""
    chances = np.full((len(drawn), classes), rate / (classes - 1))
    chances[np.arange(len(drawn)), drawn] = 1 - rate
    return chances


def label_column(labels: np.ndarray, classes: int) -> np.ndarray:
    """Labels as a column (rows, 1): float32 for two classes, int32 ids for more."""
    return labels.astype(np.float32 if classes == 2 else np.int32)[:, None]


def label_map(column: np.ndarray, places: int = MAP_PLACES) -> np.ndarray:
    """The picture's label at each place of a map: (rows, 1) -> (rows, places, places, 1)."""
    return np.broadcast_to(column[:, None, None], (len(column), places, places, 1)).copy()


def class_scores(labels: Arrays, chances: Arrays, port: str = "label") -> Scores:
    """Accuracy and log-loss of `chances` (rows, classes) on the labels (rows, 1), by split."""
    scores: Scores = {}
    for split, column in labels.items():
        ids = column.ravel().astype(np.int64)
        given = chances[split]
        likely = np.clip(given[np.arange(len(ids)), ids], 1e-7, 1)
        scores[split] = {
            f"{port}_accuracy": float(np.mean(given.argmax(axis=1) == ids)),
            f"{port}_log_loss": float(-np.mean(np.log(likely))),
        }
    return scores


def trivial_scores(labels: Arrays, classes: int, port: str = "label") -> Scores:
    """Scores of the training split's class frequencies, the best constant prediction."""
    counts = np.bincount(labels["train"].ravel().astype(np.int64), minlength=classes)
    share = counts / counts.sum()
    constant = {split: np.tile(share, (len(column), 1)) for split, column in labels.items()}
    return class_scores(labels, constant, port)
