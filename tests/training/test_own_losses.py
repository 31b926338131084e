"""Losses and metrics by Keras's names, and of the user's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import history

import zoo
from zoo._keras import keras, ops
from zoo.core.console import Reporter
from zoo.core.errors import RecipeError, TrainingError
from zoo.experiments.feeding import feed
from zoo.recipes.functions import FUNCTIONS
from zoo.training.compile import reported_values
from zoo.training.metrics import loss_named

SILENT = Reporter(silent=True)
GAMES: dict[str, Any] = {"dataset_options.seasons": 4, "baseline": "", "engine": "resident"}
GAMES |= {"data": "league", "reporter": SILENT}
ONE_HOT = {"loss.category": "categorical_crossentropy"}


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    FUNCTIONS.clear()


def pinball(y_true: Any, y_pred: Any) -> Any:
    error = y_true - y_pred
    return ops.mean(ops.maximum(0.9 * error, -0.1 * error), axis=-1)


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
        ({"metrics.label": "Mean"}, r"unknown metric 'Mean'; did you mean MeanIoU\? \(or give"),
        ({"metrics.label": "Metric"}, "unknown metric 'Metric'; did you mean "),
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
        ({"metrics.category": "AUC"}, "metric AUC does not go with class ids"),
        ({"metrics.category": "F1Score", **ONE_HOT}, "metric F1Score gives 10 values of category"),
        ({"metrics.category": "mae"}, "metric mae does not go with class ids, which category has"),
        ({"metrics.category": "CategoricalAccuracy"}, "take accuracy, log_loss, a Sparse metric"),
        ({"class_weight": {0: 1, "0": 2}}, "a class is given twice"),
    ],
)
def test_what_does_not_go_with_the_data(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    given = {"epochs": 1, "engine": "resident", "baseline": "", "logdir": tmp_path}
    with pytest.raises(RecipeError, match=message):
        zoo.fit("softmax_mlp_32", data="mixture", reporter=SILENT, **given, **changes)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_functions_and_objects_in_python(tmp_path: Path) -> None:
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
    assert run.record.recipe.loss == {"score_diff": "custom:pinball"}
    assert run.record.recipe.metrics == {"score_diff": ("custom:pinball", "custom:points")}
    assert "custom:pinball" in run.record.command
    found = run.metrics["test"]
    assert found["pinball"] == pytest.approx(found["loss"], rel=1e-5)
    assert zoo.evaluate(run.folder, reporter=SILENT)["test"] == pytest.approx(found)

    FUNCTIONS.clear()  # as in another process
    loaded = zoo.load_run(run.folder)
    assert not loaded.model.compiled
    with pytest.raises(TrainingError, match="trained with pinball and points of your own"):
        zoo.evaluate(run.folder, reporter=SILENT)
    mine = {"pinball": pinball, "points": keras.metrics.MeanAbsoluteError(name="points")}
    zoo.load_run(run.folder, custom_objects=mine)
    assert zoo.evaluate(run.folder, reporter=SILENT)["test"] == pytest.approx(found)


@pytest.mark.parametrize("name", ["mae", "loss", "epoch", "learning_rate", "val_mae"])
def test_a_function_may_not_take_a_name_of_the_zoo(name: str) -> None:
    def own(y_true: Any, y_pred: Any) -> Any:
        return y_pred

    own.__name__ = name
    with pytest.raises(RecipeError, match=rf"metrics\.score_diff: {name} is the zoo's own name"):
        zoo.recipe("seed_difference").override({"metrics.score_diff": own})
    assert name not in FUNCTIONS


def test_arguments_of_a_keras_object_are_not_lost() -> None:
    """A smoothed cross-entropy has the name of the plain one, and is not mistaken for it."""
    smooth = keras.losses.BinaryCrossentropy(label_smoothing=0.4)
    plain = zoo.recipe("binary_mlp")
    recipe = plain.override({"loss.label": smooth})
    assert recipe.loss == {"label": "custom:binary_crossentropy"}
    assert recipe.fingerprint != plain.fingerprint, "its expectation does not hold"
    assert loss_named("custom:binary_crossentropy") is smooth
    assert loss_named("binary_crossentropy") is keras.losses.binary_crossentropy
    assert plain.override({"loss.label": keras.losses.BinaryCrossentropy}).loss == {
        "label": "BinaryCrossentropy"
    }
    FUNCTIONS.clear()  # as in another process
    with pytest.raises(RecipeError, match="loss binary_crossentropy is yours, and this process"):
        loss_named("custom:binary_crossentropy")


class Scaled(keras.losses.Loss):
    """Has an argument and no get_config."""

    def __init__(self, scale: float) -> None:
        super().__init__(name="scaled")
        self.scale = scale

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.scale * ops.mean(ops.abs(y_true - y_pred), axis=-1)


class Scale(keras.metrics.Mean):
    """The same as a metric."""

    def __init__(self, scale: float) -> None:
        super().__init__(name="scale")
        self.scale = scale


def test_objects_without_get_config() -> None:
    given = {"loss.score_diff": Scaled(3.0), "metrics.score_diff": ()}
    scaled = zoo.recipe("seed_difference").override(given)
    assert loss_named(scaled.loss["score_diff"]).scale == 3.0
    recipe = zoo.recipe("seed_difference").override({"metrics.score_diff": Scale(3.0)})
    with pytest.raises(RecipeError, match=r"needs arguments .*: its get_config must give them"):
        reported_values(recipe)


@pytest.mark.parametrize(
    "loss", ["CategoricalFocalCrossentropy", "KLDivergence", "categorical_hinge", "mse"]
)
def test_losses_over_all_classes_get_one_hot_rows(loss: str) -> None:
    recipe = zoo.recipe("softmax_mlp_32").override({"loss.category": loss})
    dataset = zoo.load_data("classes_32", "mixture")
    model = zoo.build("softmax_mlp_32")
    targets = feed(recipe, dataset, model, print)["train"][1]["category"]
    assert targets.shape[1] == 10
    assert (targets.sum(axis=1) == 1).all()
    model.compile(loss=loss_named(loss))


def test_steps_of_a_text_have_no_class_weight(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="class_weight needs a model with one output, of classes"):
        zoo.fit("text_generator", class_weight={5: 2}, logdir=tmp_path, reporter=SILENT)


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
