"""Seconds per training epoch of every recipe, by engine, as ratios within one run.

    python scripts/bench_training.py [--budget 20] [--torch] [--missing] [RECIPE...]
    python scripts/bench_training.py --check

For each recipe, in a process of its own, the same model on the same rows is trained by

- `keras`: plain `model.fit` on arrays, as the documents print it;
- `tf.data`: `fit` on a shuffled, prefetched pipeline with steps_per_execution = all steps;
- `resident`, `resident-xla`: the zoo's engines (`zoo.training.engine`);
- `free`: `resident` with deterministic operations off, which the others have on;
- `torch`: its twin in scripts/torch_twins.py, for eight recipes, if `--torch` asks for it.

They take turns, an epoch each, so that whatever else the machine does slows all of them alike;
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
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from _embedded import SILENT, load
from _page import Results, Script, fill
from _speed_page import VARIANTS, blocks, ratio

import zoo

FREE = "free"
EPOCH = 2.0  # seconds that an epoch of plain fit may take before rows are left out
ROUNDS = (4, 25)  # epochs measured, least and most


@dataclass
class Turn:
    """One variant's place in the round: it waits for `go`, trains an epoch, and says `done`."""

    name: str
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    done: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    seconds: list[float] = field(default_factory=list)
    last: bool = False
    error: str = ""

    def take(self) -> None:
        """Let the variant train one epoch."""
        _make_deterministic(self.name != FREE)
        self.go.release()
        self.done.acquire()

    def start(self, train: Callable[[], None]) -> None:
        """Call `train` in a thread of its own; should it fail, every turn is done at once."""

        def work() -> None:
            try:
                train()
            except Exception as error:
                self.error = f"{type(error).__name__}: {error}"
                self.done.release(10**4)

        threading.Thread(target=work, daemon=True).start()


def _make_deterministic(on: bool) -> None:
    """Operations look the setting up when they run; Keras offers no way of turning it off."""
    from tensorflow.python.framework import config

    config.enable_op_determinism() if on else config.disable_op_determinism()


def measured(name: str, budget: float, with_torch: bool) -> dict[str, Any]:
    """Median seconds per epoch of each variant, and what was measured beside them."""
    from zoo.experiments.feeding import build_for, feed
    from zoo.experiments.runs import RunContext
    from zoo.experiments.stacking import stacked
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

    with tempfile.TemporaryDirectory() as folder:
        turns = {}
        for variant in (
            "keras",
            "tf.data",
            "resident",
            FREE,
            *(() if convolves else VARIANTS[3:4]),
        ):
            (Path(folder) / variant).mkdir()
            turn = turns[variant] = Turn(variant)
            turn.start(_trainer(variant, compiled(used), train, recipe, turn, Path(folder)))
        if with_torch and _has_twin(name):
            turn = turns["torch"] = Turn("torch")
            sizes = {**zoo.spec(recipe.architecture).defaults, **data.sizes, **recipe.arguments}
            turn.start(_torch_trainer(sizes, model, train, recipe, turn))
        _in_turns(list(turns.values()), budget)
        costs = _costs(model, train, recipe, Path(folder))
    return {
        "recipe": name,
        "rows": used,
        "all_rows": rows,
        "batch_size": recipe.batch_size,
        "convolutions": convolves,
        **{variant: statistics.median(turn.seconds[1:]) for variant, turn in turns.items()},
        **{f"{each}_first": turns[each].seconds[0] for each in VARIANTS[2:4] if each in turns},
        **costs,
    }


