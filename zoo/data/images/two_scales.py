"""Two gratings in one picture, a fine one in a round window and a coarse one behind it.

Each lies flat, aslant or upright (grades 0, 1, 2), with a random phase; the label needs both.
"""

from __future__ import annotations

import numpy as np

from zoo.data.images.drawing import SHAPES, light, masks, noisy
from zoo.data.images.drawn import draw_grades, drawn
from zoo.data.images.published import Form, mnist
from zoo.data.registry import Entry, register

SIDE = 32  # pixels
_FINE, _COARSE = (2.8, 3.8), (8.0, 14.0)  # wavelengths in pixels


def draw(rng: np.random.Generator, rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """`picture` (rows, 32, 32, 1) with both grades, and the class, (rows,)."""
    fine, coarse, label = draw_grades(rng, rows)
    radius = rng.uniform(0.45, 0.6, rows) * SIDE
    x, y = rng.uniform(0.7 * radius, SIDE - 0.7 * radius, (2, rows))
    disc = np.full(rows, SHAPES.index("disc"))
    window = masks(disc, SIDE, SIDE, x, y, radius, np.zeros(rows))
    contrast = rng.uniform(0.12, 0.24, (2, rows, 1, 1)).astype(np.float32)
    base = rng.uniform(0.4, 0.6, (rows, 1, 1)).astype(np.float32)
    waves = contrast[0] * _grating(rng, fine, _FINE) * window
    waves += contrast[1] * _grating(rng, coarse, _COARSE)
    picture = noisy(rng, (base + waves) * light(rng, rows, SIDE, SIDE), 0.08)[..., None]
    return {"picture": picture, "fine": fine[:, None], "coarse": coarse[:, None]}, label


def _grating(
    rng: np.random.Generator, grade: np.ndarray, wavelength: tuple[float, float]
) -> np.ndarray:
    """Sine waves at 45 degrees a grade, give or take 9, float32 (rows, 32, 32)."""
    rows = len(grade)
    down, across = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    turn = (np.pi / 2 - grade * np.pi / 4 + rng.normal(0, 0.15, rows))[:, None, None]
    period = rng.uniform(*wavelength, (rows, 1, 1))
    phase = rng.uniform(0, 2 * np.pi, (rows, 1, 1))
    along = across * np.cos(turn).astype(np.float32) + down * np.sin(turn).astype(np.float32)
    return np.sin(along * (2 * np.pi / period).astype(np.float32) + phase.astype(np.float32))


_ODD = Form(32, positive=(1, 3, 5, 7, 9), names=("even", "odd"))
_DRAWN = drawn(draw, 3_000, ("flat", "steep"), {"fine_alone": "fine", "coarse_alone": "coarse"})
_SUMMARY = "gray pictures whose label needs two scales"
register(Entry("two_scales", "images", _SUMMARY, (mnist(_ODD), _DRAWN)))
