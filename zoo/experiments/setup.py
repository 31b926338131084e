"""What a training run needs before its first step: data, a compiled model, named arrays.

The data's columns become the model's inputs and targets as the recipe says; a recipe that stacks
gets a finished model's prediction as a column.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.console import Reporter, Timer
from zoo.core.errors import DataError, RecipeError, ZooError
from zoo.data import load as load_dataset
from zoo.data.registry import entry
from zoo.experiments import given, runs, suited, workers
from zoo.experiments.feeding import (
    Split,
    arguments_for,
    class_weights,
    decided_by,
    feed,
    known_rows,
    row_weights,
    tensors_of,
)
from zoo.experiments.record import DataRecord, RunRecord, Upstream
from zoo.experiments.runs import Run, RunContext
from zoo.models.registry import build, spec
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import recipe as find_recipe
from zoo.training import engine, inference
from zoo.training.compile import compile_model
from zoo.training.devices import dtype_policy, engine_for, use_threads
from zoo.training.metrics import check_on_rows

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset

Weights = dict[str, list[np.ndarray]]  # layer -> its weights
Train = Callable[[RunContext, Recipe, str], Run]  # of a recipe on a source of its data


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
        weights: Split -> weight of each row (rows,), where the recipe names a column of them.
        class_weight: Class id -> weight, where the recipe has any.
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
    weights: Mapping[str, np.ndarray]
    class_weight: Mapping[int, float] | None
    steps: int
    engine: str


def prepare(
    context: RunContext,
    recipe: Recipe,
    data: str | Dataset,
    train_first: Train,
    *,
    expected: str = "",
) -> TrainingSetup:
    """Load the data, seed everything, build and compile the model.

    Args:
        data: A source of the recipe's dataset, not `auto`; or what `given.dataset_of` made.
        train_first: Trains the recipe that a stacked one builds on, if no run of it is there.
        expected: The fingerprint that the data must have, if any.

    Raises:
        DataError: the data is missing, damaged, without training rows or not the expected one.
    """
    console, timer = context.console, context.timer
    with timer.phase("data"):
        with console.phase("loading the data"):
            # the ensemble has said where its members' data came from
            told = Reporter(silent=True) if context.part == runs.MEMBERS else console
            dataset = load(recipe, data, told)
        fingerprint, upstream = dataset.fingerprint, None
        borrowed: Weights = {}
        if expected and fingerprint != expected:
            raise DataError(
                f"{dataset.name} ({dataset.source}) is not the data that the run was trained "
                "on; start a new run instead"
            )
        if recipe.stacked_on:
            alone, plain = dataclasses.replace(context, strategy=None), dataset
            dataset, upstream = workers.stacked_once(
                context, plain, lambda: stacked(plain, recipe, alone, train_first, borrowed)
            )
    with context.phase("tensorflow", "loading TensorFlow"):
        use_threads(recipe.threads)
        engine.set_seed(context.seed)
    with context.phase("build", "building the model"), workers.scope(context):
        made = assemble(recipe, dataset, console.line)
        take_over(made.model, recipe, borrowed)
    used = workers.engine_of(context, made.engine)
    return dataclasses.replace(made, fingerprint=fingerprint, upstream=upstream, engine=used)


def assemble(recipe: Recipe, dataset: Dataset, say: Callable[[str], None]) -> TrainingSetup:
    """Build and compile the recipe's model on data that is loaded, with any stacked column.

    Raises:
        DataError: the data has no training rows.
        RecipeError: the recipe does not go with the data or the model.
    """
    suited.check_names(recipe)
    model = build_for(recipe, dataset)
    in_memory = dataset.source == given.MEMORY  # its columns are the model's tensors
    reader = dataclasses.replace(recipe, columns={}) if in_memory else recipe
    splits = feed(reader, dataset, model, say)
    for inputs, _ in splits.values() if in_memory else ():
        given.check_ids(model, inputs)
    if "train" not in splits:
        raise DataError(f"{dataset.name} ({dataset.source}) has no training rows")
    train, validation = splits["train"], splits.get("validation")
    suited.check_inputs(recipe, dataset, tensors_of(model), splits["train"])
    weights = row_weights(reader, dataset, tensors_of(model))
    if recipe.validation_split:
        train, validation = joined(train, validation), None
        parts = [weights[split] for split in ("train", "validation") if split in weights]
        weights = {**weights, "train": np.concatenate(parts)} if parts else {}
    used = int(rows(train) * (1 - recipe.validation_split))
    steps = max(1, -(-used // recipe.batch_size))
    if recipe.steps_per_epoch > steps:
        raise RecipeError(
            f"{recipe.name}: steps_per_epoch must be at most {steps:,}, which takes all "
            f"{used:,} training rows"
        )
    steps = recipe.steps_per_epoch or steps
    compile_model(model, recipe, steps)
    check_on_rows(model, recipe, train[1])
    suited.rehearse_report(recipe, model, dataset, splits)
    return TrainingSetup(
        recipe=recipe,
        dataset=dataset,
        fingerprint=dataset.fingerprint,
        upstream=None,
        model=model,
        splits=splits,
        train=train,
        validation=validation,
        weights=weights,
        class_weight=class_weights(recipe, dataset, train[1]),
        steps=steps,
        engine=engine_for(model, recipe.engine),
    )


def load(recipe: Recipe, data: str | Dataset, console: Reporter) -> Dataset:
    """The recipe's data; where it came from is the first line printed.

    Raises:
        DataError: a file is missing or damaged, or the rows of a run were given in memory.
    """
    if data == given.MEMORY:
        raise given.needed(recipe, "data=(inputs, targets) of zoo.evaluate or zoo.resume")
    if isinstance(data, str):
        dataset = load_dataset(recipe.dataset, source=data, **recipe.dataset_options)
    else:
        dataset = data
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
        names=dict(dataset.names),
    )


def build_for(recipe: Recipe, dataset: Dataset) -> keras.Model:
    """The recipe's model, with the sizes and columns that the data decides."""
    with dtype_policy(recipe.precision):
        return build(recipe.architecture, **arguments_for(recipe, decided_by(dataset)))


