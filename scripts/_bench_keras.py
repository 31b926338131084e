"""Jobs for scripts/bench_training.py, and the peers that train with Keras: plain fit, the zoo.

    python scripts/_bench_keras.py prepare FOLDER RECIPE SECONDS
    python scripts/_bench_keras.py PEER FOLDER

The first writes a job (`_bench_worker.Job`) and the model, whose epoch of plain fit takes at most
so many seconds; the second is a worker.
"""

from __future__ import annotations

import functools
import json
import math
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from _bench_worker import Line
from _embedded import SILENT, in_turns, load, source
from tensorflow.python.framework import config as tf_config  # pyright: ignore[reportMissingImports]

import zoo
import zoo.training
from zoo._keras import keras, tf
from zoo.experiments.feeding import feed
from zoo.experiments.runs import RunContext
from zoo.experiments.setup import build_for, stacked
from zoo.experiments.trainer import train as train_first
from zoo.recipes.fields import ENGINES
from zoo.recipes.recipe import Recipe
from zoo.training import checkpoint, engine, inference
from zoo.training.callbacks import standard_callbacks
from zoo.training.compile import compile_model
from zoo.training.devices import use_threads

FIT, PIPELINE, FREE = "keras", "tf.data", "nondeterministic"  # the others are engines of the zoo
CHECKED = 64  # rows whose predictions a twin must repeat
MODEL = "model.keras"


class Turns(keras.callbacks.Callback):
    """Lets `fit` train an epoch whenever one is asked for.

    An epoch lasts from the request to the next epoch's end: what Keras does between two epochs
    is part of training. Its waits are what passes outside its steps, when the iterator over the
    rows is made and the last one torn down.
    """

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line

    def on_train_begin(self, logs: Any = None) -> None:
        self.line.tell(ready=True, version=keras.__version__)
        self._wait()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if self.first is None:
            self.first = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.last = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        loss = float(logs["loss"])
        ended = time.perf_counter()
        assert self.first
        waits = ended - self.begun - (self.last - self.first)
        self.line.tell(seconds=ended - self.begun, loss=loss, waits=waits)
        self._wait()

    def _wait(self) -> None:
        self.line.await_request()
        self.first: float | None = None
        self.begun = self.last = time.perf_counter()


def peers(recipe: Recipe, convolutions: bool) -> list[str]:
    """Who trains a recipe with Keras, its own engine first.

    XLA is left out for convolutions: its CPU code for them is an order of magnitude slower.
    """
    engines = [each for each in ENGINES if each != "fit" and not ("xla" in each and convolutions)]
    others = [each for each in engines if each != recipe.engine]
    return [recipe.engine, *others, FREE, FIT, PIPELINE]


