"""A run of several workers: what the chief does alone, and what the others get from it."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.core.console import Reporter
from zoo.core.errors import TrainingError
from zoo.experiments.record import RunRecord, Upstream
from zoo.experiments.run import Run
from zoo.experiments.runs import RunContext
from zoo.training import engine

if TYPE_CHECKING:
    from zoo.data.dataset import Dataset
    from zoo.experiments.setup import TrainingSetup

Stacked = tuple["Dataset", Upstream | None]


def joined(context: RunContext) -> RunContext:
    """The context as this worker needs it: all but the chief are silent."""
    return context if context.chief else replace(context, console=Reporter(silent=True))


def scope(context: RunContext) -> AbstractContextManager[Any]:
    """Where a model is built that all workers train."""
    return nullcontext() if context.strategy is None else context.strategy.scope()


def engine_of(context: RunContext, wanted: str) -> str:
    """The engine: XLA cannot compile what workers send each other."""
    if context.strategy is None or wanted != "resident-xla":
        return wanted
    context.console.line("engine: resident, as XLA cannot compile what workers send each other")
    return "resident"


def stacked_once(context: RunContext, dataset: Dataset, make: Callable[[], Stacked]) -> Stacked:
    """The data with its stacked column, which the chief alone makes; the others get it."""
    if context.strategy is None:
        return make()
    from zoo.training.channel import Channel

    channel = Channel(context.strategy)
    if channel.chief:
        made, upstream = make()
        written = io.BytesIO()
        columns = {split: arrays["pred"] for split, arrays in made.splits.items()}
        np.savez(written, allow_pickle=False, **columns)
        channel.give(written.getvalue())
        return made, upstream
    with np.load(io.BytesIO(channel.give(None)), allow_pickle=False) as column:
        splits = {
            split: {**arrays, "pred": column[split]} for split, arrays in dataset.splits.items()
        }
    return replace(dataset, splits=splits), None


def run_of_all(context: RunContext, read: Callable[[], tuple[Path, RunRecord]]) -> Any:
    """The folder and the record of a run to go on with: the chief's, for all workers."""
    if context.strategy is None:
        return read()
    from zoo.training.channel import Channel

    channel = Channel(context.strategy)
    if not channel.chief:
        told = channel.say(None)
        if told["error"]:
            raise TrainingError(f"the chief has stopped: {told['error']}")
        return Path(told["folder"]), RunRecord.from_json(told["record"])
    try:
        folder, record = read()
    except Exception as error:
        channel.say({"error": str(error) or type(error).__name__})
        raise
    channel.say({"error": "", "folder": str(folder), "record": record.to_json()})
    return folder, record


def arguments(context: RunContext, setup: TrainingSetup) -> dict[str, Any]:
    """What `engine.fit` takes on every worker: the rows, and how they are trained on."""
    recipe, held = setup.recipe, None
    if setup.validation:
        held = (*setup.validation, setup.weights.get("validation"))
    x, y = setup.train
    return {
        "x": x,
        "y": y,
        "validation_data": held,
        "steps_per_epoch": recipe.steps_per_epoch or None,
        "batch_size": recipe.batch_size,
        "engine": setup.engine,
        "seed": context.seed,
        "validation_split": recipe.validation_split,
        "validation_freq": recipe.validation_freq,
        "sample_weight": setup.weights.get("train"),
        "class_weight": setup.class_weight,
        "verbose": 0,
    }


def follow(context: RunContext, setup: TrainingSetup, record: RunRecord, folder: Path) -> Run:
    """Train as the chief says, and write nothing."""
    engine.fit(setup.model, epochs=setup.recipe.epochs, **arguments(context, setup))
    return Run(folder, setup.model, record)
