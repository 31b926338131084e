"""Source `drawn`: pictures drawn from a seed, one task per dataset, in a second or two.

Every picture is drawn independently and belongs to one split. A share of the labels is wrong, as an
annotator's would be: that, and nothing else, limits the best possible score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from zoo.data.dataset import Arrays
from zoo.data.references import Scores, class_scores
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
        references: dict[str, dict[str, Scores]] = {"best possible": {}}
        parts = {"train": request.options["rows"], **HELD_OUT}
        for number, (split, part) in enumerate(parts.items()):
            # A separate stream for each split: more training rows leave the others unchanged.
            rng = np.random.default_rng([request.seed, 0xD2A3, number])
            columns, shown = draw(rng, part)
            label = slipped(rng, shown, len(classes))
            splits[split] = {**columns, **label_columns(label, len(classes), mapped)}
            truth[f"drawn_{split}"] = shown
            # Every wrong label is equally likely.
            best = np.full((part, len(classes)), SLIPS / (len(classes) - 1))
            best[np.arange(part), shown] = 1 - SLIPS
            references["best possible"][split] = class_scores("label", label, best)
            for reference, grade in (alone or {}).items():
                chance = chances_from_one(columns[grade].ravel())
                scores = class_scores("label", label, chance)
                references.setdefault(reference, {})[split] = scores
        return labeled(splits, classes, truth=truth, references=references)

    return Source("drawn", load, options={"rows": Whole(rows, 100, 100_000)})


def labeled(splits: Mapping[str, Arrays], classes: tuple[str, ...], **more: Any) -> Content:
    """The content of pictures with a label; of two classes the output is one number."""
    two = len(classes) == 2
    return Content(
        splits,
        sizes={"classes": 1 if two else len(classes)},
        labels={"label": classes},
        targets={"label": "binary" if two else "classes"},
        **more,
    )


def label_columns(labels: np.ndarray, classes: int, mapped: bool) -> dict[str, np.ndarray]:
    """Labels (rows,) as a column, float32 for two classes, int32 ids for more.

    With `mapped` also as `label_map`: the picture's label at each of a map's places.
    """
    column = labels.astype(np.float32 if classes == 2 else np.int32)[:, None]
    shape = (len(column), MAP_PLACES, MAP_PLACES, 1)
    places = np.broadcast_to(column[:, None, None], shape).copy()
    return {"label": column, "label_map": places} if mapped else {"label": column}


def slipped(rng: np.random.Generator, shown: np.ndarray, classes: int) -> np.ndarray:
    """Labels of what is shown, SLIPS of them wrong, each wrong one equally likely; (rows,)."""
    wrong = rng.random(len(shown)) < SLIPS
    return np.where(wrong, (shown + rng.integers(1, classes, len(shown))) % classes, shown)


def draw_grades(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two features of three grades each that decide together and never alone.

    A row's grades are one of the six pairs whose sum is not 2; class 1 has the larger sums. Either
    grade by itself is certain at its ends and says nothing in the middle.

    Returns:
        First grade, second grade and class of each row, (rows,) each.
    """
    first, second = PAIRS[rng.integers(0, len(PAIRS), rows)].T
    return first, second, (first + second > GRADES - 1).astype(np.int64)


def chances_from_one(grade: np.ndarray) -> np.ndarray:
    """Probability of each label for a reader of one grade alone, (rows, 2)."""
    above = np.array([0.0, 0.5, 1.0])[grade]
    chance = above * (1 - SLIPS) + (1 - above) * SLIPS
    return np.stack([1 - chance, chance], axis=1)
