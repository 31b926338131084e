"""One line an epoch, and a bar on a terminal. Importing this loads TensorFlow."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from zoo._keras import keras

if TYPE_CHECKING:
    from zoo.core.console import Reporter

Logs = dict[str, Any] | None

MOST_LINES = 30  # longer runs print every second, third ... epoch, and always the last


class EpochLines(keras.callbacks.Callback):
    """Tells a reporter how the training goes: steps at each batch, values at each epoch."""

    def __init__(self, reporter: Reporter, epochs: int, steps: int) -> None:
        super().__init__()
        self.reporter = reporter
        self.epochs = epochs
        self.steps = steps
        self.every = -(-epochs // MOST_LINES)
        self.started = 0.0
        self.done = 0  # steps of the epochs before this one

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.started = time.perf_counter()
        self.done = epoch * self.steps

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        self.reporter.reach(self.done + batch + 1)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.done = (epoch + 1) * self.steps
        self.reporter.reach(self.done)
        if (epoch + 1) % self.every and epoch + 1 != self.epochs:
            return
        seconds = time.perf_counter() - self.started
        values = "  ".join(f"{name} {float(value):.4f}" for name, value in (logs or {}).items())
        width = len(str(self.epochs))
        self.reporter.line(f"epoch {epoch + 1:{width}d}/{self.epochs}  {values}  {seconds:.2f} s")
