"""The worker's end of scripts/bench_training.py: told to train an epoch, it says how it went.

Standard library and NumPy alone: the twins in PyTorch and JAX import it, and what their process
holds beside them would count against them.

A job is a folder: `job.json` says what to train, `arrays.npz` has the rows (`x/NAME`, `y/NAME`),
the weights to start from (`w/LAYER/VARIABLE`) and, as `expected`, what the zoo's model with these
weights predicts for the first rows.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

EPOCH = "epoch"  # the one thing that a worker is asked for

Arrays = dict[str, np.ndarray]


class Line:
    """The pipes to the driver: one JSON object a line to it, one word a line from it."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)  # what libraries print goes with the errors

    def tell(self, **facts: Any) -> None:
        """Say something; the first time, that all is ready."""
        print(json.dumps(facts), file=self._out, flush=True)

    def await_request(self) -> None:
        """Sleep until an epoch is asked for; end the process when the driver has hung up."""
        if sys.stdin.readline().strip() != EPOCH:
            raise SystemExit(0)


def serve(line: Line, train_epoch: Callable[[], float]) -> None:
    """Train an epoch whenever one is asked for, and tell its seconds and its loss."""
    while True:
        line.await_request()
        begun = time.perf_counter()
        loss = train_epoch()
        line.tell(seconds=time.perf_counter() - begun, loss=loss)


class Job:
    """What the twins are given.

    Attributes:
        settings: The content of `job.json`.
        inputs: The inputs' arrays, in the order of the model's inputs.
        target: The one output's.
        weights: `LAYER/VARIABLE` -> array, as Keras has them.
        expected: Predictions of the zoo's model for the first rows.
    """

    def __init__(self, folder: Path) -> None:
        self.settings: dict[str, Any] = json.loads((folder / "job.json").read_text())
        with np.load(folder / "arrays.npz") as arrays:
            self.inputs = [arrays[f"x/{name}"] for name in self.settings["inputs"]]
            self.target = arrays[f"y/{self.settings['targets'][0]}"]
            self.weights = {name[2:]: arrays[name] for name in _under("w/", arrays)}
            self.expected = arrays["expected"]

    def first_rows(self) -> list[np.ndarray]:
        """The inputs that `expected` goes with."""
        return [array[: len(self.expected)] for array in self.inputs]

    def difference(self, predicted: np.ndarray) -> float:
        """The largest difference of a twin's predictions from the expected ones.

        The chances of a sigmoid or softmax are compared, not the logits.
        """
        return float(np.abs(np.asarray(predicted) - self.expected).max())


def _under(prefix: str, arrays: Any) -> Iterator[str]:
    return (name for name in arrays if name.startswith(prefix))
