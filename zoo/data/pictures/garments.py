"""Pictures of garments: a silhouette in any color with a print on it, and sometimes a stain.

The print and the stain change the price; color, place, size and light do not.
"""

from __future__ import annotations

import numpy as np

from zoo.data.pictures.drawing import SHAPES, light, masks, noisy

SIDE = 32  # pixels
PRINTS = ("plain", "stripes", "spots")
PRINT_FACTOR = np.array([0.8, 1.0, 1.25])
STAINED, STAIN_FACTOR = 0.3, 0.65  # share of garments with a stain, and what it leaves of the price
_CUTS = [SHAPES.index(name) for name in ("square", "disc", "triangle")]


def draw(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (rows, 32, 32, 3), and what each does to the price, a factor (rows,)."""
    printed = rng.integers(0, len(PRINTS), rows)
    stained = rng.random(rows) < STAINED
    radius = rng.uniform(0.4, 0.5, rows) * SIDE
    x, y = rng.uniform(0.9 * radius, SIDE - 0.9 * radius, (2, rows))
    cut = np.array(_CUTS)[rng.integers(0, len(_CUTS), rows)]
    cloth = masks(cut, SIDE, SIDE, x, y, radius, rng.normal(0, 0.15, rows))
    color = rng.uniform(0.35, 0.75, (rows, 1, 1, 3)).astype(np.float32)
    ground = rng.uniform(0.8, 0.95, (rows, 1, 1, 1)).astype(np.float32)
    inked = color - 0.25 * _print(rng, printed)[..., None]
    pictures = ground + (inked - ground) * cloth[..., None]

    around = rng.uniform(0, 2 * np.pi, rows)
    from_center = rng.uniform(0, 0.35, rows) * radius
    disc = np.full(rows, SHAPES.index("disc"))
    place = (x + from_center * np.cos(around), y + from_center * np.sin(around))
    stain = masks(disc, SIDE, SIDE, *place, rng.uniform(3, 4.5, rows), np.zeros(rows))
    pictures *= 1 - 0.85 * (stain * stained[:, None, None])[..., None]

    lit = pictures * light(rng, rows, SIDE, SIDE)[..., None]
    factor = PRINT_FACTOR[printed] * np.where(stained, STAIN_FACTOR, 1.0)
    return noisy(rng, lit, 0.04), factor


def _print(rng: np.random.Generator, printed: np.ndarray) -> np.ndarray:
    """Where there is ink, 0 or 1, float32 (rows, 32, 32)."""
    rows = len(printed)
    down, across = np.mgrid[:SIDE, :SIDE]
    phase = rng.integers(0, 6, (2, rows, 1, 1))
    in_row, in_column = (down + phase[0]) % 6 < 3, (across + phase[1]) % 6 < 3
    ink = np.select(
        [printed[:, None, None] == 1, printed[:, None, None] == 2],
        [np.broadcast_to(in_row, (rows, SIDE, SIDE)), in_row & in_column],
        False,
    )
    return ink.astype(np.float32)
