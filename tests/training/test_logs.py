"""Values of several numbers, and optimizers of a model's own, in the callbacks of a training."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from search_helpers import Saying

import zoo
from zoo._keras import keras, layers, tf
from zoo.core.errors import TrainingError
from zoo.training import engine
from zoo.training.callbacks import BestWeights, HistoryFile, StopOnNaN
from zoo.training.checkpoint import ResumePoint, newest
from zoo.training.logs import MOST, parts, plain_numbers, watchable
from zoo.training.model_checkpoint import ModelCheckpoint
from zoo.training.optimizers import Optimizers
from zoo.training.progress import EpochLines

RECIPE = dataclasses.replace(zoo.recipe("single_dense"), epochs=2, batch_size=8)
CLASSES = 3


def rows() -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(0).normal(size=(40, 2)).astype("float32")
    return x, np.eye(CLASSES, dtype="float32")[np.arange(40) % CLASSES]


def by_class() -> keras.Model:
    """A classifier whose metric gives one value for each class."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((2,), name="x")
    outputs = layers.Dense(CLASSES, "softmax", name="kind")(inputs)
    model = keras.Model(inputs, outputs)
    metric = keras.metrics.F1Score(average=None, name="f1")
    model.compile("sgd", "categorical_crossentropy", metrics=[metric])
    return model


def fitted(model: keras.Model, callbacks: list[Any], kind: str = "fit") -> dict[str, list[Any]]:
    x, y = rows()
    options = {"batch_size": 8, "epochs": 2, "verbose": 0, "engine": kind}
    log = engine.fit(model, x, y, validation_data=(x, y), callbacks=callbacks, **options)
    return log.history


def test_several_values_become_one_number_each() -> None:
    logs = {
        "loss": 0.5,
        "steps": 3,
        "tensor": tf.constant([1.0, 0.25]),
        "table": np.array([[1, 2], [3, 4]]),
        "half": tf.constant(1.5, tf.bfloat16),
        "many": np.arange(MOST + 1),
        "none": None,
        "text": "first",
        "ragged": [[1.0], [1.0, 2.0]],
        "empty": np.zeros(0),
    }
    numbers = plain_numbers(logs)
    assert numbers == {
        "loss": 0.5,
        "steps": 3.0,
        "tensor/0": 1.0,
        "tensor/1": 0.25,
        "table/0/0": 1.0,
        "table/0/1": 2.0,
        "table/1/0": 3.0,
        "table/1/1": 4.0,
        "half": 1.5,
        "many/mean": MOST / 2,
        "many/min": 0.0,
        "many/max": float(MOST),
    }
    assert all(type(value) is float for value in numbers.values())
    assert plain_numbers(None) == {}
    assert watchable(logs) == numbers | {"tensor": 0.625, "table": 2.5, "many": MOST / 2}
    assert parts("loss", numbers) == ["loss"]
    assert parts("tensor", numbers) == ["tensor/0", "tensor/1"]
    assert parts("mae", numbers) == ["mae"]


@pytest.mark.parametrize("kind", ["fit", "resident"])
def test_a_metric_of_several_values_ends_no_training(tmp_path: Path, kind: str) -> None:
    history = HistoryFile(tmp_path / "history.csv")
    best = BestWeights(tmp_path / "best.weights.h5", "val_f1", "max")
    lines = EpochLines(Saying(), RECIPE, 5, kind)
    callbacks = [StopOnNaN(RECIPE, history), best, history, ResumePoint(tmp_path, [best, history])]
    found = fitted(by_class(), [*callbacks, lines], kind)
    with (tmp_path / "history.csv").open(encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    for split in ("f1", "val_f1"):
        told = [[float(row[f"{split}/{at}"]) for at in range(CLASSES)] for row in written]
        np.testing.assert_array_equal(told, np.array(found[split], np.float64))
        assert split not in written[0]
    assert best.best == pytest.approx(max(float(np.mean(each)) for each in found["val_f1"]))
    assert (tmp_path / "best.weights.h5").is_file()
    state = newest(tmp_path, pytest.fail)
    assert state is not None
    rows_kept = state["callbacks"]["HistoryFile"]["rows"]
    assert [row["f1/2"] for row in rows_kept] == [float(row["f1/2"]) for row in written]


def test_lines_and_checkpoints_of_several_values(tmp_path: Path) -> None:
    """Where a train step reports what the recipe does not know of."""
    console = Saying()
    console.detailed = True
    lines = EpochLines(console, RECIPE, 5, "fit")
    recipe = dataclasses.replace(
        RECIPE,
        model_checkpoint={
            "filepath": "{epoch}-{val_mse:.4f}.weights.h5",
            "save_best_only": True,
            "save_weights_only": True,
            "monitor": "val_mse",
            "mode": "min",
        },
    )
    checkpoint = ModelCheckpoint(recipe, tmp_path)
    given = np.array([0.25, 0.75])

    class Vector(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["val_mse"] = given + epoch

    fitted(by_class(), [Vector(), checkpoint, lines])
    assert [path.name for path in tmp_path.iterdir()] == ["1-0.5000.weights.h5"]
    assert checkpoint.best == 0.5
    told = " ".join(console.lines).replace("\N{NO-BREAK SPACE}", " ")
    assert "mse/0 0.2500" in told
    assert "mse/1 1.7500" in told


def test_a_loss_of_several_values_that_is_not_finite_stops(tmp_path: Path) -> None:
    stop = StopOnNaN(RECIPE, HistoryFile(tmp_path / "history.csv"))
    stop.set_params({"steps": 5})
    stop.on_epoch_begin(0)
    stop.on_train_batch_end(0, {"loss": np.array([0.5, 1.0])})
    with pytest.raises(TrainingError, match=r"the loss became nan in epoch 1, step 2;"):
        stop.on_train_batch_end(1, {"loss": np.array([0.5, np.nan])})


def test_own_optimizers_are_told_apart() -> None:
    model = by_class()
    model.critic = keras.optimizers.Adam(0.25)
    model.others = {"slow": keras.optimizers.SGD(0.125)}
    model.same = model.optimizer
    optimizers = Optimizers(model)
    assert not optimizers.begun()
    assert (optimizers.moved(), optimizers.steps(), optimizers.rates()) == ([], None, {})
    slopes = [tf.zeros_like(each) for each in model.trainable_variables]

    def step(optimizer: Any, times: int) -> None:
        for _ in range(times):
            optimizer.apply(slopes, model.trainable_variables)

    step(model.critic, 3)
    assert (optimizers.steps(), optimizers.rates()) == (3, {"learning_rate": 0.25})
    step(model.others["slow"], 1)
    wanted = {"learning_rate/critic": 0.25, "learning_rate/others/slow": 0.125}
    assert (optimizers.steps(), optimizers.rates()) == (3, wanted)
    step(model.optimizer, 2)
    assert optimizers.steps() == 2, "the compiled optimizer counts where it is used"
    assert optimizers.rates()["learning_rate"] == pytest.approx(0.01)
    assert optimizers.moved() == ["", "critic", "others/slow"]
    assert Optimizers(model).begun()
    assert not Optimizers(model).moved()
