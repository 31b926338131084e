"""What a training run needs before its first step: data, a compiled model, named arrays."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.console import Reporter
from zoo.core.errors import DataError
from zoo.data import load as load_dataset
from zoo.experiments.feeding import Split, build_for, feed
from zoo.experiments.record import DataRecord, Upstream
from zoo.experiments.runs import RunContext
from zoo.experiments.stacking import Train, stacked
from zoo.recipes.recipe import Recipe
from zoo.training import engine
from zoo.training.compile import compile_model

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset


@dataclass(frozen=True)
class TrainingSetup:
    """A recipe carried out as far as the first step.

    Attributes:
        recipe: How to train.
        dataset: The data, with the upstream model's column if the recipe stacks.
        fingerprint: The data's, as it was loaded.
        upstream: The run that the stacked column came from.
        model: Compiled.
        splits: Every split by the names of the model's inputs and outputs.
        train, validation: What the epochs run on; `train` holds both where the recipe splits.
        steps: Steps in an epoch.
        engine: How epochs are run.
    """

    recipe: Recipe
    dataset: Dataset
    fingerprint: str
    upstream: Upstream | None
    model: keras.Model
    splits: Mapping[str, Split]
    train: Split
    validation: Split | None
    steps: int
    engine: str


def prepare(
    context: RunContext, recipe: Recipe, source: str, train_first: Train, *, expected: str = ""
) -> TrainingSetup:
    """Load the data, seed everything, build and compile the model.

    Args:
        source: Of the recipe's dataset; not `auto`.
        train_first: Trains the recipe that a stacked one builds on, if no run of it is there.
        expected: The fingerprint that the data must have, if any.

    Raises:
        DataError: the data is missing, damaged, without training rows or not the expected one.
    """
    console, timer = context.console, context.timer
    with timer.phase("data"):
        dataset = load(recipe, source, console)
        fingerprint = dataset.fingerprint
        if expected and fingerprint != expected:
            raise DataError(
                f"{dataset.name} ({dataset.source}) is not the data that the run was trained "
                "on; train anew instead"
            )
        dataset, upstream = stacked(dataset, recipe, context, train_first)
    with timer.phase("tensorflow"):
        engine.set_seed(context.seed)
    with timer.phase("build"):
        made = assemble(recipe, dataset, console.line)
    return dataclasses.replace(made, fingerprint=fingerprint, upstream=upstream)


def assemble(recipe: Recipe, dataset: Dataset, say: Callable[[str], None]) -> TrainingSetup:
    """Build and compile the recipe's model on data that is loaded, with any stacked column.

    Raises:
        DataError: the data has no training rows.
    """
    model = build_for(recipe, dataset)
    splits = feed(recipe, dataset, model, say)
    if "train" not in splits:
        raise DataError(f"{dataset.name} ({dataset.source}) has no training rows")
    train, validation = splits["train"], splits.get("validation")
    if recipe.validation_split:
        train, validation = joined(train, validation), None
    used = int(rows(train) * (1 - recipe.validation_split))
    steps = max(1, -(-used // recipe.batch_size))
    compile_model(model, recipe, steps)
    chosen, why = engine.engine_for(recipe.engine, train)
    if why:
        say(f"note: engine {chosen} instead of {recipe.engine}: {why}")
    return TrainingSetup(
        recipe=recipe,
        dataset=dataset,
        fingerprint=dataset.fingerprint,
        upstream=None,
        model=model,
        splits=splits,
        train=train,
        validation=validation,
        steps=steps,
        engine=chosen,
    )


def load(recipe: Recipe, source: str, console: Reporter) -> Dataset:
    """The recipe's data; where it came from is the first line printed."""
    dataset = load_dataset(recipe.dataset, source=source, **recipe.dataset_options)
    console.line(dataset.origin)
    for note in dataset.notes:
        console.line(f"note: {note}")
    return dataset


def joined(train: Split, validation: Split | None) -> Split:
    """Training rows followed by validation rows, for recipes that split by themselves."""
    if validation is None:
        return train
    first, second = (
        {name: np.concatenate([part[name], other[name]]) for name in part}
        for part, other in zip(train, validation, strict=True)
    )
    return first, second


def rows(split: Split) -> int:
    """How many rows a split has."""
    return len(next(iter(split[1].values())))


def data_record(dataset: Dataset, fingerprint: str, splits: Mapping[str, Split]) -> DataRecord:
    """What run.json says of the data."""
    inputs, _ = splits["train"]
    return DataRecord(
        name=dataset.name,
        source=dataset.source,
        fingerprint=fingerprint,
        rows={split: rows(arrays) for split, arrays in splits.items()},
        sizes={name: int(size) for name, size in dataset.sizes.items()},
        inputs={name: array.shape[1:] for name, array in inputs.items()},
    )
