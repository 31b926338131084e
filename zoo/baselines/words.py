"""Baselines that read word ids as a bag of words: TF-IDF and a linear model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zoo.baselines.columns import fitted_and_scored
from zoo.baselines.scoring import Arrays, Scores, Splits

PADDING = 0  # the id that fills up short texts counts as no word


def score(
    name: str,
    splits: Splits,
    losses: Mapping[str, str],
    metrics: Mapping[str, tuple[str, ...]],
) -> tuple[str, Scores]:
    """TF-IDF of every integer input, other inputs as they are, side by side; then linear."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction.text import TfidfTransformer

    train = splits["train"][0]
    sizes = {
        port: 1 + max(int(inputs[port].max()) for inputs, _ in splits.values())
        for port, array in train.items()
        if array.dtype.kind == "i"
    }
    weights = {
        port: TfidfTransformer(sublinear_tf=True).fit(counts(train[port], size))
        for port, size in sizes.items()
    }

    def features(inputs: Arrays) -> Any:
        parts = [
            weights[port].transform(counts(array, sizes[port]))
            if port in sizes
            else csr_matrix(array.reshape(len(array), -1))
            for port, array in inputs.items()
        ]
        return hstack(parts, format="csr")

    found = {split: features(inputs) for split, (inputs, _) in splits.items()}
    title, scores = fitted_and_scored(name, found, splits, losses, metrics)
    return f"TF-IDF and {title}", scores


def counts(ids: np.ndarray, size: int) -> Any:
    """How often each word stands in each row: sparse (rows, size)."""
    from scipy.sparse import csr_matrix

    flat = ids.reshape(len(ids), -1)
    rows = np.repeat(np.arange(len(flat)), flat.shape[1])
    words = flat.ravel()
    kept = words != PADDING
    shape = (len(flat), size)
    ones = np.ones(int(kept.sum()), np.float32)
    return csr_matrix((ones, (rows[kept], words[kept])), shape=shape)