def prepare(
    folder: Path,
    recipe: Recipe,
    *,
    seconds: float = math.inf,
    most: int | None = None,
    shuffle: bool = True,
) -> dict[str, Any]:
    """Write a job: the recipe's rows from the data that ships, and its model with new weights.

    Args:
        folder: An empty folder.
        recipe: As its data's source asks for.
        seconds: What an epoch of plain fit may take; rows beyond are left out.
        most: Rows, at most.
        shuffle: Whether each epoch takes the rows in an order of its own.

    Returns:
        The content of `job.json`.
    """
    with tempfile.TemporaryDirectory() as runs:
        data, _ = stacked(load(recipe), recipe, RunContext(Path(runs), SILENT), train_first)
    keras.utils.set_random_seed(0)
    model = build_for(recipe, data)
    inputs, targets = feed(recipe, data, model, SILENT.line)["train"]
    all_rows = len(next(iter(targets.values())))
    held = {"w/" + _name(each): keras.ops.convert_to_numpy(each).copy() for each in model.weights}
    model.save(folder / MODEL)
    few = {name: array[:CHECKED] for name, array in inputs.items()}
    expected = next(iter(inference.predict(model, few).values()))
    compile_model(model, recipe, 1)
    rows = min(all_rows, most or all_rows, _affordable(model, (inputs, targets), recipe, seconds))
    sides = {"x": inputs, "y": targets}
    for side, arrays in sides.items():
        held |= {f"{side}/{name}": _plain(array[:rows]) for name, array in arrays.items()}
    np.savez(folder / "arrays.npz", allow_pickle=False, expected=expected, **held)
    convolutions = any("Conv" in type(each).__name__ for each in model._flatten_layers())
    job = {
        "recipe": recipe.to_dict(),
        "sizes": {**zoo.spec(recipe.architecture).defaults, **data.sizes, **recipe.arguments},
        "inputs": [*inputs],
        "targets": [*targets],
        "rows": rows,
        "all_rows": all_rows,
        "steps": -(-rows // recipe.batch_size),
        "shuffle": shuffle,
        "parameters": sum(math.prod(each.shape) for each in model.trainable_variables),
        "peers": peers(recipe, convolutions),
        "resume_point": _resume_point(model, recipe),
    }
    (folder / "job.json").write_text(json.dumps(job, default=str), encoding="utf-8")
    return job


def _name(variable: Any) -> str:
    """`lstm/kernel`, of `lstm/lstm_cell/kernel` or `lstm/kernel`."""
    first, *_, last = variable.path.split("/")
    return f"{first}/{last}"


def _plain(array: np.ndarray) -> np.ndarray:
    """An array that a file holds without pickling: texts have a width."""
    return array.astype(str) if array.dtype.kind == "O" else array


def _affordable(model: Any, train: Any, recipe: Recipe, seconds: float) -> int:
    """So many rows that an epoch of plain fit takes so many seconds; the model is trained a bit."""
    size = recipe.batch_size
    few = 12 * size
    start = [
        inference.as_inputs({name: each[:few] for name, each in part.items()}) for part in train
    ]
    begun: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_train_batch_begin=lambda batch, logs: begun.append(time.perf_counter())
    )
    model.fit(*start, batch_size=size, epochs=2, verbose=0, callbacks=[clock])
    a_step = statistics.median(np.diff(begun))  # the first, which compiles, hardly counts
    return int(min(max(4.0, seconds / a_step) * size, 1e12))


def _resume_point(model: Any, recipe: Recipe) -> float:
    """Seconds that it takes to write a resume point."""
    with tempfile.TemporaryDirectory() as folder:
        off = {"early_stopping": 0, "reduce_lr": 0}  # they have no state before training
        callbacks = standard_callbacks(recipe.override(off), Path(folder))
        save = functools.partial(checkpoint.save, Path(folder), 1, model, callbacks)
        return statistics.median(in_turns([save], rounds=5)[0])


def work(peer: str, folder: Path, line: Line) -> None:
    """Train as `peer` does until the driver hangs up."""
    job = json.loads((folder / "job.json").read_text())
    recipe, rows = Recipe.from_dict(job["recipe"]), job["rows"]
    if peer not in (FIT, PIPELINE):
        use_threads(recipe.threads)
        engine.set_seed(0)  # as `zoo train` does: operations are deterministic
    if peer == FREE:
        tf_config.disable_op_determinism()
    x, y = _arrays(folder, job)
    model = keras.models.load_model(folder / MODEL, compile=False)
    compile_model(model, recipe, job["steps"])
    given: dict[str, Any] = {"epochs": 10**6, "verbose": 0, "callbacks": [Turns(line)]}
    if peer == PIPELINE:
        model.steps_per_execution = job["steps"]
        batches = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(rows).batch(recipe.batch_size)
        model.fit(batches.prefetch(tf.data.AUTOTUNE), **given)
        return
    given |= {"batch_size": recipe.batch_size, "shuffle": job["shuffle"]}
    if peer == FIT:
        model.fit(x, y, **given)
    else:
        zoo.training.fit(model, x, y, engine=recipe.engine if peer == FREE else peer, **given)


def _arrays(folder: Path, job: dict[str, Any]) -> list[Any]:
    """Inputs and targets of a job as Keras takes them."""
    with np.load(folder / "arrays.npz") as held:
        return [
            inference.as_inputs({name: held[f"{side}/{name}"] for name in job[names]})
            for side, names in (("x", "inputs"), ("y", "targets"))
        ]


if __name__ == "__main__":
    task, place, *more = sys.argv[1:]
    if task == "prepare":
        wanted = zoo.recipe(more[0])
        wanted = wanted.for_source(source(wanted))
        prepare(Path(place), wanted, seconds=float(more[1]))
    else:
        work(task, Path(place), Line())
