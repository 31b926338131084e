"""Keras's ModelCheckpoint as a recipe's field, with files that are whole.

The class derives from Keras's, so this module loads TensorFlow; import it late.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo._keras import keras
from zoo.core.errors import RecipeError, TrainingError
from zoo.core.files import replacing
from zoo.recipes.options import places
from zoo.training.compile import reported_values, watched
from zoo.training.logs import watchable
from zoo.training.sizes import file_size

if TYPE_CHECKING:
    from zoo.recipes.recipe import Recipe

Logs = dict[str, Any] | None


class ModelCheckpoint(keras.callbacks.ModelCheckpoint):
    """Keras's callback as the recipe sets it up, writing each file whole or not at all.

    A value of several numbers, one for each class for example, counts as their mean.

    Raises:
        RecipeError: the file name or the monitor has a value that is not there when it writes.
    """

    def __init__(self, recipe: Recipe, folder: Path) -> None:
        options = {**recipe.model_checkpoint, **watched(recipe, "model_checkpoint")}
        options["filepath"] = str(folder / options["filepath"])
        super().__init__(**options)
        by_step = self.save_freq != "epoch"
        reported = reported_values(recipe)
        known = ["epoch", *reported]
        if by_step:
            known.append("batch")
        elif recipe.validation_freq == 1:
            known += [f"val_{name}" for name in reported]
        used = places(recipe.model_checkpoint["filepath"])
        used += [self.monitor] if self.save_best_only and by_step else []
        for name in used:
            if name not in known:
                when = "after a step" if by_step else "after every epoch"
                raise RecipeError(
                    f"{recipe.name}, model_checkpoint: {name} is not known {when}; use one of "
                    f"{', '.join(known)}"
                )

    def set_model(self, model: keras.Model) -> None:
        super().set_model(_WholeFiles(model))
        self._set_monitor_op()  # Keras does it after an epoch, which is too late for steps

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        if self.save_freq != "epoch":
            super().on_train_batch_end(batch, watchable(logs))

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        super().on_epoch_end(epoch, watchable(logs))

    def _should_save_model(self, epoch: int, batch: Any, logs: Logs, filepath: str) -> bool:
        # without a value Keras saves, over the best file
        unknown = self.save_best_only and self.monitor not in (logs or {})
        return not unknown and super()._should_save_model(epoch, batch, logs, filepath)

    def _get_file_path(self, epoch: int, batch: Any, logs: Logs) -> str:
        try:
            return super()._get_file_path(epoch, batch, logs)
        except KeyError:
            raise TrainingError(
                f"model_checkpoint.filepath {Path(self.filepath).name} has a value that training "
                f"did not report; it reported {', '.join(logs or {})}"
            ) from None


class _WholeFiles:
    """A model whose files are written under another name and then renamed."""

    def __init__(self, model: keras.Model) -> None:
        self.model = model

    def save(self, path: str, overwrite: bool = True) -> None:
        with replacing(Path(path), file_size(self.model)) as partial:
            self.model.save(partial, overwrite=overwrite)

    def save_weights(self, path: str, overwrite: bool = True) -> None:
        with replacing(Path(path), file_size(self.model)) as partial:
            self.model.save_weights(partial, overwrite=overwrite)
