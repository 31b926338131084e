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
    assert not any("call" in vars(each) for each in model._flatten_layers())


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


@pytest.mark.parametrize("make", [shifted, repeated, Own])
def test_ids_that_a_layer_makes_are_not_told_from_the_graph(make: Any) -> None:
    with pytest.raises(Untold):
        extremes(make(), IDS)


def test_rows_of_another_form_are_not_told_from_the_graph() -> None:
    model = both(lambda a, b: {"a": a, "b": b})
    for rows in ({"a": IDS}, IDS, {"a": IDS, "b": IDS * np.nan}, {"a": IDS, "b": tf.constant(IDS)}):
        with pytest.raises(Untold):
            extremes(model, rows)
