"""From published pictures to the datasets `digits` (one row of pixels) and `digit_videos`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.dataset import Dataset
from zoo.data.displays import FRAMES, changing, walk
from zoo.data.mnist_files import CLASSES, SIDE
from zoo.data.reference_scores import Scores, class_scores, frequencies
from zoo.data.registry import card

FORM = "figures"  # the image dataset that has the pictures as published, 28 x 28 and gray
STEP = 2  # pixels from one place of a walk to the next
ROWS_PER_VIDEO = 10  # pictures in the split for each video made of them


def load_from(
    load: Callable[[str, Path, int, dict[str, Any]], Dataset],
    name: str,
    folder: Path,
    seed: int,
    options: dict[str, Any],
) -> Dataset:
    """Dataset `name` of the pictures that another dataset's loader reads.

    Raises:
        UnknownNameError: an option that there is not.
        DataError: files are missing or damaged.
    """
    try:
        pictures = load(FORM, folder, seed, options)
    except DataError as error:  # it speaks of its own dataset and embedded source
        told = str(error).replace(FORM, name).replace("source drawn", "source segments")
        raise DataError(told) from error
    return reshaped(name, pictures, seed)


def reshaped(name: str, pictures: Dataset, seed: int) -> Dataset:
    """Dataset `name` made of the pictures; no picture is in two splits.

    A video shows pictures of its own split only, drawn with replacement: a new one with every
    change of the digit, moving to and fro.
    """
    rng = np.random.default_rng([seed, 0x71D])
    videos = name == "digit_videos"
    port = "digits" if videos else "digit"
    splits: dict[str, dict[str, np.ndarray]] = {}
    trivial: dict[str, Scores] = {}
    constant = np.zeros(0)
    for split, columns in pictures.splits.items():
        gray, classes = columns["picture"][..., 0], columns["label"].ravel()
        if videos:
            frames, classes = _videos(rng, gray, classes)
            splits[split] = {"frames": frames, "digits": classes.astype(np.int32)}
        else:
            flat = gray.reshape(len(gray), -1)
            splits[split] = {"pixels": flat, "digit": classes[:, None].astype(np.int32)}
        if split == "train":
            constant = frequencies(classes, CLASSES)
        trivial[split] = class_scores(port, classes, constant)
    return replace(
        pictures,
        name=name,
        splits=splits,
        card=card(name),
        sizes={"n_pixels": SIDE * SIDE, "n_classes": CLASSES},
        labels={port: pictures.labels["label"]},
        references={"trivial": trivial},
        origin=pictures.origin.replace("--data drawn", "--data segments"),
    )


def _videos(
    rng: np.random.Generator, gray: np.ndarray, classes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Videos (videos, frames, pixels) of pictures (rows, 28, 28), and classes by frame."""
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
    margin = STEP
    framed = np.pad(gray, ((0, 0), (margin, margin), (margin, margin)))
    frames = np.zeros((rows, FRAMES, SIDE, SIDE), np.float32)
    for y in range(-margin, margin + 1, STEP):
        for x in range(-margin, margin + 1, STEP):
            here = (down == y) & (across == x)
            cut = framed[:, margin - y : margin - y + SIDE, margin - x : margin - x + SIDE]
            frames[here] = cut[picture[here]]
    return frames.reshape(rows, FRAMES, -1), classes[picture]
