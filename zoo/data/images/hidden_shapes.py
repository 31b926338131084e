"""Ten shapes among stray lines, lighter or darker than their ground, turned and placed anywhere."""

from __future__ import annotations

import numpy as np

from zoo.data.images.drawing import SHAPES, light, masks, noisy
from zoo.data.images.drawn import drawn
from zoo.data.images.published import Form, fashion, mnist
from zoo.data.registry import Entry, register

SIDE = 28  # pixels
STRAYS = 3  # thin lines across each picture


def draw(rng: np.random.Generator, rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """`picture` (rows, 28, 28, 1), and the shape, (rows,)."""
    shape = rng.integers(0, len(SHAPES), rows)
    radius = rng.uniform(0.28, 0.42, rows) * SIDE
    x, y = rng.uniform(radius, SIDE - radius, (2, rows))
    figure = masks(shape, SIDE, SIDE, x, y, radius, rng.uniform(0, 2 * np.pi, rows))
    strays = _lines(rng, rows)
    sign = np.where(rng.random((rows, 1, 1)) < 0.5, -1, 1).astype(np.float32)
    contrast = rng.uniform(0.2, 0.3, (rows, 1, 1)).astype(np.float32)
    # A stray line is half as strong, of either sign, and passes behind the shape.
    ground = 0.5 + strays * (1 - figure)
    lit = (ground + sign * contrast * figure) * light(rng, rows, SIDE, SIDE)
    return {"picture": noisy(rng, lit, 0.05)[..., None]}, shape


def _lines(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Stray lines of one pixel's width, as a change of brightness, float32 (rows, 28, 28)."""
    down, across = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    drawn = np.zeros((rows, SIDE, SIDE), np.float32)
    for _ in range(STRAYS):
        turn = rng.uniform(0, np.pi, (rows, 1, 1)).astype(np.float32)
        offset = rng.uniform(0.15, 0.85, (2, rows, 1, 1)).astype(np.float32) * SIDE
        away = (across - offset[0]) * np.cos(turn) + (down - offset[1]) * np.sin(turn)
        strength = rng.uniform(-0.15, 0.15, (rows, 1, 1)).astype(np.float32)
        drawn += strength * np.clip(1 - np.abs(away), 0, 1)
    return drawn


_SOURCES = (mnist(Form()), fashion(Form()), drawn(draw, 4_000, SHAPES))
register(Entry("hidden_shapes", "images", "gray pictures of ten classes, cluttered", _SOURCES))
