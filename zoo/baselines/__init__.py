"""Classical models to compare with: each is fitted on the training split and scored on all.

A baseline sees the arrays that the model sees and reports the model's own metrics under the same
names, so that a table can put them side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from zoo.baselines import features
from zoo.baselines.boosting import gradient_boosting
from zoo.baselines.estimators import (
    NEIGHBORS,
    Scores,
    Splits,
    Task,
    fit_and_score,
    linear,
    nearest_neighbor,
    random_forest,
    ridge_strengths,
)
from zoo.baselines.ngrams import character_ngrams
from zoo.core.registry import Registry

# what fits it; gives a title, and split -> metric -> value
BASELINES: Registry[Callable[[Task], tuple[str, Scores]]] = Registry("baseline")
BASELINES.add("character_ngrams", character_ngrams)
BASELINES.add("gradient_boosting", gradient_boosting)
BASELINES.add("linear", lambda task: fit_and_score(linear, features.numbers(task), task))
BASELINES.add("nearest_neighbor", lambda task: _nearest(task))
BASELINES.add("nearest_neighbor_by_step", lambda task: _by_step("nearest_neighbor", task))
BASELINES.add(
    "pair_difference",
    lambda task: fit_and_score(
        linear, features.pair_differences(task), task, "difference of averages and {}"
    ),
)
BASELINES.add(
    "pooled_forest",
    lambda task: fit_and_score(random_forest, features.summaries(task), task, "{} on summaries"),
)
BASELINES.add(
    "random_forest", lambda task: fit_and_score(random_forest, features.numbers(task), task)
)
BASELINES.add("ridge_strengths", ridge_strengths)
BASELINES.add(
    "tfidf_linear",
    lambda task: fit_and_score(linear, features.tfidf(task), task, "TF-IDF and {}"),
)
BASELINES.keep()


def score(
    name: str,
    splits: Splits,
    losses: Mapping[str, str],
    metrics: Mapping[str, tuple[str, ...]],
) -> tuple[str, Scores]:
    """Fit the baseline `name` on `splits["train"]`; its title, and its metrics on each split.

    Args:
        splits: Split -> inputs and targets by name.
        losses: Output -> Keras loss name; a cross-entropy makes it a classification.
        metrics: Output -> metric names, as in the recipe.

    Raises:
        UnknownNameError: no such baseline.
    """
    return BASELINES.get(name)(Task(splits, losses, metrics))


def _nearest(task: Task) -> tuple[str, Scores]:
    """As many neighbors as there are, where the rows are very few."""
    found = features.numbers(task)
    neighbors = min(NEIGHBORS, len(found["train"]))
    return fit_and_score(partial(nearest_neighbor, neighbors=neighbors), found, task)


def _by_step(name: str, task: Task) -> tuple[str, Scores]:
    """A baseline for a class at every time step, each step a separate row."""
    title, scores = BASELINES.get(name)(features.by_step(task))
    return f"{title} by step", scores
