"""Data and settings of `zoo.training.fit`: taken as Keras takes them, or refused in one line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import slow

import zoo.training
from zoo._keras import keras, layers, tf
from zoo.core.errors import TrainingError

ENGINES = (slow("fit"), "resident")
ROWS = 24
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(ROWS, 4)).astype("float32")
Y = RANDOM.normal(size=(ROWS, 1)).astype("float32")
PLAIN: dict[str, Any] = {"batch_size": 8, "epochs": 3, "verbose": 0, "shuffle": False}


def net(first: Any = None, **settings: Any) -> Any:
    keras.utils.set_random_seed(0)
    parts = [keras.Input((4,)), *([first] if first else []), layers.Dense(1)]
    model = keras.Sequential(parts)
    model.compile(settings.pop("optimizer", "sgd"), "mse", **settings)
    return model


def both(make: Any, x: Any, y: Any, engine: str, **settings: Any) -> tuple[Any, Any]:
    """Histories of Keras's fit and the zoo's."""
    settings = {**PLAIN, **settings}
    wanted = make().fit(x, y, **settings).history
    return wanted, zoo.training.fit(make(), x, y, engine=engine, **settings).history


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("what", ["first layer", "targets", "weights", "class weights"])
def test_no_epoch_writes_to_the_rows_of_the_next(what: str, engine: str) -> None:
    """TensorFlow writes a result over a batch that nobody else holds."""
    rows = 300
    x = np.random.default_rng(0).normal(size=(rows, 4)).astype("float32")
    y: np.ndarray = x[:, :1] * 2
    more: dict[str, Any] = {"epochs": 4, "validation_data": (x, y), "batch_size": 32}
    if what == "targets":
        y = y[:, 0]
        more["validation_data"] = x, y
    elif what == "weights":
        more |= {"sample_weight": y[:, 0] ** 2, "validation_data": (x, y, y[:, 0] ** 2)}
    elif what == "class weights":
        y = (y > 0).astype("float32")
        more |= {"class_weight": {0: 1.0, 1: 3.0}, "validation_data": (x, y)}
    kept = x.copy(), y.copy()

    def make() -> Any:
        layer = layers.Rescaling(2.0) if what == "first layer" else None
        return net(layer, optimizer=keras.optimizers.SGD(0.0))

    wanted, found = both(make, x, y, engine, **more)
    assert found["loss"] == pytest.approx(wanted["loss"], rel=1e-5)
    assert found["val_loss"] == pytest.approx([wanted["val_loss"][0]] * 4, rel=1e-5)
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(y, kept[1])


@pytest.mark.parametrize("engine", ENGINES)
def test_columns_of_pandas_and_other_floats_are_taken_as_keras_does(engine: str) -> None:
    def off(y_true: Any, y_pred: Any) -> Any:
        return keras.ops.abs(y_true - y_pred)

    for y in (pd.Series(Y[:, 0]), Y.astype("float16"), Y.astype(">f8")):
        wanted, found = both(lambda: net(metrics=[off]), X, y, engine)
        for name, values in wanted.items():
            assert found[name] == pytest.approx(values, rel=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_have_the_type_that_keras_is_set_to(engine: str) -> None:
    x = 1.7e9 + np.arange(24.0)[:, None]

    def make() -> Any:
        model = keras.Sequential(
            [keras.Input((1,)), layers.Rescaling(1.0, -1.7e9), layers.Dense(1, "linear", False)]
        )
        model.compile(keras.optimizers.SGD(1e-4), "mse")
        return model

    keras.config.dtype_policy()  # made of floatx when it is first asked for, and kept
    keras.config.set_floatx("float64")
    try:
        keras.utils.set_random_seed(0)
        wanted = make().fit(x, x - 1.7e9, **PLAIN).history["loss"]
        keras.utils.set_random_seed(0)
        model = make()
        found = zoo.training.fit(model, x, x - 1.7e9, engine=engine, **PLAIN).history["loss"]
    finally:
        keras.config.set_floatx("float32")
    assert found == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("kind", ["sparse", "ragged", "no weights for one output"])
def test_engine_fit_takes_what_only_keras_takes(kind: str) -> None:
    scipy = pytest.importorskip("scipy.sparse")
    more: dict[str, Any] = {"shuffle": True}
    make, x, y = net, scipy.csr_matrix(X), Y
    if kind == "ragged":
        x = tf.RaggedTensor.from_row_lengths(np.arange(48) % 5, [2] * ROWS)

        def make() -> Any:
            keras.utils.set_random_seed(0)
            entry = keras.Input((None,), dtype="int64", ragged=True)
            mean = layers.GlobalAveragePooling1D()(layers.Embedding(5, 2)(entry))
            model = keras.Model(entry, layers.Dense(1)(mean))
            model.compile("sgd", "mse")
            return model

    if kind == "no weights for one output":

        def make() -> Any:
            keras.utils.set_random_seed(0)
            entry = keras.Input((4,))
            head = layers.Dense(1)(entry)
            model = keras.Model(entry, [head, layers.Rescaling(2.0)(head)])
            model.compile("sgd", ["mse", None])
            return model

        x, y = X, [Y, None]
    wanted, found = both(make, x, y, "fit", **more)
    assert found["loss"] == pytest.approx(wanted["loss"], rel=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"batch_size": -1}, "batch_size must be a whole number of at least 1, not -1"),
        ({"batch_size": 0}, "batch_size must be a whole number of at least 1, not 0"),
        (
            {"validation_batch_size": -1},
            "validation_batch_size must be a whole number of at least 1",
        ),
        ({"validation_steps": 0}, "validation_steps must be a whole number of at least 1"),
        ({"validation_split": -0.5}, "validation_split must be from 0 to below 1"),
        ({"validation_data": (X[:0], Y[:0])}, "there are no rows to validate on"),
        ({"validation_data": (X, Y, Y, Y)}, "validation_data takes"),
        ({"shuffle": "batch"}, "shuffle takes True or False, not 'batch'"),
        ({"seed": None}, "seed must be a whole number from 0 to 4,294,967,295, not None"),
    ],
)
def test_settings_that_mean_nothing_are_refused(
    settings: dict[str, Any], message: str, engine: str
) -> None:
    with pytest.raises(TrainingError, match=message):
        zoo.training.fit(net(), X, Y, engine=engine, **{"verbose": 0, **settings})


@pytest.mark.parametrize("engine", ENGINES)
def test_steps_are_whole_executions(engine: str) -> None:
    model = net(steps_per_execution=2)
    with pytest.raises(TrainingError, match="steps_per_epoch=1 is not a multiple"):
        zoo.training.fit(model, X, Y, 5, steps_per_epoch=1, engine=engine, verbose=0)


@pytest.mark.parametrize("engine", ENGINES)
def test_one_callback_needs_no_list(engine: str) -> None:
    for callbacks in (keras.callbacks.TerminateOnNaN(), keras.callbacks.CallbackList([])):
        run = zoo.training.fit(net(), X, Y, callbacks=callbacks, engine=engine, verbose=0)
        assert len(run.history["loss"]) == 1


def test_a_generator_is_for_engine_fit_alone() -> None:
    def stream() -> Any:
        while True:
            yield X[:8], Y[:8]

    with pytest.raises(TrainingError, match="cannot read generator into memory"):
        zoo.training.fit(net(), stream(), steps_per_epoch=3, engine="resident")
    run = zoo.training.fit(net(), stream(), steps_per_epoch=3, engine="auto", verbose=0)
    assert len(run.history["loss"]) == 1


@pytest.mark.parametrize("engine", ["resident", slow("resident-xla")])
def test_epochs_of_some_rows_go_on_where_an_interrupted_training_stopped(engine: str) -> None:
    some = {"batch_size": 5, "steps_per_epoch": 2, "shuffle": False, "verbose": 0}
    whole = zoo.training.fit(net(), X, Y, epochs=5, engine=engine, **some).history["loss"]
    model = net()
    first = zoo.training.fit(model, X, Y, epochs=2, engine=engine, **some).history["loss"]
    rest = zoo.training.fit(model, X, Y, epochs=5, initial_epoch=2, engine=engine, **some)
    assert first + rest.history["loss"] == pytest.approx(whole, rel=1e-6)


@pytest.mark.filterwarnings("ignore:.*Your input ran out of data")  # Keras's own
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("steps", [1, 2])
def test_epochs_of_some_rows_count_their_steps_alone(steps: int, engine: str) -> None:
    def make() -> Any:
        return net(optimizer=keras.optimizers.Adam(0.05))

    some = {"batch_size": 6, "steps_per_epoch": steps, "epochs": 6}
    wanted, found = both(make, X, Y, engine, **some)
    assert found["loss"] == pytest.approx(wanted["loss"], rel=1e-5)
    model = make()
    zoo.training.fit(model, X, Y, engine=engine, **{**PLAIN, **some})
    assert int(model.optimizer.iterations) == 6 * steps


class Late(keras.Model):
    """Says that it is built before its layer is."""

    def __init__(self) -> None:
        super().__init__()
        self.head = layers.Dense(1)

    def build(self, input_shape: Any) -> None:
        self.built = True

    def call(self, inputs: Any) -> Any:
        return self.head(inputs)


class Sized(keras.Model):
    """Needs the number of rows in a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.head = layers.Dense(1)

    def call(self, inputs: Any) -> Any:
        return self.head(keras.ops.reshape(inputs, (inputs.shape[0], 4)))


