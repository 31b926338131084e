"""Layers that take a faster way in training: outputs, gradients and states are Keras's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from support import few_fast, slow

from zoo._keras import keras, layers, tf
from zoo.training.faster_layers import faster_layers

KINDS: dict[str, Callable[[], Any]] = {
    "plain": lambda: layers.LSTM(5),
    "sequences": lambda: layers.LSTM(5, return_sequences=True, return_state=True),
    "backwards": lambda: layers.LSTM(3, go_backwards=True, use_bias=False),
    "bidirectional": lambda: layers.Bidirectional(layers.LSTM(4, return_sequences=True)),
    "stateful": lambda: layers.LSTM(5, stateful=True, return_state=True),
    "unrolled": lambda: layers.LSTM(5, unroll=True),
    "other gates": lambda: layers.LSTM(5, recurrent_activation="hard_sigmoid"),
}


def values_and_gradients(model: Any, x: np.ndarray, *, faster: bool) -> list[np.ndarray]:
    """Outputs, gradients by the input and the weights, and what is not trained, after a step."""

    @tf.function(autograph=False)
    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            if faster:
                with faster_layers(model, normalization=True):
                    outputs = tf.nest.flatten(model(x, training=True))
            else:
                outputs = tf.nest.flatten(model(x, training=True))
            # of a weighted sum: in a plain one a normalization's gradient is zero
            weights = [tf.cos(tf.range(tf.size(each), dtype=each.dtype)) for each in outputs]
            parts = zip(weights, outputs, strict=True)
            loss = tf.add_n([tf.reduce_sum(w * tf.reshape(each, [-1])) for w, each in parts])
        return outputs, tape.gradient(loss, [x, *model.trainable_variables])

    before = [each.numpy() for each in model.variables]
    found = step(tf.constant(x))
    kept = [each.numpy() for each in model.non_trainable_variables]
    for variable, value in zip(model.variables, before, strict=True):
        variable.assign(value)
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            kept += [each.numpy() for each in layer.states]
            layer.reset_state()
    return [np.asarray(each) for each in tf.nest.flatten(found)] + kept


def check(model: Any, x: np.ndarray) -> None:
    plain = values_and_gradients(model, x, faster=False)
    fast = values_and_gradients(model, x, faster=True)
    for one, other in zip(plain, fast, strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-5 * np.abs(one).max())
    assert max(np.abs(each).max() for each in plain) > 0.1
    changed = {"inner_loop", "call"}
    assert all(not changed & {*vars(layer)} for layer in model._flatten_layers())


@pytest.mark.parametrize("kind", few_fast(KINDS, "sequences"))
def test_an_lstm_computes_the_same(kind: str) -> None:
    keras.utils.set_random_seed(0)
    inputs = keras.Input(batch_shape=(6, 7, 3))
    model: Any = keras.Model(inputs, KINDS[kind]()(inputs))
    for weight in model.trainable_variables:
        weight.assign(2 * weight)
    check(model, np.random.default_rng(0).normal(size=(6, 7, 3)).astype("float32"))


@pytest.mark.parametrize("masked", [False, True])
def test_lstms_over_words_call_no_cell(masked: bool) -> None:
    keras.utils.set_random_seed(0)
    ids = keras.Input((None,), dtype="int32")
    x = layers.Embedding(50, 8, "normal", mask_zero=masked)(ids)
    x = layers.LSTM(10, return_sequences=True)(x)
    model: Any = keras.Model(ids, layers.LSTM(5, go_backwards=True, use_bias=False)(x))
    for weight in model.weights:
        weight.assign(3 * weight)
    words = np.random.default_rng(0).integers(1, 50, (6, 7))
    words[:3, 4:] = 0
    plain = model(words).numpy()
    calls = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(keras.layers.LSTMCell, "call", lambda *each, **_: calls.append(each))
        with faster_layers(model):
            fast = model(words).numpy()
    assert not calls
    np.testing.assert_allclose(fast, plain, rtol=1e-5, atol=1e-6)
    assert np.abs(plain).max() > 0.1


@pytest.mark.parametrize(
    "options", [{}, slow({"scale": False}), slow({"center": False, "momentum": 0.5})]
)
def test_a_batch_normalization_computes_the_same(options: dict[str, Any]) -> None:
    keras.utils.set_random_seed(0)
    layer = layers.BatchNormalization(**options)
    model: Any = keras.Sequential([keras.Input((5, 4, 3)), layer])
    for weight in model.trainable_variables:
        weight.assign(weight + np.linspace(0.5, 1.5, 3))
    x = np.random.default_rng(0).normal(2, 3, size=(6, 5, 4, 3)).astype("float32")
    check(model, x)


def test_a_normalization_that_is_frozen_or_is_not_of_maps_is_left_alone() -> None:
    frozen = keras.Sequential([keras.Input((5, 4, 3)), layers.BatchNormalization()])
    frozen.layers[0].trainable = False
    check(frozen, np.random.default_rng(0).normal(size=(6, 5, 4, 3)).astype("float32"))
    flat = keras.Sequential([keras.Input((3,)), layers.BatchNormalization()])
    with faster_layers(flat, normalization=True):
        assert "call" not in vars(flat.layers[0])
