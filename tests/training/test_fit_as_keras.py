"""`zoo.training.fit` takes what `keras.Model.fit` takes, with every engine."""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import slow

import zoo.training
from zoo._keras import keras, tf
from zoo.core.errors import TrainingError, UnknownNameError
from zoo.training.arrays import data_of, read

ROWS = 12
ENGINES = (slow("fit"), "resident")
fit: Any = zoo.training.fit


def columns() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=(ROWS, 2)).astype("float32") for _ in range(2))
    return a, b, (a - b).sum(axis=1, keepdims=True)


def two_ports() -> Any:
    """Two inputs and two outputs, compiled by position."""
    a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
    both = keras.layers.Concatenate(name="both")([a, b])
    heads = [
        keras.layers.Dense(1, kernel_initializer="ones", name=name)(both) for name in ("p", "q")
    ]
    model = keras.Model([a, b], heads)
    model.compile("sgd", ["mse", "mae"])
    return model


def test_arguments_are_those_of_keras_in_its_order() -> None:
    ours = list(inspect.signature(fit).parameters.values())[1:]
    theirs = list(inspect.signature(keras.Model.fit).parameters.values())[1:]
    assert [each.name for each in ours[: len(theirs)]] == [each.name for each in theirs]
    assert [each.default for each in ours[: len(theirs)]] == [each.default for each in theirs]
    assert [each.name for each in ours[len(theirs) :]] == ["engine", "seed"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.slow
def test_every_form_of_arrays_trains_alike(engine: str) -> None:
    a, b, y = columns()
    forms: list[tuple[Any, Any]] = [
        ([a, b], [y, y]),
        ((a, b), (y, y)),
        ({"a": a, "b": b}, [y, y]),
        ([tf.constant(a), a * 0 + b], [y.astype("float64"), y]),
        ([pd.DataFrame(a), pd.DataFrame(b)], [y, pd.Series(y[:, 0])]),
    ]
    losses = []
    for x, targets in forms:
        model = two_ports()
        log = fit(model, x, targets, 4, 2, 0, engine=engine, validation_data=(x, targets))
        losses.append((*log.history["loss"], *log.history["val_loss"]))
    for other in losses[1:]:
        assert other == pytest.approx(losses[0], rel=1e-6)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("named", [False, True])
def test_a_model_with_one_tensor_takes_it_by_name_or_alone(engine: str, named: bool) -> None:
    a, _, y = columns()
    x = keras.Input((2,), name="a")
    out = keras.layers.Dense(1, kernel_initializer="ones", name="y")(x)
    for model in (keras.Model(x, out), keras.Model({"a": x}, {"y": out})):
        model.compile("sgd", {"y": "mse"} if isinstance(model.output, dict) else "mse")
        alone = not named and not isinstance(model.output, dict)
        given = (a, y) if alone else ({"a": a}, {"y": y})
        log = fit(model, *given, verbose=0, engine=engine)
        assert len(log.history["loss"]) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_plain_lists_and_models_that_are_not_built_yet(engine: str) -> None:
    a, _, y = columns()
    for given in (([[0.0], [1.0], [2.0]], [1.0, 2.0, 3.0]), ({"a": a}, {"y": y})):
        model = keras.Sequential([keras.layers.Dense(1, name="y")])
        model.compile("sgd", "mse")
        log = fit(model, *given, verbose=0, engine=engine, validation_data=given)
        assert np.isfinite(log.history["val_loss"]).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_tf_data_serves_for_training_and_for_validation(engine: str) -> None:
    a, b, y = columns()
    batches = tf.data.Dataset.from_tensor_slices(((a, b), (y, y))).batch(4)
    model = two_ports()
    log = fit(model, batches, epochs=2, verbose=0, validation_data=batches, engine=engine)
    assert int(model.optimizer.iterations) == 2 * 3, "in the batches of the data set"
    scored = two_ports()
    scored.set_weights(model.get_weights())
    loss = scored.evaluate(batches, verbose=0)[0]
    assert log.history["val_loss"][-1] == pytest.approx(loss, rel=1e-5)


@pytest.mark.slow
def test_the_resident_engine_reads_tf_data_as_it_takes_arrays() -> None:
    a, b, y = columns()
    batches = tf.data.Dataset.from_tensor_slices(({"a": a, "b": b}, (y, y))).batch(5)
    trained = []
    for given in ((batches,), ({"a": a, "b": b}, (y, y), 5)):
        model = two_ports()
        fit(model, *given, epochs=2, verbose=0, engine="resident", seed=3)
        trained.append(model.get_weights())
    for one, other in zip(*trained, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_keep_their_order_without_shuffling(engine: str) -> None:
    """Plain SGD with one row a step: the last row has the last word."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.5), "mse")
    x, y = np.ones((5, 1), "float32"), np.arange(5, dtype="float32")
    fit(model, x, y, 1, verbose=0, shuffle=False, engine=engine)
    assert model.get_weights()[0].item() == pytest.approx(4.0), "each step lands on its target"


@pytest.mark.parametrize("engine", ENGINES)
def test_validation_takes_its_own_steps_and_batches(engine: str) -> None:
    a, b, y = columns()
    model = two_ports()
    log = fit(
        model,
        [a, b],
        [y, y],
        verbose=0,
        validation_data=([a, b], [y, y]),
        validation_steps=2,
        validation_batch_size=3,
        engine=engine,
    )
    first = [a[:6], b[:6]], [y[:6], y[:6]]
    assert log.history["val_loss"][0] == pytest.approx(model.evaluate(*first, verbose=0)[0])


def test_verbose_is_keras_own(capsys: pytest.CaptureFixture[str]) -> None:
    a, b, y = columns()
    model = two_ports()
    fit(model, [a, b], [y, y], verbose=0, engine="resident")
    assert capsys.readouterr().out == ""
    fit(model, [a, b], [y, y], verbose=2, engine="resident")
    assert "loss:" in capsys.readouterr().out


def test_what_does_not_go_together_is_refused() -> None:
    a, b, y = columns()
    model = two_ports()
    with pytest.raises(UnknownNameError, match="unknown engine 'residnt'; did you mean resident"):
        fit(model, [a, b], [y, y], engine="residnt")
    with pytest.raises(TrainingError, match="inputs 12 and 11, targets 12 and 12"):
        fit(model, [a, b[1:]], [y, y])
    with pytest.raises(TrainingError, match="call its compile"):
        fit(keras.Sequential([keras.layers.Dense(1)]), a, y)


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (lambda rows: rows.batch(4).repeat(), "no end: leave out its repeat"),
        (lambda rows: rows.take(0).batch(4), "is empty"),
        (lambda rows: rows.map(lambda row: row[0]), "rows on axis 0"),
        (
            lambda rows: rows.map(lambda row: tf.ones([tf.cast(row[0], tf.int32)])).batch(1),
            "differ in shape",
        ),
        (lambda rows: iter(rows), "cannot read"),
    ],
)
def test_streams_that_have_no_place_in_memory(stream: Any, message: str) -> None:
    rows = tf.data.Dataset.from_tensor_slices(np.arange(1.0, 7.0).reshape(6, 1))
    with pytest.raises(TrainingError, match=message):
        read(stream(rows))


def test_a_class_of_ones_own_gets_its_mapping_of_one() -> None:
    class Own(keras.Model):
        def call(self, inputs: Any) -> Any:
            return inputs["a"]

    a, _, y = columns()
    held = data_of(Own(), {"a": a}, y)
    assert list(held[0]) == ["a"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("steps", [slow(1), 3, slow(4)])
@pytest.mark.filterwarnings("ignore:.*ran out of data")
def test_epochs_of_few_steps_go_on_where_the_last_one_stopped(engine: str, steps: int) -> None:
    """10 rows are 4 steps: an epoch ends with the rows, and the next begins at the first."""
    x = np.arange(10, dtype="float32")[:, None]
    losses = []
    for train in (keras.Model.fit, partial(fit, engine=engine)):
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
        model.set_weights([np.ones((1, 1))])
        model.compile(keras.optimizers.SGD(0.001), "mse")
        given = {"batch_size": 3, "epochs": 6, "steps_per_epoch": steps, "verbose": 0}
        losses.append(train(model, x, 2 * x, shuffle=False, **given).history["loss"])
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-5)


@pytest.mark.parametrize("engine", [*ENGINES, slow("resident-xla")])
def test_losses_of_single_outputs_where_the_last_batch_is_smaller(engine: str) -> None:
    """Keras counts that batch as a full one; the resident engines weigh by rows and add up."""
    a, b, y = columns()
    model = two_ports()
    model.compile(keras.optimizers.SGD(0.0), ["mse", "mae"])
    log = fit(model, [a, b], [y, y], 5, verbose=0, shuffle=False, engine=engine).history
    parts = log["p_loss"][0] + log["q_loss"][0]
    whole = model.evaluate([a, b], [y, y], batch_size=ROWS, verbose=0)[0]
    assert log["loss"][0] == pytest.approx(whole, rel=1e-5)
    if engine == "fit":
        plain = model.fit([a, b], [y, y], 5, verbose=0, shuffle=False).history
        assert parts == pytest.approx(plain["p_loss"][0] + plain["q_loss"][0], rel=1e-5)
        assert parts != pytest.approx(whole, rel=1e-3)
    else:
        assert parts == pytest.approx(whole, rel=1e-5)


def test_what_xla_or_a_loop_cannot_do_is_refused() -> None:
    a, _, y = columns()
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    with pytest.raises(TrainingError, match=r"runs eagerly.*use engine='fit'"):
        fit(model, a, y, engine="resident")
    model.compile("sgd", "mse")
    with pytest.raises(TrainingError, match="XLA takes no texts: use engine='resident'"):
        fit(model, np.array([["a"]] * ROWS), y, engine="resident-xla")
    with pytest.raises(TrainingError, match=r"targets are \(3, 2\): give each value a weight"):
        fit(model, a, np.ones((ROWS, 3, 2)), class_weight={0: 1.0}, engine="resident")
    weights = {"r": np.ones(ROWS)}
    with pytest.raises(TrainingError, match="sample_weight: unknown output 'r'"):
        fit(two_ports(), [a, a], [y, y], sample_weight=weights, engine="resident")
