"""Training on the data that ships, in silence, for the scripts that compare variants."""

from __future__ import annotations

import logging
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import zoo
from zoo.core.console import Reporter
from zoo.data.dataset import Dataset
from zoo.data.registry import sources
from zoo.experiments.runs import Run
from zoo.recipes.recipe import Recipe

SILENT = Reporter(silent=True)


def source(recipe: str | Recipe) -> str:
    """The source of a recipe's data that ships with the zoo."""
    return sources(zoo.recipe(recipe).dataset if isinstance(recipe, str) else recipe.dataset)[-1]


def load(recipe: Recipe) -> Dataset:
    """The recipe's data, from the source that ships."""
    return zoo.load_data(recipe.dataset, source=source(recipe), **recipe.dataset_options)


def train(recipe: str | Recipe, seed: int, **changes: Any) -> Run:
    """Train without a baseline and without a run folder."""
    changes = {"baseline": "", **changes}
    with tempfile.TemporaryDirectory() as folder:
        return zoo.fit(
            recipe,
            data=source(recipe),
            seed=seed,
            logdir=Path(folder),
            reporter=SILENT,
            **changes,
        )


def in_turns(
    calls: Sequence[Callable[[], object]], rounds: int, budget: float = math.inf
) -> list[list[float]]:
    """Seconds of every call, in rounds, so that other work here affects all of them equally.

    Each round begins with another call; none begins after `budget` seconds.
    """
    times: list[list[float]] = [[] for _ in calls]
    begun = time.perf_counter()
    for first in range(rounds):
        for at in range(len(calls)):
            which = (first + at) % len(calls)
            start = time.perf_counter()
            calls[which]()
            times[which].append(time.perf_counter() - start)
        if time.perf_counter() - begun > budget:
            break
    return times


def quiet() -> None:
    """Keep TensorFlow from warning of retracing: every variant is a model with its own graph."""
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
