"""Two features with three grades each, which decide together and never alone.

A row's grades are one of the six pairs whose sum is not 2; class 1 has the larger sums. Either
grade by itself is certain at its ends and says nothing in the middle.
"""

from __future__ import annotations

import numpy as np

GRADES = 3
PAIRS = np.array([(0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (2, 2)])
CLASSES = 2


def draw_grades(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First grade, second grade and class of each row, (rows,) each."""
    first, second = PAIRS[rng.integers(0, len(PAIRS), rows)].T
    return first, second, (first + second > GRADES - 1).astype(np.int64)


def chances_from_one(grade: np.ndarray, rate: float) -> np.ndarray:
    """Probability of each label for who knows one grade alone, (rows, 2); `rate` of slips."""
    above = np.array([0.0, 0.5, 1.0])[grade]
    chance = above * (1 - rate) + (1 - above) * rate
    return np.stack([1 - chance, chance], axis=1)
