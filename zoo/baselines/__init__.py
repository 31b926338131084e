"""Classical models to stand beside: each is fitted on the training split and scored on all.

A baseline sees the arrays that the model sees and reports the model's own metrics, by the same
names, so that a table can set them side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from zoo.core.errors import UnknownNameError

if TYPE_CHECKING:
    from zoo.baselines.scoring import Scores, Splits

# name -> module of this package; its `score` does the work
BASELINES = {
    "linear": "columns",
    "nearest_neighbor": "columns",
    "nearest_neighbor_by_step": "steps",
    "pair_difference": "pairs",
    "pooled_forest": "pooled",
    "random_forest": "columns",
    "ridge_strengths": "strengths",
    "tfidf_linear": "words",
}


def score(
    name: str,
    splits: Splits,
    losses: Mapping[str, str],
    metrics: Mapping[str, tuple[str, ...]],
) -> tuple[str, Scores]:
    """Fit the baseline `name` on `splits["train"]`; what it is, and its metrics on each split.

    Args:
        splits: Split -> inputs and targets by port.
        losses: Output port -> Keras loss name; a cross-entropy makes it a classification.
        metrics: Output port -> metric names, as in the recipe.

    Raises:
        UnknownNameError: no such baseline.
    """
    if name not in BASELINES:
        raise UnknownNameError("baseline", name, BASELINES)
    module = import_module(f"zoo.baselines.{BASELINES[name]}")
    return module.score(name, splits, losses, metrics)