@pytest.mark.parametrize("kind", ["late", "sized"])
def test_models_that_build_in_their_own_way_train(kind: str) -> None:
    def make() -> Any:
        keras.utils.set_random_seed(0)
        model: Any = Late() if kind == "late" else Sized()
        if kind == "late":
            model.build((None, 4))
        model.compile("sgd", "mse")
        return model

    for engine in ("fit", "resident"):
        if (kind, engine) == ("late", "resident"):
            continue  # its weights would be made in the loop
        wanted, found = both(make, X, Y, engine)
        assert found["loss"] == pytest.approx(wanted["loss"], rel=1e-5)


def test_a_value_for_every_row_is_no_number_of_an_epoch() -> None:
    class PerRow(keras.Model):
        def train_step(self, data: Any) -> Any:
            return {**super().train_step(data), "row": keras.ops.mean(data[0], axis=1)}

    entry = keras.Input((4,))
    model = PerRow(entry, layers.Dense(1)(entry))
    model.compile("sgd", "mse")
    with pytest.raises(TrainingError, match="must return a dictionary of numbers"):
        zoo.training.fit(model, X, Y, 10, engine="resident", verbose=0)


@pytest.mark.slow
def test_auto_takes_no_xla_for_lookups() -> None:
    table = layers.IntegerLookup(vocabulary=[3, 1, 900])
    model = keras.Sequential(
        [keras.Input((1,), dtype="int64"), table, layers.Embedding(4, 2), layers.Flatten()]
    )
    model.add(layers.Dense(1))
    model.compile("sgd", "mse")
    ids = np.array([[3], [1], [900], [5]] * 6)
    run = zoo.training.fit(model, ids, Y, engine="auto", verbose=0)
    assert np.isfinite(run.history["loss"]).all()
