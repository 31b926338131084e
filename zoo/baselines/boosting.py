"""Gradient boosting on the columns of a table: what is hard to beat on rows of mixed kinds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from zoo.baselines.estimators import SEED, Scores, Task, fit_and_score

MOST_CATEGORIES = 255  # that scikit-learn's trees tell apart
TERMS = 200  # words of a text that are counted
CELLS = 8  # a picture becomes the means of at most 8 x 8 cells


def gradient_boosting(task: Task) -> tuple[str, Scores]:
    """Scikit-learn's histogram-based trees, on missing values and categories as they are.

    A column of words of which most differ counts as text, of which they see TF-IDF weights.
    """
    train, _ = task.splits["train"]
    readers = {name: _reader(array) for name, array in train.items()}
    widths = {name: readers[name](array[:1]).shape[1] for name, array in train.items()}
    categorical = [
        kind
        for name, array in train.items()
        for kind in [readers[name].func is _codes] * widths[name]
    ]
    features = {
        split: np.concatenate([readers[name](inputs[name]) for name in readers], axis=1)
        for split, (inputs, _) in task.splits.items()
    }
    estimator = partial(_estimator, np.array(categorical))
    return fit_and_score(estimator, features, task)


def _estimator(categorical: np.ndarray, classes: bool) -> tuple[str, Any]:
    """Title and unfitted estimator; it stops by itself where it has the rows to hold some out."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    return "gradient boosting", kind(categorical_features=categorical, random_state=SEED)


def _reader(train: np.ndarray) -> partial[np.ndarray]:
    """A function from a column's array to numbers (rows, n), fitted on the training rows."""
    if train.dtype.kind not in "OU":
        return partial(_numbers)
    words = np.unique(train.ravel().astype(str))
    if len(words) <= min(MOST_CATEGORIES, len(train) / 2):
        return partial(_codes, places={word: at for at, word in enumerate(words)})
    from sklearn.feature_extraction.text import TfidfVectorizer

    weights = TfidfVectorizer(max_features=TERMS, sublinear_tf=True)
    try:
        weights.fit(train.ravel().astype(str))
    except ValueError:  # no cell has a word
        return partial(_codes, places={})
    return partial(_weighed, weights=weights)


def _numbers(array: np.ndarray) -> np.ndarray:
    """Numbers as they are, and of pictures (rows, height, width, channels) the means of cells."""
    if array.ndim == 4:
        rows, height, width, channels = array.shape
        tall, wide = max(1, height // CELLS), max(1, width // CELLS)
        kept = array[:, : height // tall * tall, : width // wide * wide]
        cells = kept.reshape(rows, kept.shape[1] // tall, tall, -1, wide, channels)
        array = cells.mean(axis=(2, 4))
    return array.reshape(len(array), -1).astype(np.float64)


def _codes(array: np.ndarray, places: Mapping[str, int]) -> np.ndarray:
    """The place of each word; NaN for one that no training row has."""
    return np.array([[places.get(str(word), np.nan)] for word in array.ravel()], np.float64)


def _weighed(array: np.ndarray, weights: Any) -> np.ndarray:
    return weights.transform(array.ravel().astype(str)).toarray()
