"""The callbacks that every recipe runs with.

The classes derive from Keras's, so this module loads TensorFlow; import it late.
"""

from __future__ import annotations

import csv
import io
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo._keras import keras
from zoo.core.errors import TrainingError
from zoo.core.files import replacing, write_text
from zoo.recipes.options import BEST
from zoo.training.compile import Direction, direction, watched
from zoo.training.logs import plain_numbers, watchable
from zoo.training.model_checkpoint import ModelCheckpoint
from zoo.training.optimizers import Optimizers
from zoo.training.sizes import file_size

if TYPE_CHECKING:
    from zoo.recipes.recipe import Recipe

Logs = dict[str, Any] | None

SHARE = 0.05  # of the training time, at most, goes into writing each kind of file


def standard_callbacks(recipe: Recipe, folder: Path) -> list[keras.callbacks.Callback]:
    """Checkpoint of the best weights, history, NaN stop, and what the recipe switches on.

    With `ema` the first callback puts the averaged weights into the model at an epoch's end and
    the last one takes them out again: all callbacks between them see the averages.
    """
    mode = direction(recipe)
    history = HistoryFile(folder / "history.csv")
    callbacks: list[keras.callbacks.Callback] = [
        StopOnNaN(recipe, history),
        BestWeights(folder / "checkpoints" / BEST, recipe.monitor, mode),
        history,
    ]
    if recipe.reduce_lr:
        callbacks.append(
            keras.callbacks.ReduceLROnPlateau(
                monitor=recipe.monitor, mode=mode, factor=0.5, patience=recipe.reduce_lr
            )
        )
    if recipe.early_stopping:
        options = {"restore_best_weights": True, **recipe.early_stopping_options}
        options |= watched(recipe, "early_stopping_options")
        callbacks.append(keras.callbacks.EarlyStopping(patience=recipe.early_stopping, **options))
    if recipe.model_checkpoint:
        callbacks.append(ModelCheckpoint(recipe, folder / "checkpoints"))
    if recipe.ema:
        averages = AveragesIn()
        callbacks = [averages, *callbacks, AveragesOut(averages)]
    return callbacks


class WriteBudget:
    """Decides whether one kind of file may be written now, by the time that it has cost so far."""

    def __init__(self) -> None:
        self.begun = self.spent = 0.0

    def start(self) -> None:
        """Training begins: time counts from here."""
        self.begun = time.perf_counter()

    def allows(self) -> bool:
        """Whether the file has cost at most its share of the time; the first one always may."""
        return self.spent <= SHARE * (time.perf_counter() - self.begun)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Count the block's time as spent."""
        begun = time.perf_counter()
        yield
        self.spent += time.perf_counter() - begun


class BestWeights(keras.callbacks.Callback):
    """Keeps the weights of the epoch with the best `monitor`, and writes them to a file.

    Of a monitor of several values, one for each class for example, the mean counts.
    The file is written after an epoch if its `WriteBudget` allows it, and at the end.
    """

    def __init__(self, path: Path, monitor: str, mode: Direction = "min") -> None:
        super().__init__()
        self.path = path
        self.monitor = monitor
        self.mode = mode
        self.best = math.inf if mode == "min" else -math.inf
        self.best_weights: list[np.ndarray] | None = None
        self.unwritten = False
        self.budget = WriteBudget()

    def on_train_begin(self, logs: Logs = None) -> None:
        self.budget.start()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        value = watchable(logs).get(self.monitor, math.nan)
        if value < self.best if self.mode == "min" else value > self.best:
            self.best = value
            self.best_weights = self.model.get_weights()
            self.unwritten = True
            if self.budget.allows():
                self.write()

    def on_train_end(self, logs: Logs = None) -> None:
        self.write()

    def write(self) -> None:
        """Write the best weights, if the file does not hold them yet."""
        if not self.unwritten:
            return
        with self.budget.writing():
            present = self.model.get_weights()
            self.model.set_weights(self.best_weights)
            with replacing(self.path, file_size(self.model)) as partial:
                self.model.save_weights(partial, overwrite=True)
            self.model.set_weights(present)
            self.unwritten = False


class HistoryFile(keras.callbacks.Callback):
    """Every epoch's learning rates, losses and metrics as CSV; one column for each value.

    The whole file is written after an epoch if its `WriteBudget` allows it, and at the end.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.rows: list[dict[str, float]] = []
        self.budget = WriteBudget()

    def on_train_begin(self, logs: Logs = None) -> None:
        self.budget.start()
        self.optimizers: Optimizers | None = None

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        if self.optimizers is None:  # here, as a resumed run has its steps only now
            self.optimizers = Optimizers(self.model)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        rates = self.optimizers.rates() if self.optimizers else {}
        self.rows.append({"epoch": epoch + 1, **rates, **plain_numbers(logs)})
        if self.budget.allows():
            self.write_rows()

    def on_train_end(self, logs: Logs = None) -> None:
        self.write_rows()

    def write_rows(self) -> None:
        """Write all rows so far; the columns are those of any row."""
        if not self.rows:
            return
        with self.budget.writing():
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
        losses = plain_numbers({"loss": (logs or {}).get("loss")}).values()
        wrong = [loss for loss in losses if not math.isfinite(loss)]
        if wrong:
            self.history.write_rows()  # what led there
            # the resident engines hand in an epoch as one batch
            step = f", step {batch + 1}" if (self.params.get("steps") or 1) > 1 else ""
            raise TrainingError(
                f"the loss became {wrong[0]} in epoch {self.epoch}{step}; "
                f"try a lower rate, such as --set learning_rate={self.recipe.learning_rate / 10:g}"
            )


class AveragesIn(keras.callbacks.Callback):
    """Puts the averaged weights (EMA) into the model for the validation and an epoch's end.

    The optimizer keeps the averages (Keras's `use_ema`) and `fit` leaves them in the model at its
    end. In between, Keras alone would validate, checkpoint and stop early on the weights that are
    being trained. `keras.callbacks.SwapEMAWeights` exchanges the two in place and needs to know
    the last epoch beforehand: a run that stops early or by request would end on the wrong ones.

    Must be the first callback, so that all others see the averages at an epoch's end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.trained: list[np.ndarray] = []  # the weights that the averages stand in for

    def on_test_begin(self, logs: Logs = None) -> None:
        self._put_in()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self._put_in()  # without validation rows it was not done before

    def _put_in(self) -> None:
        if not self.trained:
            weights = self.model.trainable_variables
            self.trained = [np.asarray(keras.ops.convert_to_numpy(each)) for each in weights]
            self.model.optimizer.finalize_variable_values(weights)

    def put_out(self) -> None:
        """Give the model back the weights that training continues from."""
        for weight, value in zip(self.model.trainable_variables, self.trained, strict=True):
            weight.assign(value)
        self.trained = []


class AveragesOut(keras.callbacks.Callback):
    """Ends what `AveragesIn` began; a resume point saved after it holds the trained weights."""

    def __init__(self, averages: AveragesIn) -> None:
        super().__init__()
        self.averages = averages

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.averages.put_out()
