"""Dataset `digits`: one row of 784 gray levels per picture, and the digit that it shows.

Source `segments` draws seven-segment displays, some segments faulty; `mnist` and `fashion` are
published pictures.
"""

from __future__ import annotations

import numpy as np

from zoo.data.images import segments
from zoo.data.images.published import SIDE, Splits, fashion, mnist
from zoo.data.references import class_scores
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, Source

ROWS = {"train": 12_000, "validation": 2_000, "test": 3_000}
EVEN = np.full(segments.PLACES, 1 / segments.PLACES)  # every place is equally likely


def content(
    inputs: str,
    target: str,
    splits: dict[str, tuple[np.ndarray, np.ndarray]],
    classes: tuple[str, ...],
    places: np.ndarray | None = None,
) -> Content:
    """A dataset of pictures as rows of numbers.

    Args:
        inputs, target: Names of the two columns.
        splits: Split -> pictures (..., pixels) and their classes.
        classes: What the classes are called.
        places: How often a display is at each place, where it was drawn (see `segments.chance`);
            the best possible reader then looks at one picture at a time, as the models do.
    """
    best = {}
    for split, (pictures, digits) in splits.items():
        if places is not None and split != "train":  # that one would take as long as all the rest
            chance = segments.chance(pictures.reshape(-1, segments.PIXELS), places)
            best[split] = class_scores(target, digits, chance.reshape(*digits.shape, -1))
    return Content(
        splits={
            split: {inputs: pictures, target: digits.astype(np.int32)}
            for split, (pictures, digits) in splits.items()
        },
        sizes={"n_pixels": SIDE * SIDE, "n_classes": len(classes)},
        labels={target: classes},
        targets={target: "classes"},
        references={"best possible": best} if best else {},
    )


def gray_levels(pictures: np.ndarray) -> np.ndarray:
    """Published pictures (rows, 28, 28) as gray levels from 0 to 1, float32."""
    return pictures.astype(np.float32) / np.float32(255)


def _published(request: Request, splits: Splits, classes: tuple[str, ...]) -> Content:
    rows = {
        split: (gray_levels(pictures).reshape(len(pictures), -1), labels[:, None])
        for split, (pictures, labels) in splits.items()
    }
    return content("pixels", "digit", rows, classes)


def _displays(request: Request) -> Content:
    rng = np.random.default_rng([request.seed, 0x5E6, False])
    drawn = {split: _draw(rng, rows) for split, rows in ROWS.items()}
    return content("pixels", "digit", drawn, segments.NAMES, EVEN)


def _draw(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (rows, pixels) and digits (rows, 1)."""
    digits = rng.integers(0, segments.CLASSES, rows)
    slant = rng.integers(0, len(segments.SLANTS), rows)
    down, across = rng.integers(0, segments.PLACES, (2, rows))
    shown = segments.faulty(rng, digits)
    return segments.draw(rng, shown, slant, down, across), digits[:, None]


_SOURCES = (mnist(_published), fashion(_published), Source("segments", _displays))
register(Entry("digits", "images", "digits as 784 gray levels", _SOURCES))
