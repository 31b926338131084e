"""Does the figure enclose a hole? Discs, squares and triangles against rings and frames.

Figures are turned and placed anywhere, and may be lighter or darker than their ground, so that
no single pixel decides; an edge on either side of a line does.
"""

from __future__ import annotations

import numpy as np

from zoo.data.images.drawing import SHAPES, light, masks, noisy
from zoo.data.images.drawn import drawn
from zoo.data.images.published import Form, mnist
from zoo.data.registry import Entry, register

SIDE = 32  # pixels
_FILLED = [SHAPES.index(name) for name in ("disc", "square", "triangle")]
_HOLLOW = [SHAPES.index(name) for name in ("ring", "frame", "frame")]


def draw(rng: np.random.Generator, rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """`picture` (rows, 32, 32, 1), and whether there is a hole, (rows,)."""
    hole = rng.integers(0, 2, rows)
    shape = np.array([_FILLED, _HOLLOW])[hole, rng.integers(0, 3, rows)]
    radius = rng.uniform(0.22, 0.4, rows) * SIDE
    x, y = rng.uniform(radius, SIDE - radius, (2, rows))
    figure = masks(shape, SIDE, SIDE, x, y, radius, rng.uniform(0, 2 * np.pi, rows))
    ground = rng.uniform(0.3, 0.7, (rows, 1, 1)).astype(np.float32)
    contrast = rng.uniform(0.25, 0.4, (rows, 1, 1)).astype(np.float32)
    sign = np.where(rng.random((rows, 1, 1)) < 0.5, -1, 1)
    # Where the figure would be blacker than black or whiter than white, it changes sides.
    sign = np.where((ground + sign * contrast > 1) | (ground + sign * contrast < 0), -sign, sign)
    lit = (ground + sign.astype(np.float32) * contrast * figure) * light(rng, rows, SIDE, SIDE)
    return {"picture": noisy(rng, lit, 0.06)[..., None]}, hole


_HOLES = Form(32, positive=(0, 6, 8, 9), names=("no hole", "a hole"), mapped=True)

_SOURCES = (mnist(_HOLES), drawn(draw, 4_000, ("filled", "hollow"), mapped=True))
register(Entry("outlines", "images", "gray pictures: is there a hole in the figure?", _SOURCES))
