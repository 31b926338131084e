"""Time per row, and memory, of an epoch over data of several sizes, each in its own process.

    python scripts/bench_sizes.py [MIB...]      five minutes, 7 GiB of memory

Prints the table of docs/engines.md. Few rows stay on the device; of more than 32 MiB every epoch
goes through pieces that a thread gathers. The sizes take turns, three rounds of them.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time

import numpy as np

import zoo.training
from zoo._keras import keras, layers

SIZES = (32, 64, 2048, 4096)  # MiB
FEATURES, BATCH, EPOCHS, ROUNDS = 256, 256, 4, 3  # of the epochs the first compiles


def measured(mib: float) -> tuple[float, float]:
    """Microseconds per row of the median epoch, and the most memory that was used, in GiB."""
    rows = int(mib * 2**20 / (4 * (FEATURES + 1)))
    x = np.empty((rows, FEATURES), np.float32)
    draw = np.random.default_rng(0)
    for start in range(0, rows, 8192):  # a whole draw would be in memory twice
        x[start : start + 8192] = draw.random(x[start : start + 8192].shape, np.float32)
    y = (x[:, :1] > 0.5).astype(np.float32)
    model = keras.Sequential(
        [keras.Input((FEATURES,)), layers.Dense(32, activation="relu"), layers.Dense(1)]
    )
    model.compile("adam", "mse")
    ends: list[float] = []
    clock = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: ends.append(time.perf_counter())
    )
    zoo.training.fit(
        model, x, y, BATCH, EPOCHS, engine="resident-xla", verbose=0, callbacks=[clock]
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return statistics.median(np.diff(ends)) / rows * 1e6, peak


def main(arguments: list[str]) -> None:
    """Print a row for every size: time per row with its spread, and memory beside the data."""
    if arguments[:1] == ["--one"]:
        print(*measured(float(arguments[1])))
        return
    sizes = [float(each) for each in arguments] or SIZES
    found: dict[float, list[tuple[float, float]]] = {size: [] for size in sizes}
    for turn in range(ROUNDS):
        for size in sizes:
            print(f"round {turn + 1} of {ROUNDS}: {size:g} MiB", file=sys.stderr)
            done = subprocess.run(
                [sys.executable, __file__, "--one", str(size)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                sys.exit(f"error: {size:g} MiB: {done.stderr.strip().splitlines()[-1]}")
            taken, peak = map(float, done.stdout.split()[-2:])
            found[size].append((taken, peak))
    print(
        "| data, MiB | microseconds per row | to the first | memory, GiB |\n|---:|---:|---:|---:|"
    )
    for size in sizes:
        times, peaks = zip(*found[size], strict=True)
        ratio = statistics.median(
            each / first for each, (first, _) in zip(times, found[sizes[0]], strict=True)
        )
        spread = f"{statistics.median(times):.2f} ({min(times):.2f} to {max(times):.2f})"
        print(f"| {size:,.0f} | {spread} | {ratio:.2f}x | {max(peaks):.2f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
