"""Source `drawn`: pictures drawn from a seed, one task per dataset, in a second or two.

Every picture is drawn afresh and belongs to one split. A share of the labels is wrong, as an
annotator's would be: that, and nothing else, is what the oracle cannot know.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError, UnknownNameError
from zoo.data.dataset import Dataset
from zoo.data.pictures import labeling
from zoo.data.registry import card

SLIPS = 0.03  # share of wrong labels
HELD_OUT = {"validation": 500, "test": 1_000}


@dataclass(frozen=True)
class Task:
    """How many pictures to train on, and what to call the classes; in the painters' order."""

    rows: int
    classes: tuple[str, ...]


_SHAPES = (
    "disc", "ring", "square", "frame", "triangle", "plus", "bar", "crescent", "dumbbell", "corner"
)  # fmt: skip
_FIGURES = tuple(
    f"{figure} of {mark} crosses"
    for figure in ("circle", "square", "triangle", "cross", "lines")
    for mark in ("upright", "diagonal")
)

TASKS = {  # dataset -> task; `zoo.data.pictures` has a module of each name
    "outlines": Task(4_000, ("filled", "hollow")),
    "two_scales": Task(3_000, ("flat", "steep")),
    "cloth": Task(2_500, ("cheap", "dear")),
    "painted_shapes": Task(5_000, _SHAPES),
    "figures": Task(3_000, _FIGURES),
    "hidden_shapes": Task(4_000, _SHAPES),
}


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: the pictures need no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Draw dataset `name`.

    Args:
        name: One of TASKS.
        folder: Not used.
        seed: Fixes every picture and label.
        options: `rows`, the number of training pictures, 100 to 100,000.

    Raises:
        UnknownNameError: an option that there is not.
        DataError: `rows` out of its range.
    """
    task = TASKS[name]
    splits = {"train": row_option(name, options, task.rows), **HELD_OUT}
    painter: Any = importlib.import_module(f"zoo.data.pictures.{name}")
    classes = len(task.classes)
    columns: dict[str, dict[str, np.ndarray]] = {}
    truth: dict[str, np.ndarray] = {}
    for number, (split, rows) in enumerate(splits.items()):
        # A stream of its own for each split: more training rows leave the others as they were.
        rng = np.random.default_rng([seed, 0xD2A3, number])
        columns[split], drawn = painter.draw(rng, rows)
        labels = labeling.slipped(rng, drawn, classes, SLIPS)
        columns[split]["label"] = labeling.label_column(labels, classes)
        truth[split] = drawn
        if name == "outlines":
            columns[split]["label_map"] = labeling.label_map(columns[split]["label"])
    chances = {
        split: labeling.label_chances(drawn, classes, SLIPS) for split, drawn in truth.items()
    }
    labels_of = {split: arrays["label"] for split, arrays in columns.items()}
    references = {"oracle": labeling.class_scores(labels_of, chances)}
    if hasattr(painter, "alone"):
        given = {split: painter.alone(arrays, SLIPS) for split, arrays in columns.items()}
        for reference in given["train"]:
            single = {split: given[split][reference] for split in given}
            references[reference] = labeling.class_scores(labels_of, single)
    references["trivial"] = labeling.trivial_scores(labels_of, classes)
    return Dataset(
        name=name,
        source="drawn",
        splits=columns,
        card=card(name),
        sizes={"classes": 1 if classes == 2 else classes},
        labels={"label": task.classes},
        truth={f"drawn_{split}": drawn for split, drawn in truth.items()},
        references=references,
        origin=f"data: drawn (embedded, generated, seed {seed}); the card tells of real pictures",
    )


def row_option(name: str, options: Mapping[str, Any], default: int) -> int:
    """The option `rows`, which is the only one.

    Raises:
        UnknownNameError: another option.
        DataError: not a whole number from 100 to 100,000.
    """
    for option in options:
        if option != "rows":
            raise UnknownNameError(f"option of dataset {name}", option, ["rows"])
    rows = options.get("rows", default)
    if isinstance(rows, bool) or not isinstance(rows, int) or not 100 <= rows <= 100_000:
        raise DataError(f"{name}: rows is a whole number from 100 to 100,000, not {rows!r}")
    return rows
