"""Drawing: ten plain shapes at any place, size and angle, and the light and noise on top.

Everything is vectorized over pictures. Lengths are in pixels, angles in radians, gray levels
run from 0 (black) to 1 (white).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

SHAPES = (
    "disc",
    "ring",
    "square",
    "frame",
    "triangle",
    "plus",
    "bar",
    "crescent",
    "dumbbell",
    "corner",
)
_CHUNK = 512  # pictures drawn at a time, to bound the memory


def _bar(u: np.ndarray, v: np.ndarray, width: float, length: float) -> np.ndarray:
    return np.minimum(width - np.abs(u), length - np.abs(v))


def _triangle(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    sides = (np.deg2rad(angle) for angle in (90, 210, 330))
    return 0.5 - np.maximum.reduce([u * np.cos(side) + v * np.sin(side) for side in sides])


def _corner(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    upright, foot = _bar(u + 0.55, v, 0.28, 0.85), _bar(v - 0.57, u, 0.28, 0.83)
    return np.maximum(upright, foot)


def _dumbbell(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    ends = np.maximum(0.36 - np.hypot(u - 0.62, v), 0.36 - np.hypot(u + 0.62, v))
    return np.maximum(ends, _bar(v, u, 0.1, 0.6))


# Inside > 0 > outside, in units of the radius, in the shape's own coordinates.
_INSIDE: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "disc": lambda u, v: 0.85 - np.hypot(u, v),
    "ring": lambda u, v: 0.2 - np.abs(np.hypot(u, v) - 0.75),
    "square": lambda u, v: 0.75 - np.maximum(np.abs(u), np.abs(v)),
    "frame": lambda u, v: 0.18 - np.abs(np.maximum(np.abs(u), np.abs(v)) - 0.65),
    "triangle": _triangle,
    "plus": lambda u, v: np.maximum(_bar(u, v, 0.25, 0.95), _bar(v, u, 0.25, 0.95)),
    "bar": lambda u, v: _bar(u, v, 0.28, 1.0),
    "crescent": lambda u, v: np.minimum(0.95 - np.hypot(u, v), np.hypot(u - 0.5, v) - 0.75),
    "dumbbell": _dumbbell,
    "corner": _corner,
}


def masks(
    shape: np.ndarray,
    height: int,
    width: int,
    x: np.ndarray,
    y: np.ndarray,
    radius: np.ndarray,
    angle: np.ndarray,
) -> np.ndarray:
    """Coverage of each pixel by each shape, 0 to 1, float32 (rows, height, width).

    Args:
        shape: Index into SHAPES, (rows,).
        height, width: Size of the pictures.
        x, y: Centers, from the left and from the top, (rows,).
        radius, angle: Half of the size, and the turn, (rows,).
    """
    across = np.arange(width, dtype=np.float32)[None, None, :]
    down = np.arange(height, dtype=np.float32)[None, :, None]
    result = np.zeros((len(shape), height, width), np.float32)
    for kind in np.unique(shape).tolist():
        members = np.flatnonzero(shape == kind)
        for start in range(0, len(members), _CHUNK):
            rows = members[start : start + _CHUNK]
            x_r, y_r, size, turn = (
                values[rows, None, None].astype(np.float32) for values in (x, y, radius, angle)
            )
            from_x, from_y = (across - x_r) / size, (down - y_r) / size
            u = from_x * np.cos(turn) + from_y * np.sin(turn)
            v = from_y * np.cos(turn) - from_x * np.sin(turn)
            # Half a pixel on either side of the outline shades from full to nothing.
            result[rows] = np.clip(_INSIDE[SHAPES[kind]](u, v) * size + 0.5, 0, 1)
    return result


def light(rng: np.random.Generator, rows: int, height: int, width: int) -> np.ndarray:
    """A soft slope of light per picture, 0.7 to 1.3, float32 (rows, height, width)."""
    tilt_x, tilt_y = rng.uniform(-0.15, 0.15, (2, rows, 1, 1)).astype(np.float32)
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, None, :]
    down = np.linspace(-1, 1, height, dtype=np.float32)[None, :, None]
    return 1 + tilt_x * across + tilt_y * down


def noisy(rng: np.random.Generator, pictures: np.ndarray, sd: float) -> np.ndarray:
    """The pictures with Gaussian noise of `sd` gray levels on every value, kept in 0 to 1."""
    noise = rng.standard_normal(pictures.shape, dtype=np.float32)
    return np.clip(pictures + np.float32(sd) * noise, 0, 1)
