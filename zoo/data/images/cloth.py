"""A piece of cloth at two resolutions: fine in gray, and coarse in color.

Its weave (lengthwise, crosswise, checkered: grades 0, 1, 2) alternates from pixel to pixel and
is gone, exactly, once 2 x 2 pixels are averaged for the coarse view. Its dye (green, red, blue:
grades 0, 1, 2) leaves the mean of the three channels alone, so it is gone in gray. The label,
whether the cloth is expensive, needs both.
"""

from __future__ import annotations

import numpy as np

from zoo.data.images.drawing import SHAPES, light, masks, noisy
from zoo.data.images.drawn import draw_grades, drawn
from zoo.data.registry import Entry, register

COARSE = 32  # pixels; the fine view has twice as many
_NOISE = 0.06
_DYES = np.array([(-0.1, 0.2, -0.1), (0.2, -0.1, -0.1), (-0.1, -0.1, 0.2)], np.float32)
_SHAPES = [SHAPES.index(name) for name in ("disc", "square", "triangle", "bar")]


def draw(rng: np.random.Generator, rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """`gray` (rows, 64, 64, 1), `color` (rows, 32, 32, 3), both grades, and the class."""
    weave, dye, label = draw_grades(rng, rows)
    shape = np.array(_SHAPES)[rng.integers(0, len(_SHAPES), rows)]
    radius = rng.uniform(0.35, 0.5, rows) * COARSE
    x, y = rng.uniform(0.8 * radius, COARSE - 0.8 * radius, (2, rows))
    # Drawn at the coarse size, so that 2 x 2 fine pixels are either all cloth or all background.
    piece = masks(shape, COARSE, COARSE, x, y, radius, rng.uniform(0, 2 * np.pi, rows))
    slope = light(rng, rows, COARSE, COARSE)
    cloth, ground = rng.uniform(0.35, 0.6, (2, rows, 1, 1)).astype(np.float32)
    brightness = (ground + (cloth - ground) * piece) * slope  # (rows, 32, 32)

    strength = rng.uniform(0.6, 1.2, (rows, 1)).astype(np.float32)
    color = _DYES[dye] * strength + _tint(rng, rows)  # (rows, 3)
    painted = piece[..., None] * color[:, None, None, :]
    painted += (1 - piece[..., None]) * _tint(rng, rows)[:, None, None, :]

    # Of either sign: a thread may begin light or dark, so no single pixel shows the weave.
    contrast = rng.uniform(0.08, 0.16, (rows, 1, 1)).astype(np.float32)
    contrast *= np.where(rng.random((rows, 1, 1)) < 0.5, -1, 1).astype(np.float32)
    threads = _twice(piece * contrast) * _weaves()[weave]  # (rows, 64, 64)
    return {
        "gray": noisy(rng, _twice(brightness) + threads, _NOISE)[..., None],
        "color": noisy(rng, brightness[..., None] + painted, _NOISE / 2),
        "weave": weave[:, None],
        "dye": dye[:, None],
    }, label


def _twice(pictures: np.ndarray) -> np.ndarray:
    return pictures.repeat(2, axis=1).repeat(2, axis=2)


def _tint(rng: np.random.Generator, rows: int) -> np.ndarray:
    """A small shift of color whose channels add up to 0, float32 (rows, 3)."""
    shift = rng.normal(0, 0.03, (rows, 3)).astype(np.float32)
    return shift - shift.mean(axis=1, keepdims=True)


def _weaves() -> np.ndarray:
    """The three weaves as +1 and -1, float32 (3, 64, 64); every 2 x 2 pixels add up to 0."""
    down, across = np.mgrid[: 2 * COARSE, : 2 * COARSE]
    patterns = np.stack([across, down, across + down]) % 2
    return (2 * patterns - 1).astype(np.float32)


_SUMMARY = "cloth in fine gray and in coarse color"
_DRAWN = drawn(draw, 2_500, ("cheap", "dear"), {"gray_alone": "weave", "color_alone": "dye"})
register(Entry("cloth", "cloth", _SUMMARY, (_DRAWN,)))
