"""Ids that no embedding has a row for are refused before the first step, with every engine."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support import slow

import zoo.training
from zoo._keras import keras, layers, tf
from zoo.core.errors import TrainingError
from zoo.training.fed_ids import Untold, extremes

ENGINES = (slow("fit"), "resident", slow("resident-xla"))
IDS = np.arange(24).reshape(12, 2) % 6
Y = np.ones((12, 1), "float32")


def words(below: int, mask: bool = False) -> Any:
    return layers.Embedding(below, 2, mask_zero=mask, name="words")


def plain() -> Any:
    return keras.Sequential([words(5), layers.Flatten(), layers.Dense(1)])


def shifted() -> Any:
    """The ids are in range, what the model makes of them is not."""
    x = keras.Input((2,), dtype="int32")
    return keras.Model(x, layers.Dense(1)(layers.Flatten()(words(6)(x + 1))))


def inner() -> Any:
    reader = keras.Sequential([keras.Input((2,)), words(5, mask=True), layers.LSTM(2)])
    x = keras.Input((2,))
    return keras.Model(x, layers.Dense(1)(reader(x)))


def repeated() -> Any:
    x = keras.Input((2, 1))
    reader = keras.Sequential([keras.Input((1,)), words(5), layers.Flatten()])
    found = layers.TimeDistributed(reader)(x)
    return keras.Model(x, layers.Dense(1)(layers.Flatten()(found)))


class Own(keras.Model):
    def __init__(self) -> None:
        super().__init__()
        self.words, self.head = words(5), layers.Dense(1)

    def call(self, inputs: Any) -> Any:
        return self.head(self.words(inputs)[:, 0])


MODELS = (plain, slow(shifted), slow(inner), slow(repeated), slow(Own))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("make", MODELS)
def test_ids_outside_an_embedding_are_refused(make: Any, engine: str) -> None:
    model = make()
    model.compile("sgd", "mse")
    x = IDS[..., None] if make is repeated else IDS
    limit = 6 if make is shifted else 5
    with pytest.raises(TrainingError, match=f"'words' takes ids from 0 to {limit - 1}, and"):
        zoo.training.fit(model, x, Y, verbose=0, engine=engine)
    good = np.minimum(x, 4)
    run = zoo.training.fit(model, good, Y, verbose=0, engine=engine)
    assert np.isfinite(run.history["loss"]).all(), "and the layers are as they were"
    assert layers.Embedding.call.__module__.startswith("keras.")


def test_validation_rows_are_looked_at_too() -> None:
    model = plain()
    model.compile("sgd", "mse")
    good = np.minimum(IDS, 4)
    with pytest.raises(TrainingError, match="the data has -4"):
        zoo.training.fit(model, good, Y, verbose=0, engine="resident", validation_data=(-good, Y))


def both(read: Any) -> Any:
    """An embedding that two inputs share, one of them through a model of its own."""
    table = words(5)
    inside = keras.Input((2,), name="inside")
    reader = keras.Model(inside, layers.Flatten()(table(inside)))
    a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
    joined = layers.Concatenate()([reader(b), layers.Flatten()(table(a))])
    return keras.Model(read(a, b), layers.Dense(1)(joined))


def test_ids_that_reach_an_embedding_as_they_are_need_no_run() -> None:
    low, high = np.array([[0, 2]]), np.array([[1, 7]])
    for read, rows in (
        (lambda a, b: [a, b], [low, high]),
        (lambda a, b: [a, b], {"b": high, "a": low, "more": low - 9}),
        (lambda a, b: {"b": b, "a": a}, {"a": low, "b": high}),
    ):
        assert list(extremes(both(read), rows).values()) == [(0, 7)]
    assert list(extremes(inner(), low).values()) == [(0, 2)]


@pytest.mark.parametrize("make", [shifted, repeated])
def test_ids_that_a_layer_makes_are_not_told_from_the_graph(make: Any) -> None:
    assert extremes(make(), IDS[..., None] if make is repeated else IDS) == {}


def test_rows_of_another_form_are_not_told_from_the_graph() -> None:
    model = both(lambda a, b: {"a": a, "b": b})
    for rows in ({"a": IDS}, IDS):
        with pytest.raises(Untold):
            extremes(model, rows)
    with pytest.raises(Untold):
        extremes(Own(), IDS)
    for rows in ({"a": IDS, "b": IDS * np.nan}, {"a": IDS, "b": tf.constant(IDS)}):
        assert extremes(model, rows) == {}


class Hashed(layers.Embedding):
    """Brings ids into its range by itself."""

    def call(self, inputs: Any) -> Any:
        return super().call(inputs % self.input_dim)


class Noisy(layers.Layer):
    """Draws from a seed of its own, and counts its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.seed = keras.random.SeedGenerator(7)
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs: Any) -> Any:
        self.calls.assign_add(1.0)
        return inputs + keras.random.normal(keras.ops.shape(inputs), seed=self.seed)


