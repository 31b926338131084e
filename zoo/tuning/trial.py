"""Training one set of settings: no run folder, no pictures, no test rows.

The callback's class derives from Keras's, so this module loads TensorFlow; import it late.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo._keras import keras
from zoo.core.console import Reporter
from zoo.core.errors import RecipeError, TrainingError, ZooError
from zoo.experiments import setup
from zoo.recipes.recipe import Recipe
from zoo.training import engine
from zoo.training.callbacks import BestWeights, HistoryFile, standard_callbacks
from zoo.training.checkpoint import StopRequest
from zoo.training.compile import direction
from zoo.training.logs import watchable
from zoo.training.progress import EpochLines

if TYPE_CHECKING:
    from optuna.trial import Trial

    from zoo.data.dataset import Dataset

Logs = dict[str, Any] | None
SPLITS = ("train", "validation")  # all that a search sees


@dataclass(frozen=True)
class Outcome:
    """How a trial ended.

    Attributes:
        value: The monitored value: of the epoch whose weights are kept, or the last one seen.
        state: `COMPLETE`, `PRUNED`, `FAIL` or, when a person stopped it, `STOPPED`.
        epochs: Epochs run.
        seconds: Of the whole trial.
        metrics: Training and validation values of the epoch of `value`.
        error: Why it failed.
    """

    value: float
    state: str
    epochs: int
    seconds: float
    metrics: dict[str, float]
    error: str = ""


def searched_data(dataset: Dataset) -> Dataset:
    """The data without its test rows and all that was measured on them."""
    splits = {name: dataset.splits[name] for name in SPLITS if name in dataset.splits}
    return dataclasses.replace(dataset, splits=splits, truth={}, references={})


def run_trial(
    recipe: Recipe,
    dataset: Dataset,
    seed: int,
    trial: Trial,
    *,
    stop: StopRequest,
    say: Callable[[str], None],
    reporter: Reporter,
) -> Outcome:
    """Train one set of settings on data without test rows.

    Args:
        recipe: With the trial's settings.
        dataset: From `searched_data`.
        trial: Told the monitored value after each epoch, and asked whether to go on.
        stop: Ends the trial as `STOPPED` after an epoch.
        say: Told of rows left out.
        reporter: Shows how far the trial is, and its epochs if it is a detailed one.
    """
    begun = time.perf_counter()
    watch = Watch(recipe, trial)
    state, error = "COMPLETE", ""
    try:
        _train(recipe, dataset, seed, [watch, stop], say, reporter, trial.number)
    except TrainingError as reason:  # the loss became NaN: as bad as any other bad score
        state, error = "PRUNED", str(reason)
    except Exception as reason:
        # settings from which no model can be made, or a smaller one than fills the device
        if not isinstance(reason, ZooError) and type(reason).__name__ != "ResourceExhaustedError":
            raise
        state, error = "FAIL", " ".join(str(reason).split())
    else:
        if watch.pruned:
            state = "PRUNED"
        elif stop.stopped_after and watch.epochs < recipe.epochs and not watch.ended:
            state = "STOPPED"
    value, metrics = watch.kept() if state != "FAIL" else (math.nan, {})
    return Outcome(value, state, watch.epochs, time.perf_counter() - begun, metrics, error)


def _train(
    recipe: Recipe,
    dataset: Dataset,
    seed: int,
    callbacks: Sequence[keras.callbacks.Callback],
    say: Callable[[str], None],
    reporter: Reporter,
    number: int,
) -> None:
    keras.backend.clear_session()  # what the last trial built and compiled
    engine.set_seed(seed)
    made = setup.assemble(recipe, dataset, say)
    files = (BestWeights, HistoryFile)  # a trial leaves none
    own = [each for each in standard_callbacks(recipe, Path()) if not isinstance(each, files)]
    told = reporter if reporter.detailed else Reporter(silent=True)
    lines = EpochLines(told, recipe, made.steps, made.engine, own)

    def position() -> tuple[float, str]:
        done, what = lines.position()
        return done, f"trial {number}: {what}"

    bar = reporter.progress(recipe.epochs * made.steps, position)
    with bar if reporter.live else nullcontext():
        engine.fit(
            made.model,
            *made.train,
            validation_data=made.validation,
            epochs=recipe.epochs,
            batch_size=recipe.batch_size,
            engine=made.engine,
            seed=seed,
            validation_split=recipe.validation_split,
            callbacks=[*own, lines, *callbacks],
            verbose=0,
        )


class Watch(keras.callbacks.Callback):
    """Reports the monitored value to the trial and ends the training of a trial to be pruned."""

    def __init__(self, recipe: Recipe, trial: Trial) -> None:
        super().__init__()
        self.recipe = recipe
        self.trial = trial
        self.rows: list[dict[str, float]] = []
        self.pruned = False  # as it does badly, or has no finite value any more
        self.ended = False  # the recipe's own early stopping had its say

    @property
    def epochs(self) -> int:
        """Epochs run so far."""
        return len(self.rows)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        monitor = self.recipe.monitor
        values = watchable(logs)
        if monitor not in values:
            raise RecipeError(f"{self.recipe.name} reports no {monitor}, only {', '.join(values)}")
        self.rows.append(values)
        self.ended = bool(self.model.stop_training)
        if not math.isfinite(values[monitor]):
            self.pruned = self.model.stop_training = True
            return
        self.trial.report(values[monitor], epoch)
        if epoch + 1 < self.recipe.epochs and not self.ended and self.trial.should_prune():
            self.pruned = self.model.stop_training = True

    def kept(self) -> tuple[float, dict[str, float]]:
        """The monitored value, and all values, of the epoch whose weights the training keeps."""
        if not self.rows:
            return math.nan, {}
        monitor = self.recipe.monitor
        finite = [row for row in self.rows if math.isfinite(row[monitor])]
        best = self.recipe.early_stopping and finite
        first = min if direction(self.recipe) == "min" else max
        row = first(finite, key=lambda values: values[monitor]) if best else self.rows[-1]
        return row[monitor], row
