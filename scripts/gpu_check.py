"""Check the engines on a GPU against the CPU, and time them there.

    python scripts/gpu_check.py [RECIPE ...]

Every training runs in a process of its own, the CPU's without sight of the GPU. For each recipe:
the losses of two epochs over a few steps on the GPU must be the CPU's to 0.1%, and those of a
second training the same to the last bit; engines that refuse the model are named with their
reason. Then the seconds of an epoch over more rows, with each engine and with mixed precision.

Takes under five minutes for the recipes that it checks by itself. Without a GPU it says so and
checks nothing; a failed check ends it with status 1.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from typing import Any

import numpy as np
from _embedded import compiled, source

import zoo
from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.experiments.setup import build_for
from zoo.recipes.fields import ENGINES
from zoo.training import engine
from zoo.training.devices import has_gpu

RECIPES = ("mlp", "digit_mlp", "rnn", "qa", "cnn", "two_resolution")
CLOSE = 1e-3  # of a loss: a GPU adds up in another order
FEW, MANY = 4, 60  # steps in an epoch, to compare and to time
EPOCHS = 6  # that are timed; the first one, which compiles, is not
WORKER = "--worker"

Facts = dict[str, Any]


class Clock(keras.callbacks.Callback):
    """Seconds of every epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[float] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        assert logs
        float(logs["loss"])  # waits for the device
        self.ends.append(time.perf_counter())


def train(name: str, which: str, precision: str, steps: int, epochs: int) -> Facts:
    """Losses and seconds of epochs here, or the reason why the engine does not train the model."""
    recipe = zoo.recipe(name)
    recipe = recipe.for_source(source(recipe)).override({"precision": precision})
    # TensorFloat-32 rounds the factors of a product to 10 bits
    tf.config.experimental.enable_tensor_float_32_execution(False)
    model, splits = compiled(recipe, lambda data: build_for(recipe, data), 0)
    rows, clock = steps * recipe.batch_size, Clock()
    try:
        history = engine.fit(
            model,
            *({key: array[:rows] for key, array in side.items()} for side in splits["train"]),
            batch_size=recipe.batch_size,
            epochs=epochs,
            verbose=0,
            callbacks=[clock],
            engine=which,
        ).history
    except TrainingError as error:
        return {"refused": str(error)}
    return {"losses": history["loss"], "seconds": [*np.diff(clock.ends)]}


def in_process(gpu: bool, *task: Any) -> Facts:
    """What `train` finds in a new process; the CPU's sees no GPU."""
    hidden = {} if gpu else {"CUDA_VISIBLE_DEVICES": "-1"}
    done = subprocess.run(
        [sys.executable, __file__, WORKER, *map(str, task)],
        env={**os.environ, **hidden},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise SystemExit(f"{' '.join(map(str, task))} on the {'GPU' if gpu else 'CPU'}: {last}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(name: str) -> list[str]:
    """What is wrong with a recipe on the GPU, after a line for each engine."""
    wrong: list[str] = []
    wanted = in_process(False, name, "fit", "float32", FEW, 2)["losses"]
    for which in ENGINES:
        first, second = (in_process(True, name, which, "float32", FEW, 2) for _ in range(2))
        if "refused" in first:
            print(f"{name}, {which}: {first['refused']}")
            continue
        off = float(np.max(np.abs(np.array(first["losses"]) / wanted - 1)))
        same = first["losses"] == second["losses"]
        print(f"{name}, {which}: {off:.1e} from the CPU, {'the same' if same else 'OTHER'} twice")
        if off > CLOSE:
            wrong.append(f"{name}, {which}: {first['losses']} on the GPU, {wanted} on the CPU")
        if not same:
            wrong.append(f"{name}, {which}: {first['losses']}, then {second['losses']}")
    return wrong


def timed(gpu: bool, name: str, which: str, precision: str = "float32") -> str:
    """Milliseconds of an epoch, or a dash."""
    found = in_process(gpu, name, which, precision, MANY, EPOCHS)
    return f"{1000 * statistics.median(found['seconds']):.1f}" if "seconds" in found else "-"


def main(names: list[str]) -> int:
    if not has_gpu():
        print("TensorFlow sees no GPU here: nothing was checked")
        return 0
    names = names or [*RECIPES]
    wrong = [each for name in names for each in compare(name)]
    print(f"\nMilliseconds of an epoch of at most {MANY} steps:\n")
    heads = ("recipe", "CPU, its own engine", *ENGINES, "its own, mixed_float16")
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for name in names:
        own = zoo.recipe(name).engine
        cells = [timed(False, name, own), *(timed(True, name, each) for each in ENGINES)]
        print(f"| `{name}` | {' | '.join(cells)} | {timed(True, name, own, 'mixed_float16')} |")
    for each in wrong:
        print(f"error: {each}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    if WORKER in sys.argv[1:2]:
        _, _, name, which, precision, steps, epochs = sys.argv
        print(json.dumps(train(name, which, precision, int(steps), int(epochs))))
    else:
        sys.exit(main(sys.argv[1:]))
