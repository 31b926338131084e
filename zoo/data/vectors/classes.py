"""Datasets `classes_*` and `binary_*`: clouds of points, and tables that scikit-learn ships.

A class of the clouds owns a few directions at right angles to those of all others, and its points
lie in a normal cloud around one end or the other of one of them. Because both ends belong to the
same class, no plane separates the classes well: a linear model learns little, a hidden layer is
needed. The exact chance of each class is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo.data.references import Scores, class_scores, softmax
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, Source
from zoo.data.splits import parted

LARGER_END = 0.65  # share of a direction's points at its first end
HELD_OUT = 5  # of scikit-learn's rows one in five for validation, and one in five for testing
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
        by_cloud = softmax(points @ self.centers.T - squares + np.log(self.weights))
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


def _clouds(request: Request) -> Content:
    """Points drawn from the clouds of the seed."""
    layout = LAYOUTS[request.dataset]
    rng = np.random.default_rng([request.seed, 0xC10D, layout.features])
    clouds = mixture(rng, layout)
    # Each feature has variance 1 within a cloud, and the centers add r^2 / d on average.
    scale = 1 / np.sqrt(1 + layout.radius**2 / layout.features)
    target = target_of(layout.classes)
    splits: dict[str, dict[str, np.ndarray]] = {}
    best: dict[str, Scores] = {}
    for split, rows in ROWS.items():
        cloud = rng.choice(len(clouds.weights), rows, p=clouds.weights / layout.classes)
        points = clouds.centers[cloud] + rng.normal(size=(rows, layout.features))
        owner = clouds.owner[cloud]
        splits[split] = {
            "features": (scale * points).astype(np.float32),
            **target_columns(owner, layout.classes),
        }
        best[split] = class_scores(target, owner, clouds.chance(points))
    return Content(
        splits,
        sizes={"n_features": layout.features, "n_classes": layout.classes},
        truth={"centers": scale * clouds.centers, "weights": clouds.weights, "owner": clouds.owner},
        targets={target: "classes"},
        references={"best possible": best},
    )


def _shipped(request: Request) -> Content:
    """A table of scikit-learn, standardized by the training rows, split by the seed.

    Rows that are equal in every feature go into the same split.
    """
    features, answer, names, titles = _read(request.dataset)
    # Equal rows share a number, and the numbers are what is split.
    item = np.unique(features, axis=0, return_inverse=True)[1].ravel()
    order = np.random.default_rng([request.seed, 0x5C1]).permutation(item.max() + 1)
    held = len(order) // HELD_OUT
    parts = {
        "train": order[2 * held :],
        "validation": order[held : 2 * held],
        "test": order[:held],
    }
    rows = {split: np.flatnonzero(np.isin(item, items)) for split, items in parts.items()}
    if request.dataset == "binary_narrow":
        answer = answer > np.median(answer[rows["train"]])
    owner = answer.astype(np.int64)
    mean = features[rows["train"]].mean(axis=0)
    spread = features[rows["train"]].std(axis=0)
    scaled = (features - mean) / np.where(spread > 0, spread, 1)  # a constant column stays 0
    n_classes = int(owner.max()) + 1
    target = target_of(n_classes)
    columns = {"features": scaled.astype(np.float32), **target_columns(owner, n_classes)}
    return Content(
        parted(columns, rows),
        sizes={"n_features": features.shape[1], "n_classes": n_classes},
        labels={target: names, "features": titles},
        targets={target: "classes"},
        origin="inside scikit-learn",
    )


def _read(name: str) -> tuple[np.ndarray, np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Features (rows, columns), answers (rows,), the classes' names and the columns'."""
    from sklearn import datasets

    if name == "classes_64":
        table: Any = datasets.load_digits()
        classes = tuple(map(str, range(10)))
    elif name == "binary_wide":
        table = datasets.load_breast_cancer()
        classes = tuple(map(str, table.target_names))
    else:
        table = datasets.load_diabetes(scaled=False)
        classes = ("slower than the median", "faster than the median")
    return table.data, table.target, classes, tuple(map(str, table.feature_names))


def target_of(n_classes: int) -> str:
    """The column of the class ids."""
    return "label" if n_classes == 2 else "category"


def target_columns(owner: np.ndarray, n_classes: int) -> dict[str, np.ndarray]:
    """Target columns of class ids (rows,): `label` for two classes, else `category` twice."""
    if n_classes == 2:
        return {"label": owner[:, None].astype(np.float32)}
    return {
        "category": owner[:, None].astype(np.int32),
        "category_one_hot": np.eye(n_classes, dtype=np.float32)[owner],
    }


# Datasets that scikit-learn has a table for.
SHIPPED = {
    "classes_64": "digits_8x8",
    "binary_wide": "breast_cancer",
    "binary_narrow": "diabetes",
}
_SUMMARIES = {
    **{name: f"ten classes of {LAYOUTS[name].features} numbers" for name in list(LAYOUTS)[:4]},
    "binary_wide": "two classes of 30 or 100 numbers",
    "binary_narrow": "two classes of 10 numbers",
}

for _name, _summary in _SUMMARIES.items():
    _tables = (Source(SHIPPED[_name], _shipped),) if _name in SHIPPED else ()
    register(Entry(_name, "vectors", _summary, (*_tables, Source("mixture", _clouds))))
