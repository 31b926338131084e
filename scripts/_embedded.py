"""Training on the data that ships, in silence, for the scripts that compare variants."""

from __future__ import annotations

import hashlib
import logging
import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import zoo
from zoo._keras import keras
from zoo.core.console import Reporter
from zoo.data.dataset import Dataset
from zoo.data.registry import sources
from zoo.experiments.feeding import feed
from zoo.experiments.runs import Run
from zoo.experiments.setup import rows
from zoo.recipes import shipped_weights
from zoo.recipes.recipe import Recipe
from zoo.training import engine, inference
from zoo.training.compile import compile_model

SILENT = Reporter(silent=True)


def source(recipe: str | Recipe) -> str:
    """The source of a recipe's data that ships with the zoo."""
    return sources(zoo.recipe(recipe).dataset if isinstance(recipe, str) else recipe.dataset)[-1]


def load(recipe: Recipe) -> Dataset:
    """The recipe's data, from the source that ships."""
    return zoo.load_data(recipe.dataset, source=source(recipe), **recipe.dataset_options)


def state(name: str, changes: object) -> str:
    """A short hash of what scores on the data that ships depend on: recipe, changes and data."""
    recipe = zoo.recipe(name).for_source(source(name))
    text = f"{shipped_weights.fingerprint(recipe)} {load(recipe).fingerprint} {changes}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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


Splits = Mapping[str, tuple[dict[str, np.ndarray], dict[str, np.ndarray]]]  # inputs, targets


def compiled(
    recipe: Recipe, build: Callable[[Dataset], keras.Model], seed: int
) -> tuple[keras.Model, Splits]:
    """A network and the rows of a recipe whose data, loss and optimizer it takes.

    Args:
        recipe: Its architecture is not built.
        build: Makes the network, whose tensors are named as the architecture's.
    """
    data = load(recipe)
    engine.set_seed(seed)
    model = build(data)
    splits = feed(recipe, data, model, SILENT.line)
    compile_model(model, recipe, -(-rows(splits["train"]) // recipe.batch_size))
    return model, splits


def run_epochs(recipe: Recipe, model: keras.Model, splits: Splits, seed: int) -> None:
    """Train a compiled network for the recipe's epochs."""
    engine.fit(
        model,
        *splits["train"],
        batch_size=recipe.batch_size,
        epochs=recipe.epochs,
        verbose=0,
        engine=recipe.engine,
        seed=seed,
    )


def fitted(
    recipe: Recipe, build: Callable[[Dataset], keras.Model], seed: int
) -> dict[str, dict[str, float]]:
    """Train a network as a recipe trains its own; loss and metrics by split."""
    model, splits = compiled(recipe, build, seed)
    run_epochs(recipe, model, splits, seed)
    return {split: inference.evaluate(model, *arrays) for split, arrays in splits.items()}


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
