"""Stacking: a finished model's prediction as an input column of the next one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.console import Timer
from zoo.core.errors import ZooError
from zoo.data import load as load_dataset
from zoo.experiments import runs
from zoo.experiments.feeding import known_rows
from zoo.experiments.record import RunRecord, Upstream
from zoo.experiments.runs import Run, RunContext
from zoo.models.registry import spec
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import recipe as find_recipe
from zoo.training import engine

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset

Train = Callable[[RunContext, Recipe, str], Run]  # of a recipe on a source of its data


def stacked(
    dataset: Dataset, recipe: Recipe, context: RunContext, train_first: Train
) -> tuple[Dataset, Upstream | None]:
    """The data with the column `pred`, and the run that it came from, if the recipe stacks.

    The latest finished run of the recipe that it is stacked on, with its own settings, this seed
    and the same data, is used; if there is none, `train_first` makes one. Rows with a team that
    the run does not know get NaN.
    """
    if not recipe.stacked_on:
        return dataset, None
    wanted = find_recipe(recipe.stacked_on).for_source(dataset.source)
    data = load_dataset(wanted.dataset, source=dataset.source, **wanted.dataset_options)
    run = matching_run(wanted, data.fingerprint, context.seed, context.logdir)
    if run is None:
        context.console.line(f"pred: training {wanted.name} first")
        own = dataclasses.replace(context, profile=False, timer=Timer())
        run = train_first(own, wanted, dataset.source)
    else:
        context.console.line(f"pred: from {run.folder}")
    upstream = Upstream(wanted.name, run.folder.name, data.fingerprint)
    return add_prediction(dataset, run.model, wanted), upstream


def add_prediction(dataset: Dataset, model: keras.Model, wanted: Recipe) -> Dataset:
    """`dataset` with what `model`, trained by the recipe `wanted`, predicts as column `pred`.

    Rows with an id that is not known get NaN.
    """
    (target,) = wanted.loss
    inputs = [tensor.name for tensor in spec(wanted.architecture).inputs]
    splits = {}
    for split, arrays in dataset.splits.items():
        known = known_rows(arrays, inputs)
        pred = np.full((len(known), 1), np.nan, np.float32)
        if known.any():
            rows = {name: arrays[name][known] for name in inputs}
            pred[known] = engine.predict(model, rows)[target]
        splits[split] = {**arrays, "pred": pred}
    return dataclasses.replace(dataset, splits=splits)


def matching_run(wanted: Recipe, fingerprint: str, seed: int, logdir: Path) -> Run | None:
    """The latest finished run of exactly this recipe, data and seed, if there is one."""
    for folder in runs.folders(logdir / wanted.name):
        try:
            record = RunRecord.read(folder)
            found = (record.recipe.to_dict(), record.seed, record.data.fingerprint)
            if found == (wanted.to_dict(), seed, fingerprint):
                return runs.load_run(folder)
        except ZooError:
            continue  # a run that is damaged or unfinished: a new one can be trained
    return None
