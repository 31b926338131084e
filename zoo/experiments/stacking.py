"""Stacking: a finished model's prediction as an input column of the next one."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.core.errors import ZooError
from zoo.data import load as load_dataset
from zoo.experiments import run_folder
from zoo.experiments.feeding import known_rows
from zoo.experiments.runs import Run, load_run
from zoo.models.registry import spec
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import recipe as find_recipe
from zoo.training import engine

if TYPE_CHECKING:
    import keras

    from zoo.core.console import Reporter
    from zoo.data.dataset import Dataset


def with_prediction(
    dataset: Dataset, recipe: str, *, seed: int, logdir: Path, reporter: Reporter
) -> tuple[Dataset, dict[str, Any]]:
    """`dataset` with the column `pred` added, and which run it came from.

    The latest finished run of `recipe` with its own settings, this seed and the same source's
    very data serves; if there is none, one is trained first. Rows with a team that the run does
    not know get NaN.
    """
    wanted = find_recipe(recipe)
    source = load_dataset(wanted.dataset, source=dataset.source, **wanted.dataset_options)
    run = matching_run(wanted, source.fingerprint, seed, logdir)
    if run is None:
        from zoo.experiments.trainer import fit  # which itself stacks

        reporter.line(f"pred: training {recipe} first")
        run = fit(recipe, data=dataset.source, seed=seed, logdir=logdir, reporter=reporter)
    else:
        reporter.line(f"pred: from {run.folder}")
    origin = {"recipe": recipe, "run": run.folder.name, "data": source.fingerprint}
    return add_prediction(dataset, run.model, wanted), origin


def add_prediction(dataset: Dataset, model: keras.Model, wanted: Recipe) -> Dataset:
    """`dataset` with what `model`, trained by the recipe `wanted`, predicts as column `pred`.

    Rows with an id that is not known get NaN.
    """
    (target,) = wanted.loss
    ports = [port.name for port in spec(wanted.architecture).inputs]
    splits = {}
    for split, arrays in dataset.splits.items():
        known = known_rows(arrays, ports)
        pred = np.full((len(known), 1), np.nan, np.float32)
        if known.any():
            inputs = {port: arrays[port][known] for port in ports}
            pred[known] = engine.predict(model, inputs)[target]
        splits[split] = {**arrays, "pred": pred}
    return dataclasses.replace(dataset, splits=splits)


def matching_run(wanted: Recipe, fingerprint: str, seed: int, logdir: Path) -> Run | None:
    """The latest finished run of the very recipe, data and seed, if there is one."""
    for path in sorted((logdir / wanted.name).glob(f"*/{run_folder.RECORD}"), reverse=True):
        try:
            record = run_folder.read(path.parent)
            if (
                record.get("recipe") == wanted.to_dict()
                and record.get("seed") == seed
                and record.get("data", {}).get("fingerprint") == fingerprint
            ):
                return load_run(path.parent)
        except ZooError:
            continue  # a damaged or unfinished run is no reason not to train a new one
    return None
