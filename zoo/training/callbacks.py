"""The callbacks that every recipe runs with.

The classes derive from Keras's, so this module loads TensorFlow; import it late.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo._keras import keras
from zoo.errors import TrainingError
from zoo.files import replacing, write_text

if TYPE_CHECKING:
    from zoo.recipe import Recipe

Logs = dict[str, Any] | None


def standard_callbacks(recipe: Recipe, folder: Path) -> list[keras.callbacks.Callback]:
    """Checkpoint of the best weights, history, NaN stop, and what the recipe switches on.

    With `ema` the first and the last of them put the averaged weights in and out again: those
    between see the averages.
    """
    callbacks: list[keras.callbacks.Callback] = [
        StopOnNaN(recipe),
        AtomicModelCheckpoint(
            folder / "checkpoints" / "best.weights.h5",
            monitor=recipe.monitor,
            mode="min",
            save_best_only=True,
            save_weights_only=True,
        ),
        HistoryFile(folder / "history.csv"),
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


class AtomicModelCheckpoint(keras.callbacks.ModelCheckpoint):
    """Keras's ModelCheckpoint, except that a kill while saving leaves the last file whole.

    Takes the same arguments, file names with `{epoch:02d}` and `{val_loss:.2f}` included.
    """

    def _save_model(self, epoch: int, batch: int | None, logs: Logs) -> None:
        path = Path(self._get_file_path(epoch, batch, logs))
        if self._should_save_model(epoch, batch, logs, str(path)):
            with replacing(path) as partial:
                if self.save_weights_only:
                    self.model.save_weights(partial, overwrite=True)
                else:
                    self.model.save(partial, overwrite=True)


class HistoryFile(keras.callbacks.Callback):
    """Every epoch's learning rate, losses and metrics as CSV, rewritten whole each epoch."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.rows: list[dict[str, float]] = []

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        values = {name: float(value) for name, value in (logs or {}).items()}
        self.rows.append({"epoch": epoch + 1, "learning_rate": rate, **values})
        self.write_rows()

    def write_rows(self) -> None:
        """Write all rows so far; the columns are those of any row."""
        columns = list(dict.fromkeys(name for row in self.rows for name in row))
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        write_text(self.path, text.getvalue())


class StopOnNaN(keras.callbacks.Callback):
    """Ends training with one clear error at the first batch whose loss is not a number."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.recipe = recipe
        self.epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(loss):
            raise TrainingError(
                f"the loss became {float(loss)} in epoch {self.epoch}, step {batch + 1}; "
                f"try a lower rate, such as --set learning_rate={self.recipe.learning_rate / 10:g}"
            )
