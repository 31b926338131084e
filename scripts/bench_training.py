"""Seconds per training epoch of every recipe, by engine, as ratios within one run.

    python scripts/bench_training.py [--budget 20] [--torch] [--missing] [RECIPE...]
    python scripts/bench_training.py --check

For each recipe, in a process of its own, the same model on the same rows is trained by

- `keras`: plain `model.fit` on arrays, as the documents print it;
- `tf.data`: `fit` on a shuffled, prefetched pipeline with steps_per_execution = all steps;
- `resident`, `resident-xla`: the zoo's engines (`zoo.training.engine`);
- `free`: `resident` with deterministic operations off, which the others have on;
- `torch`: its twin in scripts/torch_twins.py, for eight recipes, if `--torch` asks for it.

They take turns, an epoch each, so that other work on the machine slows all of them equally;
the first epoch, which compiles, does not count. Callbacks run, validation does not. Long epochs
are cut to fewer rows, the same for all. XLA is left out where the model has convolutions: its
CPU code for them is an order of magnitude slower.

The numbers go to results/speed.csv, the tables to docs/speed.md, which also shows what
scripts/results.py measured of whole runs: start-up, time to the expected score, memory.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from _embedded import SILENT, in_turns, load
from _page import Results, Script, fill
from _speed_page import blocks

import zoo
from zoo.core.errors import ZooError

FREE = "free"
EPOCH = 2.0  # seconds that an epoch of plain fit may take before rows are left out
ROUNDS = (4, 25)  # epochs measured, least and most


class Turn:
    """One variant, in a thread of its own: it waits for its turn, trains an epoch, gives way.

    `train` calls `begin` before an epoch and `end`, which says whether to stop, after it. Should
    it fail, all its turns are done at once.
    """

    def __init__(self, name: str, train: Callable[[Turn], None]) -> None:
        self.name = name
        self.train = train
        self.seconds: list[float] = []
        self.last = False
        self.error = ""
        self._go, self._done = threading.Semaphore(0), threading.Semaphore(0)
        threading.Thread(target=self._work, daemon=True).start()

    def take(self) -> None:
        """Let the variant train one epoch."""
        _make_deterministic(self.name != FREE)
        self._go.release()
        self._done.acquire()

    def begin(self) -> None:
        self._go.acquire()
        self._begun = time.perf_counter()

    def end(self) -> bool:
        self.seconds.append(time.perf_counter() - self._begun)
        last = self.last  # the next turn may begin as soon as this one is done
        self._done.release()
        return last

    def _work(self) -> None:
        try:
            self.train(self)
        except Exception as error:
            self.error = f"{type(error).__name__}: {error}"
            self._done.release(10**4)


def _make_deterministic(on: bool) -> None:
    """Operations look the setting up when they run; Keras offers no way of turning it off."""
    from tensorflow.python.framework import config

    config.enable_op_determinism() if on else config.disable_op_determinism()


def measured(name: str, budget: float, with_torch: bool) -> dict[str, Any]:
    """Median seconds per epoch of each variant, and what was measured beside them."""
    from zoo.experiments.feeding import feed
    from zoo.experiments.runs import RunContext
    from zoo.experiments.setup import build_for, stacked
    from zoo.experiments.trainer import train as train_first
    from zoo.training.compile import compile_model
    from zoo.training.engine import set_seed

    recipe = zoo.recipe(name).override({"early_stopping": 0, "reduce_lr": 0})
    with tempfile.TemporaryDirectory() as folder:
        data, _ = stacked(load(recipe), recipe, RunContext(Path(folder), SILENT), train_first)
    set_seed(0)

    def compiled(rows: int) -> Any:
        model = build_for(recipe, data)
        compile_model(model, recipe, max(1, rows // recipe.batch_size))
        return model

    model = compiled(1)
    train = feed(recipe, data, model, SILENT.line)["train"]
    rows = len(next(iter(train[1].values())))
    used = _affordable(model, train, recipe.batch_size)
    inputs, targets = ({name: array[:used] for name, array in part.items()} for part in train)
    train = inputs, targets
    convolves = any("Conv" in type(each).__name__ for each in model._flatten_layers())
    variants = ["keras", "tf.data", "resident", FREE]
    if not convolves:
        variants.append("resident-xla")
    with tempfile.TemporaryDirectory() as folder:
        turns = {}
        for variant in variants:
            place = Path(folder) / variant
            place.mkdir()
            trainer = _trainer(variant, compiled(used), train, recipe, place)
            turns[variant] = Turn(variant, trainer)
        if with_torch:
            import torch_twins

            if name in torch_twins.TWINS:
                sizes = {**zoo.spec(recipe.architecture).defaults, **data.sizes, **recipe.arguments}
                turns["torch"] = Turn("torch", _torch_trainer(sizes, model, train, recipe))
        _run(list(turns.values()), budget)
        resume_point = _resume_point(model, recipe, Path(folder))
    return {
        "recipe": name,
        "rows": used,
        "all_rows": rows,
        "batch_size": recipe.batch_size,
        "convolutions": convolves,
        **{variant: statistics.median(turn.seconds[1:]) for variant, turn in turns.items()},
        "resume_point": resume_point,
    }


def _affordable(model: Any, train: Any, batch_size: int) -> int:
    """So many rows that an epoch of plain fit takes EPOCH seconds, or all of them."""
    from zoo.training.engine import as_inputs

    rows = len(next(iter(train[1].values())))
    few = min(rows, 4 * batch_size)
    start = [as_inputs({port: array[:few] for port, array in part.items()}) for part in train]
    ((_, seconds),) = in_turns([lambda: model.fit(*start, batch_size=batch_size, verbose=0)], 2)
    a_step = seconds / -(-few // batch_size)
    steps = max(4, int(EPOCH / a_step))
    return min(rows, steps * batch_size)


def _run(turns: list[Turn], budget: float) -> None:
    """Epoch by epoch, each variant in turn, for about `budget` seconds after compiling."""
    a_round = 0.0
    for _ in range(2):  # the first one compiles
        a_round = sum(times[0] for times in in_turns([turn.take for turn in turns], 1))
    rounds = int(np.clip(budget / a_round, *ROUNDS))
    in_turns([turn.take for turn in turns], rounds - 2)
    for turn in turns:
        turn.last = True
        turn.take()
        if turn.error:
            raise RuntimeError(f"{turn.name}: {turn.error}")


def _trainer(
    variant: str, model: Any, train: Any, recipe: Any, folder: Path
) -> Callable[[Turn], None]:
    """What a variant does in its thread: train until told that an epoch is the last."""
    from zoo._keras import keras, tf
    from zoo.training import engine
    from zoo.training.callbacks import standard_callbacks

    inputs, targets = train
    rows, size = len(next(iter(targets.values()))), recipe.batch_size
    arrays = engine.as_inputs(inputs), engine.as_inputs(targets)

    def work(turn: Turn) -> None:
        waiting = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: turn.begin() if epoch else None,
            on_epoch_end=lambda epoch, logs: setattr(model, "stop_training", turn.end()),
        )
        callbacks = [*standard_callbacks(recipe, folder), waiting]
        endless: dict[str, Any] = {"epochs": 10**6, "callbacks": callbacks}
        turn.begin()  # the first epoch counts from here
        if variant == "keras":
            model.fit(*arrays, batch_size=size, verbose=0, **endless)
        elif variant == "tf.data":
            model.steps_per_execution = -(-rows // size)
            batches = tf.data.Dataset.from_tensor_slices(arrays).shuffle(rows).batch(size)
            model.fit(batches.prefetch(tf.data.AUTOTUNE), verbose=0, **endless)
        else:
            chosen = "resident" if variant == FREE else variant
            engine.fit(model, *train, batch_size=size, verbose=0, engine=chosen, **endless)

    return work


def _torch_trainer(sizes: Any, model: Any, train: Any, recipe: Any) -> Callable[[Turn], None]:
    """As `_trainer`, for the twin in PyTorch."""
    import torch_twins

    twin = torch_twins.TWINS[recipe.name](sizes)
    weights = sum(each.numel() for each in twin.parameters())
    wanted = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    if "LSTM" not in str(twin) and weights != wanted:
        raise RuntimeError(f"the twin of {recipe.name} has {weights} weights")

    def work(turn: Turn) -> None:
        last = False
        epochs = torch_twins.epochs(twin, recipe, train, recipe.arguments.get("l2", 0.0))
        while not last:
            turn.begin()
            next(epochs)
            last = turn.end()

    return work


def _resume_point(model: Any, recipe: Any, folder: Path) -> float:
    """Seconds that it takes to write a resume point."""
    from zoo.training import checkpoint
    from zoo.training.callbacks import standard_callbacks

    callbacks = standard_callbacks(recipe, folder)
    (times,) = in_turns([lambda: checkpoint.save(folder, 1, model, callbacks)], rounds=5)
    return statistics.median(times)


def in_a_process(name: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Measure one recipe in a fresh process of this script."""
    if given.one:
        print(json.dumps(measured(name, given.budget, given.torch)), flush=True)
        os._exit(0)  # threads of variants that failed still wait
    command = [sys.executable, __file__, "--one", name, "--budget", str(given.budget)]
    if given.torch:
        if not importlib.util.find_spec("torch"):
            raise ZooError("PyTorch is not installed: leave --torch out")
        command.append("--torch")
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    yield json.loads(done.stdout.splitlines()[-1])


def names() -> list[str]:
    """The recipes that are compared: all but those with a document's own settings."""
    return [name for name in zoo.list_recipes() if not name.endswith("_as_printed")]


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--budget", type=float, default=20.0, help="seconds per recipe")
    parser.add_argument("--torch", action="store_true", help="also measure PyTorch")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)


RESULTS = Results("speed.csv", "recipe", names)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/speed.md", blocks(RESULTS.read())),
    results=RESULTS,
    rows=in_a_process,
    options=_options,
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
