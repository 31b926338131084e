"""Averaged weights: their arithmetic, what validation and files hold, engines, resumed runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import asked_to_stop_in_the_third_epoch, slow

import zoo
from zoo._keras import keras
from zoo.core.console import Reporter
from zoo.core.errors import RecipeError, StoppedEarly
from zoo.experiments.runs import Run
from zoo.recipes.fields import ENGINES
from zoo.recipes.recipe import Recipe
from zoo.training import checkpoint, engine
from zoo.training.callbacks import standard_callbacks
from zoo.training.compile import compile_model

SILENT = Reporter(silent=True)
RATE, MOMENTUM, EPOCHS, ROWS = 0.1, 0.7, 5, 8
Pairs = list[tuple[float, float]]  # slope and intercept after every step

SHORT: dict[str, Any] = {"epochs": 4, "early_stopping": 0, "ema": 0.9, "baseline": ""}
SHORT |= {"dataset_options.seasons": 4}
STOPPING: dict[str, Any] = {
    "baseline": "",
    "schedule": "constant",
    "learning_rate": 1.0,
    "reduce_lr": 1,
    "early_stopping": 4,
    "epochs": 25,
    "ema": 0.5,
    "dataset_options.seasons": 4,
}


def line_recipe(**changes: Any) -> Recipe:
    """A straight line, trained by plain gradient descent, one step an epoch."""
    return Recipe(
        name="line",
        architecture="seed_difference",
        dataset="basketball",
        summary="",
        loss={"score_diff": "mse"},
        metrics={"score_diff": ()},
        optimizer="sgd",
        learning_rate=RATE,
        epochs=EPOCHS,
        batch_size=ROWS,
        **changes,
    )


def line_data(seed: int) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(seed).normal(size=(ROWS, 1)).astype("float32")
    return x, 3 * x + 1


def by_hand(x: np.ndarray, y: np.ndarray) -> tuple[Pairs, Pairs]:
    """Weights after every step, and their averages, in plain arithmetic."""
    slope = intercept = 0.0
    trained: Pairs = []
    averages: Pairs = []
    for _ in range(EPOCHS):
        error = slope * x + intercept - y
        slope -= RATE * float(2 * (error * x).mean())
        intercept -= RATE * float(2 * error.mean())
        trained.append((slope, intercept))
        before = averages[-1] if averages else trained[0]
        averages.append(
            (
                MOMENTUM * before[0] + (1 - MOMENTUM) * slope,
                MOMENTUM * before[1] + (1 - MOMENTUM) * intercept,
            )
        )
    return trained, averages


def trained_line(
    name: str, folder: Path, recipe: Recipe, *, validation: bool = True
) -> tuple[Any, Any]:
    """The model and its history after all epochs, from weights of 0."""
    model = zoo.build("seed_difference")
    for weight in model.weights:
        weight.assign(np.zeros(weight.shape))
    compile_model(model, recipe, 1)
    x, y = line_data(0)
    held = line_data(1)
    history = engine.fit(
        model,
        x,
        y,
        batch_size=ROWS,
        epochs=EPOCHS,
        verbose=0,
        validation_data=held if validation else None,
        engine=name,
        callbacks=standard_callbacks(recipe, folder),
    )
    return model, history


def flat(model: Any) -> list[float]:
    return [float(np.ravel(weight.numpy())[0]) for weight in model.weights]


@pytest.mark.parametrize("name", [slow("fit"), "resident", slow("resident-xla")])
def test_averages_are_those_computed_by_hand(name: str, tmp_path: Path) -> None:
    trained, averages = by_hand(*line_data(0))
    model, history = trained_line(name, tmp_path, line_recipe(ema=MOMENTUM))
    np.testing.assert_allclose(flat(model), averages[-1], rtol=1e-5)
    x, y = line_data(1)
    expected = [float(((slope * x + cut - y) ** 2).mean()) for slope, cut in averages]
    np.testing.assert_allclose(history.history["val_loss"], expected, rtol=1e-4)
    # the loss of an epoch is that of the weights before its step: trained ones, not averages
    x, y = line_data(0)
    before = [(0.0, 0.0), *trained[:-1]]
    expected = [float(((slope * x + cut - y) ** 2).mean()) for slope, cut in before]
    np.testing.assert_allclose(history.history["loss"], expected, rtol=1e-4)


def test_the_best_checkpoint_holds_averages(tmp_path: Path) -> None:
    _, averages = by_hand(*line_data(0))
    _, history = trained_line("fit", tmp_path, line_recipe(ema=MOMENTUM))
    best = int(np.argmin(history.history["val_loss"]))
    model = zoo.build("seed_difference")
    model.load_weights(tmp_path / "checkpoints" / "best.weights.h5")
    np.testing.assert_allclose(flat(model), averages[best], rtol=1e-5)


@pytest.mark.filterwarnings("ignore:Can save best model only with val_loss available")
def test_without_validation_rows_training_goes_on_from_the_trained_weights(tmp_path: Path) -> None:
    _, averages = by_hand(*line_data(0))
    recipe = line_recipe(ema=MOMENTUM)
    model, _ = trained_line("resident", tmp_path, recipe, validation=False)
    np.testing.assert_allclose(flat(model), averages[-1], rtol=1e-5)


def test_off_is_off(tmp_path: Path) -> None:
    trained, _ = by_hand(*line_data(0))
    model, _ = trained_line("fit", tmp_path, line_recipe())
    assert not model.optimizer.use_ema
    np.testing.assert_allclose(flat(model), trained[-1], rtol=1e-5)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1.0, "ema must be from 0"),
        (-0.1, "ema must be from 0"),
        (float("nan"), "ema must be a finite number, not nan"),
    ],
)
def test_values_that_are_refused(value: float, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        zoo.recipe("mlp").override({"ema": value})


def test_a_field_like_any_other() -> None:
    changed = zoo.recipe("mlp").override({"ema": "0.99"})
    assert changed.ema == 0.99
    assert Recipe.from_dict(changed.to_dict()) == changed


@pytest.mark.slow
def test_engines_agree(tmp_path: Path) -> None:
    weights = {}
    for name in ENGINES:
        run = zoo.fit(
            "score_and_win", data="league", logdir=tmp_path, reporter=SILENT, engine=name, **SHORT
        )
        weights[name] = [weight.numpy() for weight in run.model.weights]
    for name in ENGINES[1:]:
        for one, other in zip(weights[name], weights["fit"], strict=True):
            np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-5, err_msg=name)


def saved(run: Run) -> dict[str, np.ndarray]:
    """All that a finished run keeps: weights in memory and on disk, and its resume point."""
    point = checkpoint.newest(run.folder / "checkpoints", print)
    assert point is not None
    loaded = keras.models.load_model(run.folder / "model.keras")
    assert isinstance(loaded, keras.Model)
    best = zoo.load_run(run.folder).model
    best.load_weights(run.folder / "checkpoints" / "best.weights.h5")
    return {
        **point["arrays"],
        **{f"memory/{at}": weight.numpy() for at, weight in enumerate(run.model.weights)},
        **{f"disk/{at}": weight.numpy() for at, weight in enumerate(loaded.weights)},
        **{f"best file/{at}": weight.numpy() for at, weight in enumerate(best.weights)},
    }


@pytest.mark.parametrize(
    ("recipe", "changes"),
    [
        pytest.param("seed_difference", {**SHORT, "engine": "resident"}, id="resident"),
        pytest.param("score_and_win", {**SHORT, "engine": "resident-xla"}, id="xla"),
        pytest.param("seed_difference", STOPPING, id="stops_early"),
    ],
)
@pytest.mark.slow
def test_a_resumed_run_is_the_uninterrupted_one(
    recipe: str, changes: dict[str, Any], tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"data": "league", "reporter": SILENT, **changes}
    whole = zoo.fit(recipe, logdir=tmp_path / "whole", **settings)
    with asked_to_stop_in_the_third_epoch(), pytest.raises(StoppedEarly):
        zoo.fit(recipe, logdir=tmp_path / "cut", **settings)
    (folder,) = (tmp_path / "cut" / recipe).iterdir()
    resumed = zoo.resume(folder, reporter=SILENT)
    ends = saved(resumed), saved(whole)
    assert ends[0].keys() == ends[1].keys()
    for key, array in ends[0].items():
        np.testing.assert_array_equal(array, ends[1][key], err_msg=key)
    assert resumed.metrics == whole.metrics
    histories = [(run.folder / "history.csv").read_bytes() for run in (resumed, whole)]
    assert histories[0] == histories[1]
    if changes is STOPPING:
        assert whole.record.epochs_run < changes["epochs"], "it should have stopped early"
        for at in range(len(whole.model.weights)):
            np.testing.assert_array_equal(ends[1][f"memory/{at}"], ends[1][f"best file/{at}"])


@pytest.mark.slow
def test_the_finished_model_is_the_last_validated_one(tmp_path: Path) -> None:
    """Its validation loss is the last one of the history, which the averages had."""
    run = zoo.fit("score_and_win", data="league", logdir=tmp_path, reporter=SILENT, **SHORT)
    last = (run.folder / "history.csv").read_text(encoding="utf-8").splitlines()
    row = dict(zip(last[0].split(","), last[-1].split(","), strict=True))
    assert run.metrics["validation"]["loss"] == pytest.approx(float(row["val_loss"]), rel=1e-4)
    reloaded = zoo.load_run(run.folder)
    for one, other in zip(reloaded.model.weights, run.model.weights, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
