"""The columns that both sources of headlines share: the five numbers beside the title."""

from __future__ import annotations

import numpy as np

AUX = ("hour_sin", "hour_cos", "weekend", "years", "characters")
# Both heads answer the same question, one from both inputs and one from the title alone.
HEADS = {"main_output": ("success", "binary"), "aux_output": ("success", "binary")}


def aux_columns(
    *, hour: np.ndarray, weekend: np.ndarray, years: np.ndarray, characters: np.ndarray
) -> dict[str, np.ndarray]:
    """The numbers as columns (rows, 1), each of the order of 1.

    Args:
        hour: Hour of the day, 0 to below 24; becomes two numbers, so that 23 h is next to 0 h.
        weekend: Whether it is Saturday or Sunday.
        years: Years since the first one.
        characters: Characters of the title; becomes hundreds.
    """
    turn = 2 * np.pi * hour / 24
    values = (np.sin(turn), np.cos(turn), weekend, years, characters / 100)
    return {
        column: np.asarray(value, np.float32)[:, None]
        for column, value in zip(AUX, values, strict=True)
    }
