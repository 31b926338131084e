"""`fit`'s arguments, losses and metrics as fields of a recipe."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import history

import zoo
from zoo._keras import keras, layers
from zoo.core.console import Reporter
from zoo.core.errors import RecipeError
from zoo.training import engine

SILENT = Reporter(silent=True)
GAMES: dict[str, Any] = {"dataset_options.seasons": 4, "baseline": "", "engine": "resident"}
GAMES |= {"data": "league", "reporter": SILENT}


# fit's arguments


@pytest.mark.slow
def test_epochs_are_counted_from_the_initial_one(tmp_path: Path) -> None:
    run = zoo.fit("seed_difference", logdir=tmp_path, epochs=5, initial_epoch=3, **GAMES)
    assert [row["epoch"] for row in history(run)] == ["4", "5"]


@pytest.mark.slow
def test_validation_comes_after_every_second_epoch(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        # Keras's callbacks miss the value in between
        warnings.filterwarnings("error", message=".*conditioned on metric")
        run = zoo.fit(
            "seed_difference",
            logdir=tmp_path,
            epochs=5,
            validation_freq=2,
            early_stopping=3,
            **GAMES,
        )
    assert [bool(row["val_loss"]) for row in history(run)] == [False, True, False, True, False]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["fit", "resident"])
def test_steps_of_an_epoch(kind: str, tmp_path: Path) -> None:
    steps = {"steps_per_epoch": 2, "batch_size": 16}
    run = zoo.fit(
        "seed_difference", logdir=tmp_path, epochs=3, **{**GAMES, "engine": kind, **steps}
    )
    assert int(run.model.optimizer.iterations) == 6
    with pytest.raises(RecipeError, match="steps_per_epoch must be at most 22, which takes all 3"):
        zoo.fit("seed_difference", logdir=tmp_path, **{**GAMES, **steps, "steps_per_epoch": 99})


def _model(units: int = 1, loss: str = "mse") -> keras.Model:
    x = keras.Input((3,), name="x")
    y = layers.Dense(units, activation="softmax" if units > 1 else None, name="y")(x)
    model = keras.Model(x, y)
    model.compile("sgd", loss, weighted_metrics=["mae"])
    return model


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["fit", "resident"])
def test_rows_without_weight_are_not_learned_from(kind: str) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(64, 3)).astype("float32"), rng.normal(size=(64, 1)).astype("float32")
    spoiled, weights = y.copy(), np.ones(64, np.float32)
    spoiled[::2], weights[::2] = 1e6, 0
    trained = []
    for targets in (y, spoiled):
        keras.utils.set_random_seed(1)
        model = _model()
        held = ({"x": x}, {"y": targets})
        settings: dict[str, Any] = {"epochs": 2, "batch_size": 16, "engine": kind}
        log = engine.fit(
            model,
            *held,
            verbose=0,
            validation_data=(*held, weights),
            sample_weight=weights,
            **settings,
        )
        trained.append((*(each.numpy() for each in model.weights), log.history["val_mae"]))
    for one, other in zip(*trained, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.slow
@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_class_weights_weigh_the_training_rows_alone(loss: str) -> None:
    rng = np.random.default_rng(0)
    x, ids = rng.normal(size=(60, 3)).astype("float32"), rng.integers(0, 3, (60, 1))
    targets = ids if loss.startswith("sparse") else np.eye(3, dtype=np.float32)[ids[:, 0]]
    given = {"epochs": 1, "batch_size": 60, "validation_split": 0.5}
    logs = {}
    for name, weights in (("without", None), ("with", {0: 0.0, 1: 2.0})):
        keras.utils.set_random_seed(1)
        model = _model(3, loss)
        logs[name] = engine.fit(model, x, targets, verbose=0, class_weight=weights, **given).history
    keras.utils.set_random_seed(1)
    model = _model(3, loss)
    rows = np.array([0.0, 2.0, 1.0])[ids[:30, 0]]
    wanted = model.evaluate(x[:30], targets[:30], sample_weight=rows, verbose=0)[0]
    assert logs["with"]["loss"][0] == pytest.approx(wanted, rel=1e-5)
    assert logs["with"]["loss"] != pytest.approx(logs["without"]["loss"])


@pytest.mark.slow
def test_class_weight_takes_ids_and_labels(tmp_path: Path) -> None:
    quick: dict[str, Any] = {"epochs": 1, "baseline": "", "reporter": SILENT}
    quick |= {"engine": "resident", "logdir": tmp_path}
    by_label = zoo.fit("binary_mlp", data="breast_cancer", class_weight={"malignant": 9}, **quick)
    by_id = zoo.fit("binary_mlp", data="breast_cancer", class_weight={0: 9}, **quick)
    plain = zoo.fit("binary_mlp", data="breast_cancer", **quick)
    assert by_label.metrics == by_id.metrics
    assert by_label.metrics != plain.metrics
    with pytest.raises(RecipeError, match="unknown class 'malignent'; did you mean malignant"):
        zoo.fit("binary_mlp", data="breast_cancer", class_weight={"malignent": 9}, **quick)
    with pytest.raises(RecipeError, match="class_weight needs a model with one output, of classes"):
        zoo.fit("single_dense", class_weight={0: 9}, **quick)


@pytest.mark.slow
def test_a_column_weighs_rows_in_training_and_scores(tmp_path: Path) -> None:
    run = zoo.fit(
        "seed_difference",
        logdir=tmp_path,
        sample_weight="won",
        weighted_metrics={"score_diff": ("mae",)},
        epochs=2,
        **GAMES,
    )
    data = zoo.load_data("tournament", source="league", seasons=4).splits["test"]
    error = np.abs(data["score_diff"] - run.model.predict(data["seed_diff"], verbose=0))
    found = run.metrics["test"]
    assert found["mae"] == pytest.approx(float(error.mean()), rel=1e-4)
    assert found["weighted_mae"] == pytest.approx(float(error[data["won"] > 0].mean()), rel=1e-4)
    assert found["loss"] == pytest.approx(float((error * data["won"]).sum() / len(error)), rel=1e-4)
    assert zoo.evaluate(run.folder, reporter=SILENT)["test"] == pytest.approx(found)
    with pytest.raises(RecipeError, match="sample_weight needs one number from 0 up in each row"):
        zoo.fit("seed_difference", logdir=tmp_path, sample_weight="seed_diff", **GAMES)
    with pytest.raises(RecipeError, match="needs column 'price'"):
        zoo.fit("seed_difference", logdir=tmp_path, sample_weight="price", **GAMES)
