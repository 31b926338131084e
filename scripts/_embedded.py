"""Training on the data that ships, in silence, for the scripts that compare variants."""

from __future__ import annotations

import logging
import tempfile
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


def train(recipe: str, seed: int, **changes: Any) -> Run:
    """Train without a baseline and leave nothing behind."""
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


def quiet() -> None:
    """Keep TensorFlow from warning of retracing: every variant is a model with its own graph."""
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
