"""`fit`'s arguments, losses and metrics as fields of a recipe."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zoo
from zoo._keras import keras, layers, ops
from zoo.core.console import Reporter
from zoo.core.errors import RecipeError, TrainingError
from zoo.experiments.runs import Run
from zoo.recipes.functions import FUNCTIONS
from zoo.training import engine
from zoo.training.compile import reported_values

SILENT = Reporter(silent=True)
GAMES: dict[str, Any] = {"dataset_options.seasons": 4, "baseline": "", "engine": "resident"}
GAMES |= {"data": "league", "reporter": SILENT}


def history(run: Run) -> list[dict[str, str]]:
    with (run.folder / "history.csv").open() as file:
        return list(csv.DictReader(file))


def pinball(y_true: Any, y_pred: Any) -> Any:
    error = y_true - y_pred
    return ops.mean(ops.maximum(0.9 * error, -0.1 * error), axis=-1)


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
            held,
            held,
            sample_weight=weights,
            validation_sample_weight=weights,
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
        logs[name] = engine.fit(
            model, ({"x": x}, {"y": targets}), class_weight=weights, **given
        ).history
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


# metrics and losses by name, and functions


@pytest.mark.slow
def test_any_metric_and_loss_of_keras_by_name(tmp_path: Path) -> None:
    recipe = zoo.recipe("binary_mlp").override({"metrics.label": "AUC"})
    assert recipe.metrics == {"label": ("AUC",)}
    run = zoo.fit(
        "binary_mlp",
        logdir=tmp_path,
        reporter=SILENT,
        **{
            "baseline": "nearest_neighbor",
            "engine": "resident",
            "epochs": 2,
            "loss.label": "BinaryFocalCrossentropy",
            "metrics.label": ("AUC", "Precision", "accuracy"),
            "monitor": "val_auc",
        },
    )
    assert set(run.metrics["test"]) == {"loss", "auc", "precision", "accuracy"}
    assert set(run.baseline["test"]) == {"accuracy"}  # what the classical model is scored by
    best = max(float(row["val_auc"]) for row in history(run))
    assert 0.5 < best <= 1
    assert zoo.evaluate(run.folder, reporter=SILENT)["test"] == pytest.approx(run.metrics["test"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metrics.label": "AUCC"}, "unknown metric 'AUCC'; did you mean AUC"),
        ({"metrics.label": "MeanIoU"}, "metric MeanIoU needs arguments .*num_classes"),
        ({"loss.label": "BinaryCrosentropy"}, "did you mean BinaryCrossentropy"),
        ({"metrics.label": lambda y, p: p}, "give the function a name"),
        ({"weighted_metrics.lable": "AUC"}, "did you mean label"),
        ({"loss.label": "hinge"}, "metric accuracy needs a cross-entropy loss, not 'hinge'"),
    ],
)
def test_what_is_no_metric_or_loss(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=message):
        zoo.fit("binary_mlp", logdir=tmp_path, reporter=SILENT, **changes)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"metrics.category": "AUC"}, r"metric AUC does not go with targets \(1,\) and predict"),
        ({"metrics.category": "F1Score"}, r"metric F1Score (gives 10 values|does not go)"),
        ({"loss.category": "CategoricalHinge", "metrics": {}}, None),
    ],
)
def test_what_does_not_go_with_the_data(
    changes: dict[str, Any], message: str | None, tmp_path: Path
) -> None:
    given = {"epochs": 1, "engine": "resident", "baseline": "", "logdir": tmp_path}
    if message is None:  # Keras spreads the target over the ten predictions
        zoo.fit("softmax_mlp_32", data="mixture", reporter=SILENT, **given, **changes)
        return
    with pytest.raises(RecipeError, match=message):
        zoo.fit("softmax_mlp_32", data="mixture", reporter=SILENT, **given, **changes)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_functions_and_objects_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.recipes.functions.FUNCTIONS", FUNCTIONS)
    run = zoo.fit(
        "seed_difference",
        logdir=tmp_path,
        epochs=2,
        loss={"score_diff": pinball},
        metrics={"score_diff": (pinball, keras.metrics.MeanAbsoluteError(name="points"))},
        monitor="val_pinball",
        mode="min",
        **GAMES,
    )
    assert run.record.recipe.loss == {"score_diff": "pinball"}
    assert run.record.recipe.metrics == {"score_diff": ("pinball", "points")}
    found = run.metrics["test"]
    assert found["pinball"] == pytest.approx(found["loss"], rel=1e-5)
    assert zoo.evaluate(run.folder, reporter=SILENT)["test"] == pytest.approx(found)

    for name in ("pinball", "points"):  # as in another process
        monkeypatch.delitem(FUNCTIONS, name)
    loaded = zoo.load_run(run.folder)
    assert not loaded.model.compiled
    with pytest.raises(TrainingError, match=r"trained with pinball, pinball, points.* is yours"):
        zoo.evaluate(run.folder, reporter=SILENT)
    mine = {"pinball": pinball, "points": keras.metrics.MeanAbsoluteError(name="points")}
    zoo.load_run(run.folder, custom_objects=mine)
    assert zoo.evaluate(run.folder, reporter=SILENT)["test"] == pytest.approx(found)


def test_a_function_may_not_take_the_name_of_a_metric_of_the_zoo() -> None:
    def mae(y_true: Any, y_pred: Any) -> Any:
        return y_pred

    with pytest.raises(RecipeError, match=r"metrics\.score_diff: mae is a metric of the zoo"):
        zoo.recipe("seed_difference").override({"metrics.score_diff": mae})
    assert "mae" not in FUNCTIONS


def test_names_are_those_that_training_reports() -> None:
    recipe = zoo.recipe("score_and_win").override(
        {"metrics.won": ("AUC", "accuracy"), "weighted_metrics.won": ("AUC",)}
    )
    assert reported_values(recipe) == {
        "loss": "min",
        "score_diff_loss": "min",
        "won_loss": "min",
        "score_diff_mae": "min",
        "won_auc": "max",
        "won_accuracy": "max",
        "won_weighted_auc": "max",
    }
