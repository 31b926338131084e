"""Seconds per epoch of one process and of two workers on this machine, in turn.

    python scripts/bench_workers.py [RECIPE...]      two minutes

Prints the table of docs/workers.md. One process has all cores; two have half of them each. Engine
`resident` for both, and `resident-xla`, which one process alone can use, where recipes name it.
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import Any

from zoo._keras import keras, tf
from zoo.experiments.setup import assemble, load
from zoo.experiments.sourced import for_source
from zoo.recipes.registry import recipe as find_recipe
from zoo.training import cluster, engine

RECIPES = ("digit_mlp", "rnn", "cnn")
EPOCHS = 4  # the first compiles
TURNS = 2


def measured(name: str, used: str) -> list[float]:
    """Seconds of every epoch but the first."""
    strategy = cluster.strategy() if cluster.named() else None
    recipe, source = for_source(find_recipe(name), "auto", {})
    dataset = load(recipe, source, _silent())
    engine.set_seed(0)
    with (strategy or tf.distribute.get_strategy()).scope():
        made = assemble(recipe, dataset, lambda _: None)
    times: list[float] = []
    begun = [0.0]
    clock = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda epoch, logs: begun.__setitem__(0, time.perf_counter()),
        on_epoch_end=lambda epoch, logs: times.append(time.perf_counter() - begun[0]),
    )
    x, y = made.train
    engine.fit(
        made.model, x, y, batch_size=recipe.batch_size, epochs=EPOCHS, engine=used, verbose=0,
        callbacks=[clock],
    )  # fmt: skip
    return times[1:]


def _silent() -> Any:
    from zoo.core.console import Reporter

    return Reporter(silent=True)


def run(name: str, used: str, workers: int) -> list[float]:
    with ExitStack() as at_end:
        made = [at_end.enter_context(socket.socket()) for _ in range(workers)]
        for each in made:
            each.bind(("127.0.0.1", 0))
        addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in made]
    running = []
    for index in range(workers):
        environment = dict(os.environ)
        if workers > 1:
            task = {"type": "worker", "index": index}
            config = {"cluster": {"worker": addresses}, "task": task}
            environment["TF_CONFIG"] = json.dumps(config)
            environment["TF_NUM_INTRAOP_THREADS"] = str(max(1, (os.cpu_count() or 1) // workers))
        command = [sys.executable, __file__, "--measure", name, used]
        running.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        )
    printed = [process.communicate()[0] for process in running]
    return json.loads(printed[0].splitlines()[-1])


def main(names: list[str]) -> None:
    ways = (("resident", 1), ("resident-xla", 1), ("resident", 2))
    print("| recipe | one process, s | one process, XLA | two workers |\n|---|---:|---:|---:|")
    for name in names:
        seconds: dict[Any, list[float]] = {}
        for _ in range(TURNS):
            for way in ways:
                if name == "cnn" and way[0] == "resident-xla":
                    continue  # minutes on a CPU
                seconds.setdefault(way, []).extend(run(name, *way))
        first = statistics.median(seconds[ways[0]])
        told = [
            f"{first / statistics.median(seconds[way]):.2f}x" if way in seconds else ""
            for way in ways[1:]
        ]
        print(f"| `{name}` | {first:.3f} | {told[0]} | {told[1]} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measured(*sys.argv[2:4])))
    else:
        main(sys.argv[1:] or list(RECIPES))
