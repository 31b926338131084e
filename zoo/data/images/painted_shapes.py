"""Ten shapes in a bright color on a dark one, turned a little, placed anywhere, lit, noised."""

from __future__ import annotations

import numpy as np

from zoo.data.images.drawing import SHAPES, light, masks, noisy
from zoo.data.images.drawn import drawn
from zoo.data.images.published import Form, fashion, mnist
from zoo.data.registry import Entry, register

SIDE = 32  # pixels
_TURN = 0.5  # most a shape is turned, in radians


def draw(rng: np.random.Generator, rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """`picture` (rows, 32, 32, 3), and the shape, (rows,)."""
    shape = rng.integers(0, len(SHAPES), rows)
    radius = rng.uniform(0.28, 0.42, rows) * SIDE
    x, y = rng.uniform(radius, SIDE - radius, (2, rows))
    turn = rng.uniform(-_TURN, _TURN, rows)
    figure = masks(shape, SIDE, SIDE, x, y, radius, turn)[..., None]
    # Channels are drawn separately: any hue, and often one channel where ink and ground are equal.
    ink = rng.uniform(0.3, 1.0, (rows, 1, 1, 3)).astype(np.float32)
    ground = rng.uniform(0.0, 0.4, (rows, 1, 1, 3)).astype(np.float32)
    painted = ground + (ink - ground) * figure
    lit = painted * light(rng, rows, SIDE, SIDE)[..., None]
    return {"picture": noisy(rng, lit, 0.06)}, shape


_COLOR = Form(32, channels=3)

_SOURCES = (mnist(_COLOR), fashion(_COLOR), drawn(draw, 5_000, SHAPES))
register(Entry("painted_shapes", "images", "color pictures of ten classes", _SOURCES))
