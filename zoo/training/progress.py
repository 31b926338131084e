"""What a person sees of a training: a line per epoch, a bar, and what the callbacks decide.

The class derives from Keras's, so this module loads TensorFlow; import it late.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zoo._keras import keras
from zoo.training import epoch_lines
from zoo.training.compile import reported_values
from zoo.training.inference import output_names
from zoo.training.logs import parts, plain_numbers

if TYPE_CHECKING:
    from zoo.core.console import Reporter
    from zoo.recipes.recipe import Recipe

Logs = dict[str, Any] | None

MOST_LINES = 30  # longer runs print every second, third ... epoch, and always the last
NEARLY = 0.99  # of an epoch: an estimate never says that one has ended


class EpochLines(keras.callbacks.Callback):
    """Prints a line per epoch and what stopped it; `position` tells a bar where training is.

    Must come after the callbacks that it tells of.

    Args:
        console: Where lines go.
        recipe: What is trained.
        steps: Steps in an epoch.
        engine: That runs them; `resident-xla` hands over no step until its epoch ends.
        callbacks: The others of the run.
    """

    def __init__(
        self,
        console: Reporter,
        recipe: Recipe,
        steps: int,
        engine: str,
        callbacks: Sequence[keras.callbacks.Callback] = (),
    ) -> None:
        super().__init__()
        self.console = console
        self.recipe = recipe
        self.steps = steps
        self.engine = engine
        self.stopping = _first(callbacks, keras.callbacks.EarlyStopping)
        self.plateau = _first(callbacks, keras.callbacks.ReduceLROnPlateau)
        self.every = -(-recipe.epochs // MOST_LINES)
        self.names: list[str] = []  # values in the lines, the loss first
        self.columns: list[epoch_lines.Column] = []
        self.width = 0  # that the columns were laid out for
        self.epoch = recipe.initial_epoch
        self.compiled = False  # whether a step has ended
        self.changing = threading.Lock()  # held from one epoch to the next, or the bar would jump
        self.validating = False
        self.began = 0  # steps of the optimizer before this epoch
        self.within = 0  # steps of this epoch, where the engine hands them over
        self.started = self.lasted = 0.0  # seconds
        self.trained = 0.0  # seconds of an epoch's steps, once one has passed without compiling

    def on_train_begin(self, logs: Logs = None) -> None:
        self.names = epoch_lines.first_values(
            list(reported_values(self.recipe)), output_names(self.model)
        )
        self.rate = self._rate()

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        began = int(self.model.optimizer.iterations.numpy())
        with self.changing:
            self.epoch, self.within, self.validating = epoch, 0, False
            self.began, self.started = began, time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        if self.compiled:
            self.trained = time.perf_counter() - self.started
        self.compiled = True
        self.within = batch + 1 if self.engine == "fit" else self.steps

    def on_test_begin(self, logs: Logs = None) -> None:
        self.validating = True

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        self.lasted = time.perf_counter() - self.started
        last = epoch + 1 == self.recipe.epochs or self.model.stop_training
        if not (epoch + 1) % self.every or last:
            self._line(epoch, plain_numbers(logs))
        rate = self._rate()
        if self.plateau is not None and rate < self.rate:
            since = f"{self.plateau.patience} epochs"
            self.console.line(
                f"learning rate halved to {rate:g}: {self.plateau.monitor} has not improved for "
                f"{since if self.plateau.patience > 1 else 'an epoch'}"
            )
        self.rate = rate

    def on_train_end(self, logs: Logs = None) -> None:
        stopping = self.stopping
        if stopping is None:
            return
        said = []
        if stopping.stopped_epoch:
            waited = stopping.stopped_epoch - stopping.best_epoch
            beyond = "" if stopping.baseline is None else f" beyond {stopping.baseline:g}"
            said.append(
                f"stopped early after epoch {stopping.stopped_epoch + 1}: {stopping.monitor} has "
                f"not improved{beyond} for {waited} epoch{'s' if waited > 1 else ''}"
            )
        if stopping.best_weights is not None and stopping.best_epoch != self.epoch:
            said.append(f"weights of epoch {stopping.best_epoch + 1} restored")
        if said:
            self.console.line("; ".join(said))

    def position(self) -> tuple[float, str]:
        """Steps done of all epochs, and what is being done; may be asked from another thread."""
        with self.changing:
            return self._position()

    def _position(self) -> tuple[float, str]:
        done, place = self.epoch * self.steps, f"epoch {self.epoch + 1}/{self.recipe.epochs}"
        if self.validating:
            return done + self.steps, f"{place}, validation"
        if self.engine == "resident-xla" and self.compiled:  # its steps show when all have ended
            if not self.trained:
                return done, place
            share = min((time.perf_counter() - self.started) / self.trained, NEARLY)
            return done + share * self.steps, f"{place}, about {share:.0%}"
        within = self.within
        if self.engine == "resident" and self.model is not None and not within:
            within = int(self.model.optimizer.iterations.numpy()) - self.began
        if not within and not self.compiled:
            return done, f"{place}, compiling the first step"
        within = min(within, self.steps)
        return done + within, f"{place}, step {within}/{self.steps}"

    def _line(self, epoch: int, logs: dict[str, float]) -> None:
        count = str(self.recipe.epochs)
        label = f"epoch {epoch + 1:{len(count)}d}/{count}"
        took = epoch_lines.seconds(self.lasted)
        if self.console.detailed:
            for line in epoch_lines.details(label, logs, took, self.console.width):
                self.console.line(line)
            return
        laid_out = {key for column in self.columns for key in column.keys}
        new = "val_loss" in logs and "val_loss" not in laid_out  # the first validation
        if new or self.width != self.console.width:  # or another size of the window
            self.width = self.console.width
            room = self.width - len(label) - len(epoch_lines.GAP) - len(took) - 1
            names = [each for name in self.names for each in parts(name, logs)]
            self.columns = epoch_lines.columns_for(names, logs, room)
            for line in epoch_lines.header(self.columns, len(label)):
                self.console.line(line)
        self.console.line(epoch_lines.row(label, self.columns, logs, took))

    def _rate(self) -> float:
        """The learning rate, where a callback may change it."""
        if self.plateau is None:
            return 0.0
        return float(self.model.optimizer.learning_rate.numpy())


def _first(callbacks: Sequence[Any], kind: type) -> Any:
    """The first callback of a kind, if there is one."""
    return next((each for each in callbacks if isinstance(each, kind)), None)
