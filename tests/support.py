"""Example inputs for any model, for tests that run over the whole registry."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import pytest

import zoo
from zoo.core.console import Reporter
from zoo.data.registry import entry
from zoo.experiments.runs import Run
from zoo.models.abstract_build import abstract_build
from zoo.training.checkpoint import StopRequest

# Seconds to build, 60 layers or more each.
LARGE = {*zoo.list_models(concept="application"), "inception_network", "residual_network"}

# Recipes that need no run of another one.
FED = [name for name in zoo.list_recipes() if not zoo.recipe(name).stacked_on]

# Length given to an axis that may vary; the pools of `posts` need this much text.
LENGTHS = {"posts": 300}
DEFAULT_LENGTH = 12


def history(run: Run) -> list[dict[str, str]]:
    """The rows of the run's history.csv, one for each epoch."""
    with (run.folder / "history.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def slow(*values: Any) -> Any:
    """A parameter set of the slow tests."""
    return pytest.param(*values, marks=pytest.mark.slow)


def few_fast(values: Iterable[Any], *fast: Any) -> list[Any]:
    """Parameters of which all but the fast ones are slow tests."""
    return [value if value in fast else slow(value) for value in values]


def slow_if_large(name: str, *others: Any) -> Any:
    """A parameter set that begins with an architecture's name."""
    return slow(name, *others) if name in LARGE else pytest.param(name, *others)


def example_inputs(
    model: Any, rows: int, *, seed: int = 0, length: int = DEFAULT_LENGTH, ids: int = 2
) -> dict[str, np.ndarray]:
    """Random inputs by name; integers are 0 or 1, which every vocabulary has, or below `ids`."""
    rng = np.random.default_rng(seed)
    inputs = {}
    for tensor in model.inputs:
        shape = (rows, *(length if size is None else size for size in tensor.shape[1:]))
        if str(tensor.dtype).startswith("int"):
            inputs[tensor.name] = rng.integers(0, ids, shape).astype(str(tensor.dtype))
        else:
            inputs[tensor.name] = rng.normal(size=shape).astype("float32")
    return inputs


def length_for(name: str) -> int:
    """A length that architecture `name` can take on its variable axes."""
    return LENGTHS.get(name, DEFAULT_LENGTH)


def tiny(name: str, **arguments: Any) -> Any:
    """The architecture at its small size."""
    return zoo.build(name, **{**zoo.spec(name).tiny, **arguments})


@cache
def tiny_once(name: str) -> Any:
    """The architecture at its small size, built once for the tests that leave it as it is."""
    return tiny(name)


@cache
def abstract(name: str, variant: str = "") -> Any:
    """The architecture without memory for weights, at its default size or as a variant."""
    arguments = zoo.spec(name).variants[variant].arguments if variant else {}
    with abstract_build():
        return zoo.build(name, **arguments)


def fed(inputs: dict[str, np.ndarray]) -> Any:
    """Inputs by name, or alone where there is one: Keras warns of a mapping of one."""
    return inputs if len(inputs) > 1 else next(iter(inputs.values()))


def outputs_of(model: Any, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    """The model's outputs in order, in evaluation mode."""
    outputs = model(fed(inputs), training=False)
    listed = outputs if isinstance(outputs, list | tuple) else [outputs]
    return [np.asarray(output, dtype="float32") for output in listed]


# A run of a basketball recipe in a third of the time: XLA takes seconds to compile.
QUICK_RUN: dict[str, Any] = {
    "data": "league",
    "reporter": Reporter(silent=True),
    "engine": "fit",
    "dataset_options.seasons": 4,
}


# Fewer of the same blocks: a deep network takes a minute to trace.
SHALLOW: dict[str, dict[str, Any]] = {
    "inception_network": {"arguments.modules": ("3a",)},
    "residual_network": {"arguments.filters": (16,)},
    "siamese_xception": {"arguments.blocks": 2},
}


def small_recipe(name: str) -> zoo.Recipe:
    """The recipe, its network shallow where the default one is deep."""
    return zoo.recipe(name).override(SHALLOW.get(name, {}))


@contextmanager
def asked_to_stop_in_the_third_epoch() -> Iterator[pytest.MonkeyPatch]:
    """A training in the block gets what Ctrl-C sends; yields what takes further patches."""

    def ask(self: StopRequest, epoch: int, logs: Any = None) -> None:
        if epoch == 2:
            self.ask()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StopRequest, "on_epoch_begin", ask)
        yield patched


SMALL = {"rows": 1_400, "seasons": 4}  # options of generated data: quick to make, all splits filled


def small_data(recipe: zoo.Recipe) -> Any:
    """The recipe's generated data, with as few rows as its splits need.

    A stacked recipe's column of predictions is there too; what it holds does not matter.
    """
    source = entry(recipe.dataset).sources[-1]
    small = {name: size for name, size in SMALL.items() if name in source.options}
    data = zoo.load_data(recipe.dataset, source=source.name, **{**recipe.dataset_options, **small})
    if recipe.stacked_on:
        splits = {
            split: {**arrays, "pred": np.ones((len(next(iter(arrays.values()))), 1), np.float32)}
            for split, arrays in data.splits.items()
        }
        data = dataclasses.replace(data, splits=splits)
    return data


def checksum(model: Any) -> str:
    """Sha256 of all weights."""
    found = hashlib.sha256()
    for weight in model.get_weights():
        found.update(np.ascontiguousarray(weight).tobytes())
    return found.hexdigest()
