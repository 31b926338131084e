"""Source `halves`: ten classes seen from two sides, each of which tells a part of the class.

A class is a pair (one of five, one of two). Input `a` is a point of the first's clouds, input `b`
of the second's, so neither alone can do better than its own part allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.mixture import Clouds, Mixture, mixture, target_columns
from zoo.data.options import refuse_unknown
from zoo.data.reference_scores import Scores, class_scores, frequencies
from zoo.data.registry import card

FIVE = Clouds(64, 5, 1, 4.0)
TWO = Clouds(64, 2, 2, 4.0)
CLASSES = FIVE.classes * TWO.classes
ROWS = {"train": 8_000, "validation": 2_000, "test": 4_000}


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Draw both views of the rows of dataset `two_views`; `folder` is not used.

    `references` also has `only_a` and `only_b`: the best that one view alone allows.

    Raises:
        UnknownNameError: an option; there are none.
    """
    refuse_unknown(name, options)
    rng = np.random.default_rng([seed, 0x2F1E])
    layouts = {"a": FIVE, "b": TWO}
    clouds = {view: mixture(rng, layout) for view, layout in layouts.items()}
    splits: dict[str, dict[str, np.ndarray]] = {}
    references: dict[str, dict[str, Scores]] = {
        key: {} for key in ("oracle", "trivial", "only_a", "only_b")
    }
    constant = np.zeros(0)
    for split, rows in ROWS.items():
        part: dict[str, np.ndarray] = {}
        chance: dict[str, np.ndarray] = {}
        columns: dict[str, np.ndarray] = {}
        for view, layout in layouts.items():
            points, part[view] = _points(rng, clouds[view], rows)
            chance[view] = clouds[view].chance(points)
            scale = 1 / np.sqrt(1 + layout.radius**2 / layout.features)
            columns[view] = (scale * points).astype(np.float32)
        category = part["a"] * TWO.classes + part["b"]
        splits[split] = columns | target_columns(category, CLASSES)
        if split == "train":
            constant = frequencies(category, CLASSES)
        even = {view: np.full_like(known, 1 / known.shape[1]) for view, known in chance.items()}
        for key, a, b in (
            ("oracle", chance["a"], chance["b"]),
            ("only_a", chance["a"], even["b"]),
            ("only_b", even["a"], chance["b"]),
        ):
            joint = (a[:, :, None] * b[:, None, :]).reshape(rows, CLASSES)
            references[key][split] = class_scores("category", category, joint)
        references["trivial"][split] = class_scores("category", category, constant)
    return Dataset(
        name=name,
        source="halves",
        splits=splits,
        card=card(name),
        sizes={"n_features": FIVE.features, "n_classes": CLASSES},
        references=references,
        origin=f"data: halves (embedded, generated, seed {seed})",
    )


def _points(rng: np.random.Generator, clouds: Mixture, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Points (rows, features) and the classes (rows,) that they belong to."""
    share = clouds.weights / clouds.weights.sum()
    cloud = rng.choice(len(share), rows, p=share)
    centers = clouds.centers[cloud]
    return centers + rng.normal(size=centers.shape), clouds.owner[cloud]
