"""From published pictures of 28 x 28 gray levels to the datasets that the image models train on.

MNIST and Fashion-MNIST come through here, so that they give the columns of the drawn pictures.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError, UnknownNameError
from zoo.data.dataset import Dataset
from zoo.data.mnist_files import CLASSES, SIDE, read_idx
from zoo.data.pictures.labeling import label_column, label_map, trivial_scores
from zoo.data.registry import card

VALIDATION = 1_000
ROWS = 6_000  # training pictures unless the option `rows` says otherwise
DIGITS = tuple(str(digit) for digit in range(CLASSES))


@dataclass(frozen=True)
class Form:
    """What a dataset makes of the pictures: their size, and which classes count as class 1."""

    side: int = SIDE
    channels: int = 1
    positive: tuple[int, ...] = ()  # none: the label is the class itself
    names: tuple[str, str] = ("", "")
    mapped: bool = False  # whether there is also a label for each place of a map


FORMS = {
    "outlines": Form(32, 1, (0, 6, 8, 9), ("no hole", "a hole"), mapped=True),
    "two_scales": Form(32, 1, (1, 3, 5, 7, 9), ("even", "odd")),
    "painted_shapes": Form(32, 3),
    "figures": Form(),
    "hidden_shapes": Form(),
}


@dataclass(frozen=True)
class Pictures:
    """Pictures (rows, 28, 28) uint8 and their classes (rows,); `test` None: none set apart."""

    train: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray] | None


def read_pair(images: Path, labels: Path) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and classes from two IDX files.

    Raises:
        DataError: a file is missing or damaged, or the two do not fit together.
    """
    pictures, classes = read_idx(images), read_idx(labels)
    if pictures.ndim != 3 or pictures.shape[1:] != (SIDE, SIDE):
        raise DataError(f"{images}: shape {pictures.shape}, not pictures of {SIDE} x {SIDE}")
    if classes.shape != (len(pictures),):
        raise DataError(f"{labels}: shape {classes.shape} for {len(pictures):,} pictures")
    if len(classes) and classes.max() >= CLASSES:
        row = int(np.argmax(classes >= CLASSES))
        raise DataError(f"{labels}: label {classes[row]} of row {row + 1} is outside 0 to 9")
    return pictures, classes


def assembled(
    name: str,
    source: str,
    content: Pictures,
    names: tuple[str, ...],
    seed: int,
    options: dict[str, Any],
    origin: str,
) -> Dataset:
    """Dataset `name` from published pictures.

    Where a test set is published it is the test split; otherwise a tenth of the pictures each
    becomes the validation and the test split, by a permutation of the seed.

    Raises:
        UnknownNameError: an option other than `rows`.
        DataError: `rows` is no whole number from 10, or there are too few pictures to split.
    """
    for option in options:
        if option != "rows":
            raise UnknownNameError(f"option of dataset {name}", option, ["rows"])
    wanted = options.get("rows", ROWS)
    if isinstance(wanted, bool) or not isinstance(wanted, int) or wanted < 10:
        raise DataError(f"{name}: rows is a whole number from 10, not {wanted!r}")
    total = len(content.train[1])
    if total < 20:
        raise DataError(f"{name}: {total} pictures are too few to split")
    order = np.random.default_rng(seed).permutation(total)
    held = min(VALIDATION, total // 10)
    parts = {"validation": order[:held]}
    if content.test is None:
        parts["test"], order = order[held : 2 * held], order[held:]
    parts["train"] = order[held:][:wanted]

    form = FORMS[name]
    splits = {
        split: _columns(form, content.train[0][rows], content.train[1][rows])
        for split, rows in parts.items()
    }
    if content.test is not None:
        splits["test"] = _columns(form, *content.test)
    ordered = {split: splits[split] for split in ("train", "validation", "test")}
    classes = 2 if form.positive else CLASSES
    labels = {split: columns["label"] for split, columns in ordered.items()}
    return Dataset(
        name=name,
        source=source,
        splits=ordered,
        card=card(name),
        sizes={"classes": 1 if form.positive else CLASSES},
        labels={"label": form.names if form.positive else names},
        references={"trivial": trivial_scores(labels, classes)},
        origin=origin,
    )


def _columns(form: Form, pictures: np.ndarray, classes: np.ndarray) -> dict[str, np.ndarray]:
    margin = (form.side - SIDE) // 2
    framed = np.pad(pictures, ((0, 0), (margin, margin), (margin, margin)))
    gray = framed.astype(np.float32)[..., None] / np.float32(255)
    labels = np.isin(classes, form.positive) if form.positive else classes
    column = label_column(labels, 2 if form.positive else CLASSES)
    columns = {"picture": np.repeat(gray, form.channels, axis=-1), "label": column}
    return {**columns, "label_map": label_map(column)} if form.mapped else columns