def stacked(
    dataset: Dataset,
    recipe: Recipe,
    context: RunContext,
    train_first: Train,
    borrowed: Weights | None = None,
) -> tuple[Dataset, Upstream | None]:
    """The data with the column `pred`, and the run that it came from, if the recipe stacks.

    The latest finished run of the recipe that it is stacked on, with its own settings, this seed
    and the same data, is used; if there is none, `train_first` makes one. Rows with a team that
    the run does not know get NaN. `borrowed` gets the weights of the run's layers, by name.
    """
    if not recipe.stacked_on:
        return dataset, None
    wanted = find_recipe(recipe.stacked_on).for_source(dataset.source)
    shared = entry(wanted.dataset).source(dataset.source).options
    options = {name: value for name, value in recipe.dataset_options.items() if name in shared}
    wanted = wanted.override({"dataset_options": {**wanted.dataset_options, **options}})
    data = load_dataset(wanted.dataset, source=dataset.source, **wanted.dataset_options)
    run = matching_run(wanted, data.fingerprint, context.seed, context.logdir)
    if run is None:
        context.console.line(f"pred: training {wanted.name} first")
        own = dataclasses.replace(context, profile=False, timer=Timer(), part=runs.UPSTREAM)
        run = train_first(own, wanted, dataset.source)
    else:
        context.console.line(f"pred: from {run.folder}")
    upstream = Upstream(wanted.name, run.folder.name, data.fingerprint)
    if borrowed is not None:
        borrowed |= {each.name: each.get_weights() for each in run.model.layers if each.weights}
    return add_prediction(dataset, run.model, wanted), upstream


def take_over(model: keras.Model, recipe: Recipe, borrowed: Weights) -> None:
    """Give frozen layers the weights of the layers of their names that the recipe is stacked on.

    Raises:
        RecipeError: there is no such layer, or its weights have other shapes.
    """
    for layer in model.layers if recipe.stacked_on else ():
        if not layer.weights or layer.trainable_weights:
            continue
        found = borrowed.get(layer.name, [])
        if [each.shape for each in found] != [tuple(each.shape) for each in layer.weights]:
            raise RecipeError(
                f"{recipe.name}: layer {layer.name!r} does not train, and {recipe.stacked_on} has "
                "no such layer of its shape to take weights from"
            )
        layer.set_weights(found)


def add_prediction(dataset: Dataset, model: keras.Model, wanted: Recipe) -> Dataset:
    """`dataset` with what `model`, trained by the recipe `wanted`, predicts as column `pred`.

    Rows with an id that is not known get NaN.

    Raises:
        RecipeError: `wanted` predicts more than one value, or reads a column that is not there.
    """
    if len(wanted.loss) != 1:
        raise RecipeError(f"cannot stack on {wanted.name}: it has {len(wanted.loss)} outputs")
    (target,) = wanted.loss
    inputs = [tensor.name for tensor in spec(wanted.architecture).inputs]
    splits, width = {}, model.outputs[0].shape[-1]
    for split, arrays in dataset.splits.items():
        for name in inputs:
            if name not in arrays:
                raise RecipeError(
                    f"cannot stack on {wanted.name}: it needs column {name!r}; {dataset.name} has "
                    f"{', '.join(arrays)}"
                )
        known = known_rows(arrays, inputs)
        pred = np.full((len(known), width), np.nan, np.float32)
        if known.any():
            rows = {name: arrays[name][known] for name in inputs}
            pred[known] = inference.predict(model, rows)[target]
        splits[split] = {**arrays, "pred": pred}
    return dataclasses.replace(dataset, splits=splits)


def matching_run(wanted: Recipe, fingerprint: str, seed: int, logdir: Path) -> Run | None:
    """The latest finished run of exactly this recipe, data and seed, if there is one."""
    for folder in runs.all_folders(logdir, wanted.name):
        try:
            record = RunRecord.read(folder)
            found = (record.recipe.to_dict(), record.seed, record.data.fingerprint)
            if found == (wanted.to_dict(), seed, fingerprint):
                return runs.load_run(folder)
        except ZooError:
            continue  # a run that is damaged or unfinished: a new one can be trained
    return None