class Language(keras.Model):
    """Reads ids and writes chances with one table."""

    def __init__(self) -> None:
        super().__init__()
        self.table = layers.ReversibleEmbedding(6, 8)
        self.scaled = layers.LayerNormalization()

    def call(self, inputs: Any) -> Any:
        return self.table(self.scaled(self.table(inputs)), reverse=True)


def hashed() -> Any:
    return keras.Sequential([Hashed(4, 2), layers.Flatten(), layers.Dense(1)])


def noisy() -> Any:
    x = keras.Input((2,), dtype="int32")
    return keras.Model(x, layers.Dense(1)(layers.Flatten()(Noisy()(words(7)(x + 1)))))


class Shifting(keras.Model):
    """Brings ids into range in its step."""

    def train_step(self, data: Any) -> Any:
        return super().train_step((data[0] % 5, data[1]))


def shifting() -> Any:
    x = keras.Input((2,), dtype="int32")
    return Shifting(x, layers.Dense(1)(layers.Flatten()(words(5)(x))))


class Named(keras.Model):
    """Calls its embedding, and a model with one, by keyword."""

    def __init__(self) -> None:
        super().__init__()
        x = keras.Input((2,), dtype="int32")
        inside = keras.Input((2,), dtype="int32")
        reader = keras.Model(inside, layers.Flatten()(words(6)(inside)))
        self.words, self.graph = words(6), keras.Model(x, layers.Dense(1)(reader(inputs=x)))

    def call(self, inputs: Any) -> Any:
        return self.graph(inputs) + keras.ops.mean(self.words(inputs=inputs))


def by_keyword() -> Any:
    return Named().graph


def cast() -> Any:
    x = keras.Input((2,), dtype="uint8")
    return keras.Model(x, layers.Dense(1)(layers.Flatten()(layers.Embedding(256, 2)(x))))


@pytest.mark.parametrize("engine", ["fit", "resident", slow("resident-xla")])
@pytest.mark.parametrize("make", [hashed, noisy, cast, Language, shifting, by_keyword, Named])
def test_ids_that_keras_takes_train_as_with_keras(make: Any, engine: str) -> None:
    """And the look at them leaves no trace: no seed and no counter goes on."""
    if make is noisy and engine == "resident-xla":
        pytest.skip("draws other numbers under XLA")
    x = IDS - 300 if make is cast else IDS
    loss, y = "mse", Y
    if make is Language:
        loss, y = keras.losses.SparseCategoricalCrossentropy(from_logits=True), IDS
    given = {"batch_size": 4, "epochs": 2, "verbose": 0, "shuffle": False}

    def losses(fit: Any) -> list[float]:
        keras.utils.set_random_seed(0)
        model = make()
        model.compile("sgd", loss)
        return fit(model).history["loss"]

    wanted = losses(lambda model: model.fit(x, y, **given))
    found = losses(lambda model: zoo.training.fit(model, x, y, engine=engine, **given))
    assert found == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("kind", ["own step", "stateful"])
def test_ids_are_refused_whatever_the_step_and_the_state(kind: str) -> None:
    x = keras.Input((2,), batch_size=4 if kind == "stateful" else None)
    inner = words(5)(x)
    inner = layers.LSTM(2, stateful=True)(inner) if kind == "stateful" else layers.Flatten()(inner)
    make: Any = Step if kind == "own step" else keras.Model
    model = make(x, layers.Dense(1)(inner))
    model.compile("sgd", "mse")
    before = model.get_weights()
    with pytest.raises(TrainingError, match="'words' takes ids from 0 to 4, and the data has 5"):
        zoo.training.fit(model, IDS, Y, batch_size=4, verbose=0, engine="resident-xla")
    if kind == "stateful":
        for one, other in zip(before, model.get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)


class Step(keras.Model):
    def train_step(self, data: Any) -> Any:
        return super().train_step(data)
