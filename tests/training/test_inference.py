"""Scores and predictions are those of Keras's `evaluate` and `predict`, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zoo._keras import keras, layers, tf
from zoo.training import inference

ROWS = 70
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(ROWS, 4))  # float64, as tables are
Y = RANDOM.normal(size=(ROWS, 1)).astype("float32")
IDS = RANDOM.integers(0, 3, (ROWS, 1))


class OwnStep(keras.Model):
    def test_step(self, data: Any) -> dict[str, Any]:
        return {**super().test_step(data), "own": tf.reduce_sum(data[1])}


def one(make: Any = keras.Model, **settings: Any) -> Any:
    x = keras.Input((4,), name="x")
    inner = layers.Dropout(0.5)(layers.BatchNormalization()(layers.Dense(3)(x)))
    model = make(x, layers.Dense(1, kernel_regularizer="l2", name="y")(inner))
    model.compile("sgd", "mse", metrics=["mae"], **settings)
    return model, {"x": X}, {"y": Y}


def two() -> Any:
    x, ids = keras.Input((4,), name="x"), keras.Input((1,), dtype="int64", name="ids")
    both = layers.Concatenate()([x, layers.Flatten()(layers.Embedding(3, 2)(ids))])
    heads = {
        "size": layers.Dense(1, name="size")(both),
        "kind": layers.Dense(3, activation="softmax", name="kind")(both),
    }
    model = keras.Model({"x": x, "ids": ids}, heads)
    loss = {"size": "mae", "kind": "sparse_categorical_crossentropy"}
    model.compile("sgd", loss, metrics={"kind": ["accuracy"]})
    return model, {"x": X, "ids": IDS}, {"size": Y, "kind": IDS}


KINDS = {
    "one": one,
    "two": two,
    "own step": lambda: one(OwnStep),
    "steps per execution": lambda: one(steps_per_execution=3),
    "eager": lambda: one(run_eagerly=True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_scores_and_predictions_are_those_of_keras(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inference, "_rows_at_once", lambda *_: 32)
    model, x, y = KINDS[kind]()
    expected = model.evaluate(
        inference.as_inputs(x), inference.as_inputs(y), 32, verbose=0, return_dict=True
    )
    assert inference.evaluate(model, x, y) == expected
    predicted = model.predict(inference.as_inputs(x), 32, verbose=0)
    found = inference.predict(model, x)
    if not isinstance(predicted, dict):
        predicted = {"y": predicted}
    assert found.keys() == predicted.keys()
    for name, values in predicted.items():
        np.testing.assert_array_equal(found[name], values)
        assert found[name].dtype == values.dtype


def test_scores_start_anew_each_time() -> None:
    model, x, y = one()
    first = inference.evaluate(model, x, y)
    half = {"x": X[:35]}, {"y": Y[:35]}
    assert inference.evaluate(model, *half) != first
    assert inference.evaluate(model, x, y) == first
