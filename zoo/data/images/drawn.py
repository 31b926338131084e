"""Source `drawn`: pictures drawn from a seed, one task per dataset, in a second or two.

Every picture is drawn afresh and belongs to one split. A share of the labels is wrong, as an
annotator's would be: that, and nothing else, limits the best possible score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from zoo.data.references import class_scores
from zoo.data.source import Content, Request, Source, Whole

SLIPS = 0.03  # share of wrong labels
HELD_OUT = {"validation": 500, "test": 1_000}
MAP_PLACES = 5  # of `cnn`'s last map, across and down, for pictures of 32 x 32
GRADES = 3
PAIRS = np.array([(0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (2, 2)])

# Random numbers and rows -> columns, and the class of each row (rows,).
Painter = Callable[[np.random.Generator, int], tuple[dict[str, np.ndarray], np.ndarray]]


def drawn(
    draw: Painter,
    rows: int,
    classes: tuple[str, ...],
    alone: Mapping[str, str] | None = None,
    mapped: bool = False,
) -> Source:
    """The source of a dataset that `draw` paints.

    Args:
        draw: Paints the pictures.
        rows: Training pictures, unless the option `rows` says otherwise.
        classes: What the classes are called, in the painter's order.
        alone: Reference -> the column of grades that is all its reader sees.
        mapped: Whether there is also a label for each place of a map.
    """

    def load(request: Request) -> Content:
        splits: dict[str, dict[str, np.ndarray]] = {}
        truth: dict[str, np.ndarray] = {}
        references: dict[str, dict[str, dict[str, float]]] = {"best possible": {}}
        parts = {"train": request.options["rows"], **HELD_OUT}
        for number, (split, part) in enumerate(parts.items()):
            # A stream of its own for each split: more training rows leave the others unchanged.
            rng = np.random.default_rng([request.seed, 0xD2A3, number])
            columns, shown = draw(rng, part)
            label = label_column(slipped(rng, shown, len(classes), SLIPS), len(classes))
            splits[split] = {**columns, "label": label}
            if mapped:
                splits[split]["label_map"] = label_map(label)
            truth[f"drawn_{split}"] = shown
            best = label_chances(shown, len(classes), SLIPS)
            references["best possible"][split] = class_scores("label", label, best)
            for reference, grade in (alone or {}).items():
                chance = chances_from_one(columns[grade].ravel(), SLIPS)
                scores = class_scores("label", label, chance)
                references.setdefault(reference, {})[split] = scores
        return Content(
            splits=splits,
            sizes={"classes": width(classes)},
            labels={"label": classes},
            truth=truth,
            targets={"label": kind(classes)},
            references=references,
        )

    return Source("drawn", load, options={"rows": Whole(rows, 100, 100_000)})


def width(classes: tuple[str, ...]) -> int:
    """Width of the output: 1 for two classes."""
    return 1 if len(classes) == 2 else len(classes)


def kind(classes: tuple[str, ...]) -> str:
    """The kind of target that the label is."""
    return "binary" if len(classes) == 2 else "classes"


def slipped(rng: np.random.Generator, shown: np.ndarray, classes: int, rate: float) -> np.ndarray:
    """Labels of what is shown, `rate` of them wrong, each wrong one equally likely; (rows,)."""
    wrong = rng.random(len(shown)) < rate
    return np.where(wrong, (shown + rng.integers(1, classes, len(shown))) % classes, shown)


def label_chances(shown: np.ndarray, classes: int, rate: float) -> np.ndarray:
    """Probability of each label given what is shown, (rows, classes)."""
    chances = np.full((len(shown), classes), rate / (classes - 1))
    chances[np.arange(len(shown)), shown] = 1 - rate
    return chances


def label_column(labels: np.ndarray, classes: int) -> np.ndarray:
    """Labels as a column (rows, 1): float32 for two classes, int32 ids for more."""
    return labels.astype(np.float32 if classes == 2 else np.int32)[:, None]


def label_map(column: np.ndarray) -> np.ndarray:
    """The picture's label at each place of a map: (rows, 1) -> (rows, places, places, 1)."""
    shape = (len(column), MAP_PLACES, MAP_PLACES, 1)
    return np.broadcast_to(column[:, None, None], shape).copy()


def draw_grades(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two features of three grades each that decide together and never alone.

    A row's grades are one of the six pairs whose sum is not 2; class 1 has the larger sums. Either
    grade by itself is certain at its ends and says nothing in the middle.

    Returns:
        First grade, second grade and class of each row, (rows,) each.
    """
    first, second = PAIRS[rng.integers(0, len(PAIRS), rows)].T
    return first, second, (first + second > GRADES - 1).astype(np.int64)


def chances_from_one(grade: np.ndarray, rate: float) -> np.ndarray:
    """Probability of each label for a reader of one grade alone, (rows, 2); `rate` of slips."""
    above = np.array([0.0, 0.5, 1.0])[grade]
    chance = above * (1 - rate) + (1 - above) * rate
    return np.stack([1 - chance, chance], axis=1)
