"""What both sources of posts share: columns and references."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zoo.data.text_scores import Arrays, Scores, trivial_scores

INCOMES = 10  # groups
HEADS = {
    "age": ("age", "number"),
    "income": ("income", "classes"),
    "gender": ("gender", "binary"),
}


def post_columns(
    *, posts: np.ndarray, age: np.ndarray, income: np.ndarray, gender: np.ndarray
) -> dict[str, np.ndarray]:
    """The columns; income as ids and as one-hot rows.

    Args:
        posts: Word ids (rows, words).
        age, income, gender: Years, group from 0, and 0 or 1; (rows,).
    """
    return {
        "posts": posts.astype(np.int32),
        "age": age.astype(np.float32)[:, None],
        "income": income.astype(np.int32)[:, None],
        "income_one_hot": np.eye(INCOMES, dtype=np.float32)[income],
        "gender": gender.astype(np.float32)[:, None],
    }


def post_references(
    splits: Mapping[str, Arrays], oracle: Mapping[str, Scores] | None = None
) -> dict[str, dict[str, Scores]]:
    """The best constant's scores, and the best reachable ones where they are known."""
    trivial = {"trivial": trivial_scores(splits, HEADS)}
    return {"oracle": dict(oracle), **trivial} if oracle else trivial
