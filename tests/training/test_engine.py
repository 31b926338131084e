"""The engines give the same training; fit's own features work in each of them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
import pytest
from support import checksum, slow, small_data, small_recipe

import zoo
from zoo._keras import keras
from zoo.core.errors import TrainingError
from zoo.experiments.feeding import feed
from zoo.experiments.setup import build_for
from zoo.training import engine, inference
from zoo.training.compile import compile_model
from zoo.training.devices import dtype_policy

# `fit` is Keras's own; XLA takes seconds to compile, and gets its rows as `resident` does.
ENGINES = (slow("fit"), "resident", slow("resident-xla"))
QUICK = "basketball"
PARTIAL = (QUICK, "score_and_win", "mlp")  # their last batch is not full
NORMALIZED = ("inception_network", "residual_network", "siamese_xception")
ROWS = 16  # of a batch, at most
# Those as printed train the same models.
EVERY = [name for name in zoo.list_recipes() if not name.endswith("_as_printed")]


def compared(run: dict[str, list[float]]) -> dict[str, list[float]]:
    """What must agree: all but the losses of single outputs.

    Keras 3.15 weighs those by the batch's size only where that is known when the step is traced
    (`compile_utils.CompileLoss.call`): in the resident engines, not in its own.
    """
    return {
        key: values
        for key, values in run.items()
        if key in ("loss", "val_loss") or not key.endswith("_loss") or key.endswith("log_loss")
    }


@functools.cache
def trained_once(name: str, which: str) -> tuple[dict[str, list[float]], str]:
    return trained(name, which)


def trained(name: str, which: str) -> tuple[dict[str, list[float]], str]:
    """History and weights' checksum of two epochs on a few rows of a recipe.

    Batch normalization makes differences of the last bit grow with every step, on some machines
    to 1% after eight: those networks have 64 bits.
    """
    with float64() if name in NORMALIZED else nullcontext():
        return _trained(name, which)


@contextmanager
def float64() -> Iterator[None]:
    keras.config.dtype_policy()  # made of floatx when it is first asked for, and kept
    keras.config.set_floatx("float64")
    try:
        with dtype_policy("float64"):
            yield
    finally:
        keras.config.set_floatx("float32")


def _trained(name: str, which: str) -> tuple[dict[str, list[float]], str]:
    recipe = small_recipe(name)
    data = small_data(recipe)
    engine.set_seed(0)
    model = build_for(recipe, data)
    splits = feed(recipe, data, model, lambda _: None)
    batch = min(recipe.batch_size, ROWS)
    rows = 2 * batch + (batch // 2 if name in PARTIAL else 0)

    def part(split: str) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        first, second = (
            {key: array[:rows] for key, array in side.items()} for side in splits[split]
        )
        return first, second

    compile_model(model, recipe, 3)
    run = engine.fit(
        model,
        *part("train"),
        batch_size=batch,
        epochs=2,
        verbose=0,
        validation_data=part("validation"),
        engine=which,
        seed=1,
    )
    return run.history, checksum(model)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name == QUICK else pytest.mark.slow) for name in EVERY],
)
def test_resident_engine_trains_as_the_stepwise_one(name: str) -> None:
    """Every recipe, losses and metrics; trained once more, it ends in the same bits.

    Seconds each, for tracing.
    """
    resident, weights = trained(name, "resident")
    stepwise = trained_once(name, "fit")[0]
    assert set(stepwise) == set(resident)
    for key, values in compared(stepwise).items():
        np.testing.assert_allclose(resident[key], values, rtol=1e-5, atol=1e-5, err_msg=key)
    assert trained(name, "resident") == (resident, weights)


@pytest.mark.slow
@pytest.mark.parametrize("name", [QUICK, "score_and_win"])
def test_xla_trains_as_the_stepwise_one(name: str) -> None:
    stepwise, xla = trained_once(name, "fit")[0], trained(name, "resident-xla")[0]
    for key, values in compared(stepwise).items():
        np.testing.assert_allclose(xla[key], values, rtol=1e-4, err_msg=key)


@pytest.fixture
def small() -> tuple[Any, dict[str, np.ndarray], dict[str, np.ndarray]]:
    """A tiny classifier and 50 rows of two classes, one three times as frequent."""
    engine.set_seed(0)
    inputs = keras.Input((2,), name="x")
    outputs = keras.layers.Dense(1, activation="sigmoid", name="y")(inputs)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 2)).astype("float32")
    y = (rng.random((50, 1)) < 0.25).astype("float32")
    return keras.Model(inputs, outputs), {"x": x}, {"y": y}


@pytest.mark.slow
@pytest.mark.parametrize("which", ENGINES)
def test_weights_of_rows_and_classes(which: str, small: Any) -> None:
    """Class weights are row weights by class; a weight of 0 takes a row out."""
    model, x, y = small
    start = model.get_weights()

    def trained(**weights: Any) -> list[np.ndarray]:
        model.set_weights(start)
        model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
        engine.fit(model, x, y, 16, 2, verbose=0, engine=which, **weights)
        return model.get_weights()

    by_class = trained(class_weight={0: 1.0, 1: 3.0})
    by_row = trained(sample_weight=np.where(y["y"].ravel() > 0.5, 3.0, 1.0).astype("float32"))
    for one, other in zip(by_class, by_row, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)
    assert not np.allclose(trained()[0], by_class[0])
    nothing = trained(sample_weight=np.zeros(50, "float32"))
    np.testing.assert_array_equal(nothing[0], start[0])


@pytest.mark.parametrize("which", ENGINES)
def test_order_depends_on_seed_and_epoch_alone(which: str, small: Any) -> None:
    model, x, y = small
    start = model.get_weights()

    def trained(seed: int, *stretches: tuple[int, int]) -> np.ndarray:
        model.set_weights(start)
        model.compile(keras.optimizers.SGD(0.5), "binary_crossentropy")
        for first, last in stretches:
            engine.fit(
                model,
                x,
                y,
                batch_size=8,
                epochs=last,
                verbose=0,
                initial_epoch=first,
                engine=which,
                seed=seed,
            )
        return model.get_weights()[0]

    whole = trained(3, (0, 4))
    np.testing.assert_array_equal(trained(3, (0, 2), (2, 4)), whole)
    assert not np.array_equal(trained(4, (0, 4)), whole)


@pytest.mark.parametrize("which", ENGINES)
def test_every_row_counts_once_an_epoch(which: str, small: Any) -> None:
    """At learning rate 0 the epoch's loss is the loss over all rows, partial batch included."""
    model, x, y = small
    model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy", metrics=["accuracy"])
    run = engine.fit(model, x, y, 16, verbose=0, validation_data=(x, y), engine=which)
    expected = inference.evaluate(model, x, y)
    for key, value in expected.items():
        assert run.history[key][0] == pytest.approx(value, rel=1e-5)
        assert run.history[f"val_{key}"][0] == pytest.approx(value, rel=1e-5)
    assert int(model.optimizer.iterations) == 4


