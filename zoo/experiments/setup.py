"""What a training run needs before its first step: data, a compiled model, named arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.core.console import Reporter
from zoo.core.errors import DataError
from zoo.core.timer import Timer
from zoo.data import load as load_dataset
from zoo.experiments.feeding import Split, build_for, ported
from zoo.experiments.stacking import with_prediction
from zoo.recipes.recipe import Recipe
from zoo.training import engine

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset


@dataclass(frozen=True)
class TrainingSetup:
    """A recipe carried out as far as the first step.

    Attributes:
        recipe: How to train.
        seed: Seed of the weights and of the order of the rows.
        dataset: The data, with the upstream model's column if the recipe stacks.
        fingerprint: The data's, as it was loaded.
        upstream: The run that the stacked column came from.
        model: Compiled.
        splits: Every split by port name.
        train, validation: What the epochs run on; `train` holds both where the recipe splits.
        steps: Steps in an epoch.
        engine: How epochs are run.
    """

    recipe: Recipe
    seed: int
    dataset: Dataset
    fingerprint: str
    upstream: dict[str, Any] | None
    model: keras.Model
    splits: Mapping[str, Split]
    train: Split
    validation: Split | None
    steps: int
    engine: str


def prepare(
    recipe: Recipe,
    data: str,
    seed: int,
    *,
    logdir: Path,
    reporter: Reporter,
    timer: Timer,
    expected: str = "",
) -> TrainingSetup:
    """Load the data, seed everything, build and compile the model.

    Args:
        expected: The fingerprint that the data must have, if any.

    Raises:
        DataError: the data is missing, damaged, without training rows or not the expected one.
    """
    with timer.phase("data"):
        dataset = load(recipe, data, reporter)
        fingerprint = dataset.fingerprint
        if expected and fingerprint != expected:
            raise DataError(
                f"{dataset.name} ({dataset.source}) is not the data that the run was trained "
                "on; train anew instead"
            )
        dataset, upstream = stacked(dataset, recipe, seed, logdir, reporter)
    with timer.phase("tensorflow"):
        from zoo.training.determinism import set_seed

        set_seed(seed)
    with timer.phase("build"):
        model = build_for(recipe, dataset)
        splits = ported(recipe, dataset, model, reporter.line)
        if "train" not in splits:
            raise DataError(f"{dataset.name} ({dataset.source}) has no training rows")
        train, validation = splits["train"], splits.get("validation")
        if recipe.validation_split:
            train, validation = joined(train, validation), None
        steps = _compiled(model, recipe, train)
        engine_name, why = engine.engine_for(recipe.engine, train)
        if why:
            reporter.line(f"note: engine {engine_name} instead of {recipe.engine}: {why}")
    return TrainingSetup(
        recipe,
        seed,
        dataset,
        fingerprint,
        upstream,
        model,
        splits,
        train,
        validation,
        steps,
        engine_name,
    )


def load(recipe: Recipe, data: str, reporter: Reporter) -> Dataset:
    """The recipe's data; where it came from is the first line printed."""
    dataset = load_dataset(recipe.dataset, source=data, **recipe.dataset_options)
    reporter.line(dataset.origin)
    for note in dataset.notes:
        reporter.line(f"note: {note}")
    return dataset


def stacked(
    dataset: Dataset, recipe: Recipe, seed: int, logdir: Path, reporter: Reporter
) -> tuple[Dataset, dict[str, Any] | None]:
    """The data with the column `pred`, and the run that it came from, if the recipe stacks."""
    if not recipe.stacked_on:
        return dataset, None
    return with_prediction(dataset, recipe.stacked_on, seed=seed, logdir=logdir, reporter=reporter)


def _compiled(model: keras.Model, recipe: Recipe, train: Split) -> int:
    """Compile the model; the number of steps in an epoch."""
    from zoo.training.compile import compile_model

    used = int(rows(train) * (1 - recipe.validation_split))
    steps = max(1, -(-used // recipe.batch_size))
    compile_model(model, recipe, steps)
    return steps


def joined(train: Split, validation: Split | None) -> Split:
    """Training rows followed by validation rows, for recipes that split by themselves."""
    if validation is None:
        return train
    first, second = (
        {port: np.concatenate([part[port], other[port]]) for port in part}
        for part, other in zip(train, validation, strict=True)
    )
    return first, second


def rows(split: Split) -> int:
    """How many rows a split has."""
    return len(next(iter(split[1].values())))


def as_record(dataset: Dataset, fingerprint: str, splits: Mapping[str, Split]) -> dict[str, Any]:
    """What run.json says of the data; `inputs` gives the shape of a row of each input."""
    inputs, _ = splits["train"]
    return {
        "name": dataset.name,
        "source": dataset.source,
        "fingerprint": fingerprint,
        "rows": {split: rows(arrays) for split, arrays in splits.items()},
        "sizes": dict(dataset.sizes),
        "inputs": {port: list(array.shape[1:]) for port, array in inputs.items()},
    }
