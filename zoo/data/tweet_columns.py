"""What both sources of tweet pairs share."""

from __future__ import annotations

import numpy as np

from zoo.data.text_options import Whole

ROWS = Whole(3_000, 60, 20_000)  # training pairs; each takes megabytes at full size


def one_hot(ids: np.ndarray, alphabet: int) -> np.ndarray:
    """float32 (rows, length, alphabet) from character ids; an id below 0 is a row of zeros."""
    table = np.vstack([np.eye(alphabet, dtype=np.float32), np.zeros((1, alphabet), np.float32)])
    return table[ids]
