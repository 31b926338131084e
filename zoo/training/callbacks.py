"""The callbacks that every recipe runs with.

The classes derive from Keras's, so this module loads TensorFlow; import it late.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.core.files import replacing, write_text
from zoo.training.write_budget import WriteBudget

if TYPE_CHECKING:
    from zoo.recipes.recipe import Recipe

Logs = dict[str, Any] | None


def standard_callbacks(recipe: Recipe, folder: Path) -> list[keras.callbacks.Callback]:
    """Checkpoint of the best weights, history, NaN stop, and what the recipe switches on.

    With `ema` the first and the last of them put the averaged weights in and out again: those
    between see the averages.
    """
    history = HistoryFile(folder / "history.csv")
    callbacks: list[keras.callbacks.Callback] = [
        StopOnNaN(recipe, history),
        BestWeights(folder / "checkpoints" / "best.weights.h5", recipe.monitor),
        history,
    ]
    if recipe.reduce_lr:
        callbacks.append(
            keras.callbacks.ReduceLROnPlateau(
                monitor=recipe.monitor, mode="min", factor=0.5, patience=recipe.reduce_lr
            )
        )
    if recipe.early_stopping:
        callbacks.append(
            keras.callbacks.EarlyStopping(
                monitor=recipe.monitor,
                mode="min",
                patience=recipe.early_stopping,
                restore_best_weights=True,
            )
        )
    if recipe.ema:
        from zoo.training.averaging import AveragesIn, AveragesOut

        averages = AveragesIn()
        callbacks = [averages, *callbacks, AveragesOut(averages)]
    return callbacks


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the lowest `monitor`, and writes them to a file.

    The file is written at once where its `WriteBudget` lets it; what is left to write is written
    at the end.
    """

    def __init__(self, path: Path, monitor: str) -> None:
        super().__init__()
        self.path = path
        self.monitor = monitor
        self.best = math.inf
        self.best_weights: list[np.ndarray] | None = None
        self.unwritten = False
        self.allowance = WriteBudget()

    def on_train_begin(self, logs: Logs = None) -> None:
        self.allowance.start()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        value = (logs or {}).get(self.monitor, math.nan)
        if value < self.best:
            self.best = float(value)
            self.best_weights = self.model.get_weights()
            self.unwritten = True
            if self.allowance.allows():
                self.write()

    def on_train_end(self, logs: Logs = None) -> None:
        self.write()

    def write(self) -> None:
        """Write the best weights, if the file does not hold them yet."""
        if not self.unwritten:
            return
        with self.allowance.writing():
            present = self.model.get_weights()
            self.model.set_weights(self.best_weights)
            with replacing(self.path) as partial:
                self.model.save_weights(partial, overwrite=True)
            self.model.set_weights(present)
            self.unwritten = False


class HistoryFile(keras.callbacks.Callback):
    """Every epoch's learning rate, losses and metrics as CSV.

    The file is rewritten whole after each epoch where its `WriteBudget` lets it; what is left to
    write is written at the end.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.rows: list[dict[str, float]] = []
        self.allowance = WriteBudget()

    def on_train_begin(self, logs: Logs = None) -> None:
        self.allowance.start()
        # compiled: a schedule is a dozen operations, which one by one take a millisecond
        self.rate = tf.function(lambda: tf.convert_to_tensor(self.model.optimizer.learning_rate))

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        values = {name: float(value) for name, value in (logs or {}).items()}
        self.rows.append({"epoch": epoch + 1, "learning_rate": float(self.rate()), **values})
        if self.allowance.allows():
            self.write_rows()

    def on_train_end(self, logs: Logs = None) -> None:
        self.write_rows()

    def write_rows(self) -> None:
        """Write all rows so far; the columns are those of any row."""
        if not self.rows:
            return
        with self.allowance.writing():
            columns = list(dict.fromkeys(name for row in self.rows for name in row))
            text = io.StringIO()
            writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
            write_text(self.path, text.getvalue())


class StopOnNaN(keras.callbacks.Callback):
    """Ends training with one clear error at the first batch whose loss is not a number."""

    def __init__(self, recipe: Recipe, history: HistoryFile) -> None:
        super().__init__()
        self.recipe = recipe
        self.history = history
        self.epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            self.history.write_rows()  # what led there
            # the resident engines hand in an epoch as one batch
            step = f", step {batch + 1}" if (self.params.get("steps") or 1) > 1 else ""
            raise TrainingError(
                f"the loss became {float(loss)} in epoch {self.epoch}{step}; "
                f"try a lower rate, such as --set learning_rate={self.recipe.learning_rate / 10:g}"
            )
