"""Large figures made of small marks, after Navon: the class is the pair of both.

Five figures (circle, square, triangle, cross, two lines) times two marks (upright and diagonal
cross, of five pixels each, so that brightness says nothing).
"""

from __future__ import annotations

import numpy as np

from zoo.data.images.drawing import noisy
from zoo.data.images.drawn import drawn
from zoo.data.images.published import Form, fashion, mnist
from zoo.data.registry import Entry, register

SIDE = 28  # pixels
POINTS = 12  # marks in a figure
FIGURES = ("circle", "square", "triangle", "cross", "lines")
MARKS = ("upright", "diagonal")
CLASSES = len(FIGURES) * len(MARKS)
_STEPS = (  # down and across from a mark's center
    ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)),
    ((0, 0), (-1, -1), (1, 1), (1, -1), (-1, 1)),
)
_MISSING = 0.05  # share of marks left out


def draw(rng: np.random.Generator, rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """`picture` (rows, 28, 28, 1), and the class, figure times two plus mark, (rows,)."""
    label = rng.integers(0, CLASSES, rows)
    places = _places(rng, label // len(MARKS))  # (rows, points, 2), whole pixels
    ground = rng.uniform(0.1, 0.5, (rows, 1, 1)).astype(np.float32)
    pictures = np.repeat(np.repeat(ground, SIDE, axis=1), SIDE, axis=2)
    brightness = ground[:, 0] + rng.uniform(0.3, 0.5, (rows, POINTS)).astype(np.float32)
    shown = rng.random((rows, POINTS)) >= _MISSING
    steps = np.array(_STEPS)[label % len(MARKS)]  # (rows, 5, 2)
    for point in range(POINTS):
        row = np.flatnonzero(shown[:, point])
        for step in range(steps.shape[1]):
            down, across = (places[row, point] + steps[row, step]).T
            pictures[row, down, across] = brightness[row, point]
    return {"picture": noisy(rng, pictures, 0.08)[..., None]}, label


def _outlines() -> np.ndarray:
    """Twelve points on each figure, within a unit circle, (figures, points, 2)."""
    around = np.arange(POINTS) / POINTS * 2 * np.pi
    circle = 0.9 * np.stack([np.sin(around), np.cos(around)], axis=1)
    square = _polygon([(-0.72, -0.72), (-0.72, 0.72), (0.72, 0.72), (0.72, -0.72)])
    corners = [(np.sin(turn), np.cos(turn)) for turn in (0, 2 * np.pi / 3, 4 * np.pi / 3)]
    arm = np.array([-1, -0.62, -0.24, 0.24, 0.62, 1])
    cross = np.concatenate([np.stack([arm, 0 * arm], 1), np.stack([0 * arm, arm], 1)])
    line = np.linspace(-0.9, 0.9, POINTS // 2)
    lines = np.concatenate([np.stack([line, 0 * line + side], 1) for side in (-0.35, 0.35)])
    return np.stack([circle, square, _polygon(corners), cross, lines])


def _polygon(corners: list[tuple[float, float]]) -> np.ndarray:
    """Twelve points at equal steps along the sides, (points, 2)."""
    ends = np.array([*corners, corners[0]])
    along = np.arange(POINTS) / POINTS * len(corners)
    side = along.astype(int)
    return ends[side] + (along - side)[:, None] * (ends[side + 1] - ends[side])


def _places(rng: np.random.Generator, figure: np.ndarray) -> np.ndarray:
    """Centers of the marks, whole pixels that leave a pixel of margin, (rows, points, 2)."""
    rows = len(figure)
    radius = rng.uniform(9, 11.5, (rows, 1, 1))
    turn = rng.uniform(0, 2 * np.pi, rows)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = np.einsum("ijr,rpj->rpi", turned, _outlines()[figure]) * radius
    center = rng.uniform(radius[:, 0] + 1.5, SIDE - 2.5 - radius[:, 0], (rows, 2))
    jittered = points + center[:, None] + rng.normal(0, 0.25, points.shape)
    return np.clip(np.rint(jittered), 1, SIDE - 2).astype(int)


_NAMES = tuple(f"{figure} of {mark} crosses" for figure in FIGURES for mark in MARKS)

_SUMMARY = "gray pictures, small patterns in large ones"
_SOURCES = (mnist(Form()), fashion(Form()), drawn(draw, 3_000, _NAMES))
register(Entry("figures", "images", _SUMMARY, _SOURCES))