@pytest.mark.parametrize("which", ENGINES)
def test_callbacks_and_schedules_behave_as_ever(which: str, small: Any) -> None:
    model, x, y = small
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 4 * 6)
    model.compile(keras.optimizers.SGD(schedule), "binary_crossentropy")
    rates: list[float] = []
    callbacks = [
        keras.callbacks.LambdaCallback(
            on_epoch_end=lambda *_: rates.append(float(model.optimizer.learning_rate))
        ),
        keras.callbacks.EarlyStopping(monitor="loss", patience=0, mode="max"),
    ]
    run = engine.fit(model, x, y, 16, 6, verbose=0, engine=which, callbacks=callbacks)
    assert len(run.epoch) == 2, "a falling loss is no improvement where more is better"
    assert rates == pytest.approx([float(schedule(4)), float(schedule(8))], rel=1e-5)
    assert model.predict(x["x"], verbose=0).shape == (50, 1), "the model is itself again"


def test_validation_split_takes_the_last_rows(small: Any) -> None:
    model, x, y = small
    model.compile(keras.optimizers.SGD(0.0), "binary_crossentropy")
    run = engine.fit(model, x, y, 16, verbose=0, validation_split=0.2)
    last = inference.evaluate(model, {"x": x["x"][40:]}, {"y": y["y"][40:]})
    assert run.history["val_loss"][0] == pytest.approx(last["loss"], rel=1e-5)


def test_what_cannot_be_trained_is_reported(small: Any) -> None:
    model, x, y = small
    model.compile("sgd", "binary_crossentropy")
    with pytest.raises(TrainingError, match="no rows"):
        engine.fit(model, x["x"][:0], y["y"][:0])
    with pytest.raises(TrainingError, match="and no sample_weight"):
        engine.fit(
            model,
            x,
            y,
            sample_weight=np.ones(50, "float32"),
            class_weight={0: 2.0},
        )
