"""What both sources of novels share: columns and references."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from zoo.data.text_scores import Arrays, Scores, trivial_scores

HEADS = {"genre": ("genre", "classes"), "date": ("date", "number")}


def novel_columns(
    *, text: np.ndarray, genre: np.ndarray, year: np.ndarray, novel: np.ndarray
) -> dict[str, np.ndarray]:
    """The columns; the date in decades after 1900, and which novel a row is from.

    Args:
        text: Word ids (rows, words).
        genre, year, novel: Ids, years AD and ids, (rows,).
    """
    return {
        "text": text.astype(np.int32),
        "genre": genre.astype(np.int32)[:, None],
        "date": ((year - 1900) / 10).astype(np.float32)[:, None],
        "novel": novel.astype(np.int32)[:, None],
    }


def novel_references(
    splits: Mapping[str, Arrays], oracle: Mapping[str, Scores] | None = None
) -> dict[str, dict[str, Scores]]:
    """The best constant's scores, and the best reachable ones where they are known."""
    trivial = {"trivial": trivial_scores(splits, HEADS)}
    return {"oracle": dict(oracle), **trivial} if oracle else trivial