def _affordable(model: Any, train: Any, batch_size: int) -> int:
    """So many rows that an epoch of plain fit takes EPOCH seconds, or all of them."""
    from zoo.training.engine import as_inputs

    rows = len(next(iter(train[1].values())))
    few = min(rows, 4 * batch_size)
    start = [as_inputs({port: array[:few] for port, array in part.items()}) for part in train]
    model.fit(*start, batch_size=batch_size, verbose=0)
    begun = time.perf_counter()
    model.fit(*start, batch_size=batch_size, verbose=0)
    a_step = (time.perf_counter() - begun) / -(-few // batch_size)
    steps = max(4, int(EPOCH / a_step))
    return min(rows, steps * batch_size)


def _in_turns(turns: list[Turn], budget: float) -> None:
    """Epoch by epoch, each variant in turn, for about `budget` seconds after compiling."""
    for turn in turns:
        turn.take()
    begun = time.perf_counter()
    for turn in turns:
        turn.take()
    a_round = time.perf_counter() - begun
    rounds = int(np.clip(budget / a_round, ROUNDS[0], ROUNDS[1]))
    for at in range(rounds - 1):
        for turn in turns:
            turn.last = at == rounds - 2
            turn.take()
    for turn in turns:
        if turn.error:
            raise RuntimeError(f"{turn.name}: {turn.error}")


def _trainer(
    variant: str, model: Any, train: Any, recipe: Any, turn: Turn, folder: Path
) -> Callable[[], None]:
    """A function for a thread: train until told that an epoch is the last."""
    from zoo._keras import keras, tf
    from zoo.training import engine
    from zoo.training.callbacks import standard_callbacks

    class Waiting(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch:  # the first turn began with the thread
                turn.go.acquire()
                self.begun = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            turn.seconds.append(time.perf_counter() - self.begun)
            self.model.stop_training = turn.last
            turn.done.release()

    waiting = Waiting()
    callbacks = [*standard_callbacks(recipe, folder / variant), waiting]
    inputs, targets = train
    rows, size = len(next(iter(targets.values()))), recipe.batch_size
    arrays = engine.as_inputs(inputs), engine.as_inputs(targets)
    endless: dict[str, Any] = {"epochs": 10**6, "callbacks": callbacks}

    def work() -> None:
        turn.go.acquire()
        waiting.begun = time.perf_counter()
        if variant == "keras":
            model.fit(*arrays, batch_size=size, verbose=0, **endless)
        elif variant == "tf.data":
            model.steps_per_execution = -(-rows // size)
            batches = tf.data.Dataset.from_tensor_slices(arrays).shuffle(rows).batch(size)
            model.fit(batches.prefetch(tf.data.AUTOTUNE), verbose=0, **endless)
        else:
            chosen = "resident" if variant == FREE else variant
            engine.fit(model, train, batch_size=size, engine=chosen, **endless)

    return work


def _has_twin(name: str) -> bool:
    import torch_twins

    return name in torch_twins.TWINS


def _torch_trainer(
    sizes: Any, model: Any, train: Any, recipe: Any, turn: Turn
) -> Callable[[], None]:
    """As `_trainer`, for the twin in PyTorch."""
    import torch_twins

    twin = torch_twins.TWINS[recipe.name](sizes)
    weights = sum(each.numel() for each in twin.parameters())
    if "LSTM" not in str(twin) and weights != model.count_params() - _statistics(model):
        raise RuntimeError(f"the twin of {recipe.name} has {weights} weights")
    epochs = torch_twins.epochs(twin, recipe, train, recipe.arguments.get("l2", 0.0))

    def work() -> None:
        while not turn.last:
            turn.go.acquire()
            begun = time.perf_counter()
            next(epochs)
            turn.seconds.append(time.perf_counter() - begun)
            turn.done.release()

    return work


def _statistics(model: Any) -> int:
    """Weights that the optimizer does not train."""
    return sum(int(np.prod(weight.shape)) for weight in model.non_trainable_weights)


def _costs(model: Any, train: Any, recipe: Any, folder: Path) -> dict[str, float]:
    """Seconds that the run's files cost at the end of an epoch."""
    from zoo.training import checkpoint
    from zoo.training.callbacks import standard_callbacks

    others = standard_callbacks(recipe, folder)

    def save() -> None:
        checkpoint.save(folder, 1, model, others)

    def best() -> None:
        model.save_weights(folder / "best.weights.h5", overwrite=True)

    costs = {}
    for name, work in (("resume_point", save), ("best_weights", best)):
        spent = []
        for _ in range(5):
            begun = time.perf_counter()
            work()
            spent.append(time.perf_counter() - begun)
        costs[name] = statistics.median(spent)
    return costs


def in_a_process(name: str, given: argparse.Namespace) -> dict[str, Any]:
    """Run this script for one recipe in a fresh process; what it measured."""
    environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, __file__, "--one", name, "--budget", str(given.budget)]
    if given.torch:
        command.append("--torch")
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return json.loads(done.stdout.splitlines()[-1])


def measure(names: list[str], given: argparse.Namespace) -> int:
    """Measure recipe by recipe; the number of those that failed."""
    if given.one:
        print(json.dumps(measured(names[0], given.budget, given.torch)), flush=True)
        os._exit(0)  # threads of variants that failed still wait
    if given.torch and not importlib.util.find_spec("torch"):
        print("PyTorch is not installed: its column is left out", file=sys.stderr)
        given.torch = False
    failed = 0
    for name in names:
        if given.missing and RESULTS.measured(name):
            continue
        try:
            made = in_a_process(name, given)
        except RuntimeError as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed += 1
            continue
        RESULTS.replace([made], recipe=name)
        ratios = {key: ratio(made["keras"], made.get(key)) for key in VARIANTS}
        print(f"{name} {made['keras']:.3f} s {ratios}", flush=True)
    return failed


def names() -> list[str]:
    """The recipes that are compared: all but those with a document's own settings."""
    return [name for name in zoo.list_recipes() if not name.endswith("_as_printed")]


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--budget", type=float, default=20.0, help="seconds a recipe")
    parser.add_argument("--torch", action="store_true", help="PyTorch too")
    parser.add_argument("--missing", action="store_true", help="only recipes not in the CSV")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)


RESULTS = Results("speed.csv", "recipe", names)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/speed.md", blocks(RESULTS.read())),
    measure=measure,
    cases=names,
    options=_options,
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
