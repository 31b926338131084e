"""Runs that nobody trained, for tests that ask them questions."""

from __future__ import annotations

from pathlib import Path

from support import small_data, small_recipe

import zoo
from zoo.data.dataset import Dataset
from zoo.experiments import examples
from zoo.experiments.record import RunRecord
from zoo.experiments.runs import Run
from zoo.experiments.setup import assemble, data_record


def untrained(recipe: str | zoo.Recipe, folder: Path) -> tuple[Run, Dataset]:
    """A run of the recipe before its first step, and the small data that it would train on."""
    held = small_recipe(recipe) if isinstance(recipe, str) else recipe
    held = held.override({"engine": "fit"})
    data = small_data(held)
    made = assemble(held, data, print)
    made.model.optimizer.build(made.model.trainable_variables)
    record = RunRecord(
        status="finished",
        command="none",
        recipe=held,
        seed=0,
        data=data_record(data, data.fingerprint, made.splits),
        engine="fit",
        parameters=made.model.count_params(),
        metrics={"test": {"loss": 1.0}},
    )
    record.write(folder)
    examples.keep(folder, held, made.splits, data)
    return Run(folder, made.model, record), data
