"""Ten shapes in any colour on any colour, turned, placed anywhere, lit and noised."""

from __future__ import annotations

import numpy as np

from zoo.data.pictures.drawing import SHAPES, light, masks, noisy

SIDE = 32  # pixels
CLASSES = len(SHAPES)
_APART = 0.45  # least distance of the two colours, in the unit cube


def draw(rng: np.random.Generator, rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """`picture` (rows, 32, 32, 3), and the shape, (rows,)."""
    shape = rng.integers(0, CLASSES, rows)
    radius = rng.uniform(0.28, 0.42, rows) * SIDE
    x, y = rng.uniform(radius, SIDE - radius, (2, rows))
    figure = masks(shape, SIDE, SIDE, x, y, radius, rng.uniform(0, 2 * np.pi, rows))[..., None]
    ink, ground = _colours(rng, rows)
    painted = ground + (ink - ground) * figure
    lit = painted * light(rng, rows, SIDE, SIDE)[..., None]
    return {"picture": noisy(rng, lit, 0.06)}, shape


def _colours(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Two colours a picture that can be told apart, float32 (rows, 1, 1, 3) each."""
    pair = rng.uniform(0.05, 0.9, (2, rows, 3)).astype(np.float32)
    near = np.linalg.norm(pair[0] - pair[1], axis=1) < _APART
    while near.any():
        pair[:, near] = rng.uniform(0.05, 0.9, (2, int(near.sum()), 3)).astype(np.float32)
        near = np.linalg.norm(pair[0] - pair[1], axis=1) < _APART
    return pair[0][:, None, None, :], pair[1][:, None, None, :]
