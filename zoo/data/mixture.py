"""Source `mixture`: classes as clouds of points, with the exact chance of each class.

A class owns a few directions at right angles to those of all others, and its points lie in a
normal cloud around one end or the other of one of them. Because both ends belong to the same
class, no plane parts the classes well: a linear model sees little, a hidden layer is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.options import refuse_unknown
from zoo.data.reference_scores import Scores, class_scores, flag_scores, frequencies, from_log
from zoo.data.registry import card

LARGER_END = 0.65  # share of a direction's points at its first end
ROWS = {"train": 8_000, "validation": 2_000, "test": 4_000}


@dataclass(frozen=True)
class Clouds:
    """How one dataset's mixture is laid out.

    Attributes:
        features: Numbers of one point.
        classes: Number of classes, all equally frequent.
        directions: Directions a class owns.
        radius: Distance of a cloud's center from the origin; a cloud's standard deviation is 1.
    """

    features: int
    classes: int
    directions: int
    radius: float


LAYOUTS = {
    "classes_32": Clouds(32, 10, 1, 4.0),
    "classes_64": Clouds(64, 10, 1, 4.0),
    "classes_100": Clouds(100, 10, 1, 4.5),
    "classes_20": Clouds(20, 10, 1, 4.0),
    "binary_wide": Clouds(100, 2, 3, 4.0),
    "binary_narrow": Clouds(10, 2, 2, 3.0),
}


@dataclass(frozen=True)
class Mixture:
    """The clouds of one seed.

    Attributes:
        centers: Center of each cloud, shape (clouds, features).
        weights: Share of each cloud among its class's points, shape (clouds,).
        owner: Class of each cloud, shape (clouds,).
    """

    centers: np.ndarray
    weights: np.ndarray
    owner: np.ndarray

    def chance(self, points: np.ndarray) -> np.ndarray:
        """Chance of each class given a point: (rows, features) -> (rows, classes)."""
        # The square of the point itself is the same for every cloud and falls out.
        squares = np.square(self.centers).sum(axis=1) / 2
        by_cloud = from_log(points @ self.centers.T - squares + np.log(self.weights))
        return by_cloud @ np.eye(self.owner.max() + 1)[self.owner]


def mixture(rng: np.random.Generator, layout: Clouds) -> Mixture:
    """Clouds at both ends of directions drawn at random, at right angles to one another."""
    count = layout.classes * layout.directions
    square = rng.normal(size=(layout.features, layout.features))
    directions = np.linalg.qr(square)[0][:, :count].T
    owner = np.repeat(np.arange(layout.classes), layout.directions)
    share = np.full(count, LARGER_END) / layout.directions
    other = np.full(count, 1 - LARGER_END) / layout.directions
    return Mixture(
        layout.radius * np.concatenate([directions, -directions]),
        np.concatenate([share, other]),
        np.concatenate([owner, owner]),
    )


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Draw the points of dataset `name`, one of LAYOUTS; `folder` is not used.

    Raises:
        UnknownNameError: an option; there are none.
    """
    refuse_unknown(name, options)
    layout = LAYOUTS[name]
    rng = np.random.default_rng([seed, 0xC10D, layout.features])
    clouds = mixture(rng, layout)
    # Each feature has variance 1 within a cloud, and the centers add r^2 / d on average.
    scale = 1 / np.sqrt(1 + layout.radius**2 / layout.features)
    splits: dict[str, dict[str, np.ndarray]] = {}
    references: dict[str, dict[str, Scores]] = {"oracle": {}, "trivial": {}}
    constant = np.zeros(0)
    for split, rows in ROWS.items():
        cloud = rng.choice(len(clouds.weights), rows, p=clouds.weights / layout.classes)
        points = clouds.centers[cloud] + rng.normal(size=(rows, layout.features))
        owner = clouds.owner[cloud]
        splits[split] = {
            "features": (scale * points).astype(np.float32),
            **target_columns(owner, layout.classes),
        }
        if split == "train":
            constant = frequencies(owner, layout.classes)
        references["oracle"][split] = reference(owner, clouds.chance(points))
        references["trivial"][split] = reference(owner, constant)
    return Dataset(
        name=name,
        source="mixture",
        splits=splits,
        card=card(name),
        sizes={"n_features": layout.features, "n_classes": layout.classes},
        truth={"centers": scale * clouds.centers, "weights": clouds.weights, "owner": clouds.owner},
        references=references,
        origin=f"data: mixture (embedded, generated, seed {seed})",
    )


def target_columns(owner: np.ndarray, n_classes: int) -> dict[str, np.ndarray]:
    """Target columns of class ids (rows,): `label` for two classes, else `category` twice."""
    if n_classes == 2:
        return {"label": owner[:, None].astype(np.float32)}
    return {
        "category": owner[:, None].astype(np.int32),
        "category_one_hot": np.eye(n_classes, dtype=np.float32)[owner],
    }


def reference(owner: np.ndarray, chance: np.ndarray) -> Scores:
    """Scores of chances (rows, classes) or (classes,), for the port that the classes have."""
    if chance.shape[-1] == 2:
        return flag_scores("label", owner, chance[..., 1])
    return class_scores("category", owner, chance)
