"""Dataset `two_views`: ten classes seen from two sides, each of which shows a part of the class.

A class is a pair (one of five, one of two). Input `a` is a point of the first's clouds, input `b`
of the second's, so neither alone can do better than its own part allows.
"""

from __future__ import annotations

import numpy as np

from zoo.data.references import Scores, class_scores
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, source
from zoo.data.vectors.classes import ROWS, Clouds, Mixture, mixture, target_columns

FIVE = Clouds(64, 5, 1, 4.0)
TWO = Clouds(64, 2, 2, 4.0)
CLASSES = FIVE.classes * TWO.classes


@source()
def halves(request: Request) -> Content:
    """Both views of rows drawn from the seed.

    `references` also has `only_a` and `only_b`: the best that one view alone allows.
    """
    rng = np.random.default_rng([request.seed, 0x2F1E])
    layouts = {"a": FIVE, "b": TWO}
    clouds = {view: mixture(rng, layout) for view, layout in layouts.items()}
    splits: dict[str, dict[str, np.ndarray]] = {}
    references: dict[str, dict[str, Scores]] = {"best possible": {}, "only_a": {}, "only_b": {}}
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
        even = {view: np.full_like(known, 1 / known.shape[1]) for view, known in chance.items()}
        for key, a, b in (
            ("best possible", chance["a"], chance["b"]),
            ("only_a", chance["a"], even["b"]),
            ("only_b", even["a"], chance["b"]),
        ):
            joint = (a[:, :, None] * b[:, None, :]).reshape(rows, CLASSES)
            references[key][split] = class_scores("category", category, joint)
    return Content(
        splits,
        sizes={
            "n_features_a": FIVE.features,
            "n_features_b": FIVE.features,
            "n_classes": CLASSES,
        },
        targets={"category": "classes"},
        references=references,
    )


def _points(rng: np.random.Generator, clouds: Mixture, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Points (rows, features) and the classes (rows,) that they belong to."""
    share = clouds.weights / clouds.weights.sum()
    cloud = rng.choice(len(share), rows, p=share)
    centers = clouds.centers[cloud]
    return centers + rng.normal(size=centers.shape), clouds.owner[cloud]


register(Entry("two_views", "vectors", "ten classes, each of two inputs a part", (halves,)))
