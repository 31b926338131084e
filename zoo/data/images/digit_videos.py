"""Dataset `digit_videos`: moving digits, with a label for every frame.

Source `segments` draws seven-segment displays, some segments faulty; `mnist` moves published
pictures about.
"""

from __future__ import annotations

import numpy as np

from zoo.data.images import segments
from zoo.data.images.digits import content, gray_levels
from zoo.data.images.published import SIDE, Splits, mnist
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, Source

VIDEOS = {"train": 600, "validation": 100, "test": 150}
FRAMES = 20
CHANGE = 0.2  # chance that a display changes to another digit with the next frame
STEP = 2  # pixels from one place of a published picture to the next
ROWS_PER_VIDEO = 10  # published pictures in the split for each video made of them

# A digit moves back and forth: over one round it is at an edge once and at any inner place twice.
ROUND = np.array([*range(segments.PLACES), *range(segments.PLACES - 2, 0, -1)])
ALONG = np.bincount(ROUND) / len(ROUND)


def _displays(request: Request) -> Content:
    rng = np.random.default_rng([request.seed, 0x5E6, True])
    drawn = {split: _draw(rng, rows) for split, rows in VIDEOS.items()}
    return content("frames", "digits", drawn, segments.NAMES, ALONG)


def _draw(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
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
    """Positions on one axis, back and forth by at most one per frame: (rows, frames)."""
    start = rng.integers(0, len(ROUND), (rows, 1))
    pace = rng.integers(-1, 2, (rows, 1))
    return ROUND[(start + pace * np.arange(FRAMES)) % len(ROUND)]


def _published(request: Request, splits: Splits, classes: tuple[str, ...]) -> Content:
    rng = np.random.default_rng([request.seed, 0x71D])
    videos = {
        split: _moved(rng, gray_levels(pictures), labels)
        for split, (pictures, labels) in splits.items()
    }
    return content("frames", "digits", videos, classes)


def _moved(
    rng: np.random.Generator, gray: np.ndarray, classes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Videos (videos, frames, pixels) of pictures (rows, 28, 28), and classes by frame.

    A video shows pictures of its own split only, drawn with replacement: a new one with every
    change of the digit, moving back and forth.
    """
    rows = max(1, len(gray) // ROWS_PER_VIDEO)
    wanted = changing(rng, rows)
    picture = np.zeros_like(wanted)
    for digit in np.unique(wanted):
        known = np.flatnonzero(classes == digit)
        # A class that the split lacks is shown by any of its pictures, under their own name.
        pool = known if len(known) else np.arange(len(gray))
        picture[wanted == digit] = rng.choice(pool, np.count_nonzero(wanted == digit))
    for frame in range(1, FRAMES):  # the same picture stays until the digit changes
        stays = wanted[:, frame] == wanted[:, frame - 1]
        picture[stays, frame] = picture[stays, frame - 1]
    down, across = (STEP * (walk(rng, rows) - 1) for _ in range(2))
    framed = np.pad(gray, ((0, 0), (STEP, STEP), (STEP, STEP)))
    frames = np.zeros((rows, FRAMES, SIDE, SIDE), np.float32)
    for y in range(-STEP, STEP + 1, STEP):
        for x in range(-STEP, STEP + 1, STEP):
            here = (down == y) & (across == x)
            cut = framed[:, STEP - y : STEP - y + SIDE, STEP - x : STEP - x + SIDE]
            frames[here] = cut[picture[here]]
    return frames.reshape(rows, FRAMES, -1), classes[picture]


_SOURCES = (mnist(_published), Source("segments", _displays))
register(Entry("digit_videos", "images", "moving digits, a label for every frame", _SOURCES))
