"""Random-dot stereograms, after Julesz: two pictures of dots, depth only in how they differ.

Both eyes see the same dots on one plane, and the right eye sees all of them shifted to the left
by the disparity. A dot's own place is random, so neither picture alone says anything about it.
Some dots are seen by one eye only.
"""

from __future__ import annotations

import numpy as np

from zoo.data.pictures.drawing import noisy

SIDE = 32  # pixels
DOTS = 12
MOST = 4.0  # pixels of disparity
UNSEEN = 0.02  # share of dots that an eye misses
NOISE_SD = 0.4  # pixels: error of the measured depth


def draw(
    rng: np.random.Generator, rows: int, dots: int = DOTS
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """`left` and `right` (rows, 32, 32, 3) in -1 to 1, and the true disparity, (rows,) pixels."""
    disparity = rng.uniform(0, MOST, rows)
    color = rng.uniform(-0.2, 1, (rows, dots, 3)).astype(np.float32)
    across = rng.uniform(-1, SIDE + MOST, (rows, dots))
    down = rng.uniform(0, SIDE - 1, (rows, dots))
    views = {}
    for view, shift in (("left", 0.0), ("right", disparity[:, None])):
        seen = rng.random((rows, dots)) >= UNSEEN
        picture = _splatted(across - shift, down, color * seen[..., None])
        views[view] = 2 * noisy(rng, picture, 0.03) - 1
    return views, disparity


def _splatted(across: np.ndarray, down: np.ndarray, color: np.ndarray) -> np.ndarray:
    """Dots shared out among the four pixels around them, on black, (rows, 32, 32, 3)."""
    rows, _, channels = color.shape
    padded = np.zeros((rows, SIDE + 1, SIDE + 1, channels), np.float32)
    left, top = np.floor(across).astype(int), np.floor(down).astype(int)
    row = np.broadcast_to(np.arange(rows)[:, None], left.shape)
    for step_x in (0, 1):
        for step_y in (0, 1):
            part_x = 1 - np.abs(across - left - step_x)
            part_y = 1 - np.abs(down - top - step_y)
            x, y = left + step_x, top + step_y
            inside = (x >= 0) & (x < SIDE) & (y >= 0) & (y < SIDE)
            share = (part_x * part_y * inside)[..., None].astype(np.float32)
            place = (row, np.where(inside, y, SIDE), np.where(inside, x, SIDE))
            np.add.at(padded, place, color * share)
    return padded[:, :SIDE, :SIDE]
