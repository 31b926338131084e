"""Source `segments`: pictures and videos of seven-segment displays, some segments faulty."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data import segments
from zoo.data.dataset import Dataset
from zoo.data.options import refuse_unknown
from zoo.data.reference_scores import Scores, class_scores, frequencies
from zoo.data.registry import card

ROWS = {"train": 12_000, "validation": 2_000, "test": 3_000}
VIDEOS = {"train": 600, "validation": 100, "test": 150}
FRAMES = 20
CHANGE = 0.2  # chance that a display goes on to another digit with the next frame

# A digit walks to and fro: over one round it is at an edge once and at any inner place twice.
ROUND = np.array([*range(segments.PLACES), *range(segments.PLACES - 2, 0, -1)])
ALONG = np.bincount(ROUND) / len(ROUND)
EVEN = np.full(segments.PLACES, 1 / segments.PLACES)


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Draw the pictures of dataset `digits` or the videos of `digit_videos`.

    The oracle of the videos looks at one frame at a time, as the models do.

    Args:
        name: Which of the two.
        folder: Not used.
        seed: Fixes everything drawn.
        options: None.

    Raises:
        UnknownNameError: an option; there are none.
    """
    refuse_unknown(name, options)
    videos = name == "digit_videos"
    rng = np.random.default_rng([seed, 0x5E6, videos])
    inputs, port = ("frames", "digits") if videos else ("pixels", "digit")
    splits: dict[str, dict[str, np.ndarray]] = {}
    references: dict[str, dict[str, Scores]] = {"oracle": {}, "trivial": {}}
    constant = np.zeros(0)
    for split, rows in (VIDEOS if videos else ROWS).items():
        pictures, digits = draw_videos(rng, rows) if videos else draw_pictures(rng, rows)
        splits[split] = {inputs: pictures, port: digits.astype(np.int32)}
        if split == "train":
            constant = frequencies(digits, segments.CLASSES)
        else:  # the training split's oracle would take as long as all the rest
            flat = pictures.reshape(-1, segments.PIXELS)
            chance = segments.chance(flat, ALONG if videos else EVEN)
            shaped = chance.reshape(*digits.shape, segments.CLASSES)
            references["oracle"][split] = class_scores(port, digits, shaped)
        references["trivial"][split] = class_scores(port, digits, constant)
    return Dataset(
        name=name,
        source="segments",
        splits=splits,
        card=card(name),
        sizes={"n_pixels": segments.PIXELS, "n_classes": segments.CLASSES},
        labels={port: tuple(map(str, range(segments.CLASSES)))},
        references=references,
        origin=f"data: segments (embedded, generated, seed {seed}); for handwritten digits: "
        f"zoo data fetch {name}",
    )


def draw_pictures(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (rows, pixels) and digits (rows, 1)."""
    digits = rng.integers(0, segments.CLASSES, rows)
    slant = rng.integers(0, len(segments.SLANTS), rows)
    down, across = rng.integers(0, segments.PLACES, (2, rows))
    shown = segments.faulty(rng, digits)
    return segments.draw(rng, shown, slant, down, across), digits[:, None]


def draw_videos(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Videos (rows, frames, pixels) and the digit of every frame (rows, frames).

    Slant is fixed in a video; faults are drawn for every frame.
    """
    digits = changing(rng, rows)
    slant = np.repeat(rng.integers(0, len(segments.SLANTS), rows), FRAMES)
    down, across = (walk(rng, rows).ravel() for _ in range(2))
    shown = segments.faulty(rng, digits.ravel())
    pictures = segments.draw(rng, shown, slant, down, across)
    return pictures.reshape(rows, FRAMES, -1), digits


def changing(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Digits that stay for a while and change to any other one: (rows, frames)."""
    first = rng.integers(0, segments.CLASSES, (rows, 1))
    change = rng.random((rows, FRAMES - 1)) < CHANGE
    further = np.where(change, rng.integers(1, segments.CLASSES, change.shape), 0)
    return np.cumsum(np.concatenate([first, further], axis=1), axis=1) % segments.CLASSES


def walk(rng: np.random.Generator, rows: int) -> np.ndarray:
    """Places on one axis, to and fro by at most one a frame: (rows, frames)."""
    start = rng.integers(0, len(ROUND), (rows, 1))
    pace = rng.integers(-1, 2, (rows, 1))
    return ROUND[(start + pace * np.arange(FRAMES)) % len(ROUND)]
