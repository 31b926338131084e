"""The value that callbacks and searches watch: whether lower or higher is better, and its name."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from search_helpers import SILENT, trials_of
from support import QUICK_RUN, history

import zoo
from zoo.core.errors import RecipeError
from zoo.training.callbacks import standard_callbacks
from zoo.training.compile import direction

RECIPE = "binary_mlp"
FEW: dict[str, Any] = {"engine": "resident", "baseline": "", "schedule": "constant"}
FEW |= {"reporter": SILENT}


@pytest.mark.parametrize(
    ("recipe", "monitor", "mode", "expected"),
    [
        ("mlp", "val_loss", "auto", "min"),
        ("mlp", "loss", "auto", "min"),
        ("mlp", "val_accuracy", "auto", "max"),
        ("mlp", "val_accuracy", "min", "min"),
        ("mlp", "val_log_loss", "auto", "min"),
        ("basketball", "val_mae", "auto", "min"),
        ("basketball", "val_mae", "max", "max"),
        ("softmax_mlp_32", "val_accuracy", "auto", "max"),
        ("multiclass_mlp_as_printed", "accuracy", "auto", "max"),
        ("score_and_win", "val_won_accuracy", "auto", "max"),
        ("score_and_win", "val_score_diff_loss", "auto", "min"),
        ("binary_mlp_as_printed", "val_mean_prediction", "max", "max"),
    ],
)
def test_direction(recipe: str, monitor: str, mode: str, expected: str) -> None:
    assert direction(zoo.recipe(recipe).override({"monitor": monitor, "mode": mode})) == expected


@pytest.mark.parametrize(
    ("recipe", "monitor", "message"),
    [
        ("mlp", "val_acc", "monitor: unknown value 'val_acc'; did you mean val_accuracy"),
        ("mlp", "val_mae", "monitor: unknown value 'val_mae'"),
        ("score_and_win", "val_accuracy", "did you mean val_won_accuracy"),
        ("binary_mlp_as_printed", "val_mean_prediction", "set mode to min or max"),
    ],
)
def test_a_monitor_that_says_nothing_is_refused_before_training(
    recipe: str, monitor: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(RecipeError, match=message):
        zoo.fit(recipe, monitor=monitor, logdir=tmp_path, reporter=SILENT)
    assert not list(tmp_path.iterdir())


def fed(recipe: zoo.Recipe, folder: Path, values: list[float]) -> dict[str, Any]:
    """Class name -> callback of the recipe, after epochs with these values of its monitor."""
    model = zoo.build(recipe.architecture)
    model.compile("sgd", "mse")
    model.optimizer.build(model.trainable_variables)
    callbacks = standard_callbacks(recipe, folder)
    for callback in callbacks:
        callback.set_model(model)
        callback.on_train_begin()
    for epoch, value in enumerate(values):
        for callback in callbacks:
            callback.on_epoch_end(epoch, {"loss": 1.0, recipe.monitor: value})
    return {type(callback).__name__: callback for callback in callbacks}


@pytest.mark.parametrize(
    ("monitor", "values", "best", "epoch"),
    [
        ("val_accuracy", [0.5, 0.9, 0.7, 0.6], 0.9, 1),
        ("val_loss", [0.9, 0.5, 0.7, 0.6], 0.5, 1),
        ("val_accuracy", [math.nan, 0.2, 0.1, 0.1], 0.2, 1),
    ],
)
def test_every_callback_keeps_the_best_epoch(
    monitor: str, values: list[float], best: float, epoch: int, tmp_path: Path
) -> None:
    (tmp_path / "checkpoints").mkdir()
    settings = {"monitor": monitor, "early_stopping": 9, "reduce_lr": 2, "schedule": "constant"}
    callbacks = fed(zoo.recipe(RECIPE).override(settings), tmp_path, values)
    assert callbacks["BestWeights"].best == pytest.approx(best)
    if not math.isnan(values[0]):  # Keras's own would keep the NaN
        assert callbacks["EarlyStopping"].best_epoch == epoch
        assert callbacks["ReduceLROnPlateau"].best == pytest.approx(best)


@pytest.mark.slow
def test_a_run_ends_on_the_best_accuracy(tmp_path: Path) -> None:
    settings = {**FEW, "monitor": "val_accuracy", "learning_rate": 0.02, "epochs": 12}
    run = zoo.fit(RECIPE, data="mixture", logdir=tmp_path, early_stopping=4, **settings)
    found = [float(row["val_accuracy"]) for row in history(run)]
    assert min(found) < max(found)
    assert run.metrics["validation"]["accuracy"] == pytest.approx(max(found), abs=1e-6)


@pytest.mark.slow
def test_a_search_for_the_highest_value_returns_it(tmp_path: Path) -> None:
    pytest.importorskip("optuna", reason="a search needs functional-zoo[tune]")
    recipe = zoo.recipe("seed_difference").override({"monitor": "val_mae", "mode": "max"})
    settings = {**QUICK_RUN, "reporter": SILENT}
    found = zoo.tune(recipe, trials=3, epochs=1, logdir=tmp_path, **settings)
    values = [value for _, _, value in trials_of(found.folder) if value is not None]
    assert len(values) >= 2
    assert found.value == max(values) > min(values)
