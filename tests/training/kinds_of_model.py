"""Models of many kinds, small and compiled, each with rows: what an engine must train as Keras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from zoo._keras import keras, layers, ops, tf

ROWS = 40  # five batches
BATCH = 8


@dataclass(frozen=True)
class Kind:
    """How to make a model and its rows, and what an engine may not be able to do.

    Attributes:
        make: Gives (model, x, y).
        fit: Further arguments of `fit`.
        refused: Engine -> part of the reason that it gives.
        draws: Whether XLA draws other random numbers than the graph.
        tolerance: Relative, of the losses.
    """

    make: Callable[[], tuple[Any, Any, Any]]
    fit: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    draws: bool = False
    tolerance: float = 1e-5


KINDS: dict[str, Kind] = {}
EAGER = dict.fromkeys(("resident", "resident-xla"), "use engine='fit'")
TEXTS = {"resident-xla": "use engine='resident'"}


def kind(**about: Any) -> Callable[[Any], Any]:
    def add(make: Any) -> Any:
        KINDS[make.__name__] = Kind(make, **about)
        return make

    return add


def numbers(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(ROWS, *shape)).astype("float32")


def ids(*shape: int, below: int = 6) -> np.ndarray:
    return np.random.default_rng(1).integers(0, below, (ROWS, *shape))


def target() -> np.ndarray:
    return numbers(4).sum(axis=1, keepdims=True) + 0.1 * numbers(1, seed=2)


def stack(*parts: Any, loss: Any = "mse", optimizer: Any = "sgd", **compiled: Any) -> Any:
    model = keras.Sequential(parts)
    model.compile(optimizer, loss, **compiled)
    return model


def dense(*, optimizer: Any = "sgd", **compiled: Any) -> tuple[Any, Any, Any]:
    head = keras.layers.Dense(1, name="y")
    model = stack(keras.Input((4,)), head, optimizer=optimizer, **compiled)
    return model, numbers(4), target()


def classes() -> Any:
    model = stack(keras.Input((4,)), layers.Dense(1, "sigmoid"), loss="binary_crossentropy")
    return model, numbers(4), target()


@kind()
def one_dense() -> Any:
    return dense()


@kind()
def not_built() -> Any:
    return stack(layers.Dense(3, "relu"), layers.Dense(1)), numbers(4), target()


@kind(fit={"batch_size": 7})
def last_batch_smaller() -> Any:
    return dense()


@kind()
def steps_per_execution() -> Any:
    return dense(steps_per_execution=4)


@kind()
def more_steps_per_execution_than_steps() -> Any:
    return dense(steps_per_execution=20)


@kind()
def compiled_with_xla() -> Any:
    return dense(jit_compile=True)


@kind(refused=EAGER)
def run_eagerly() -> Any:
    return dense(run_eagerly=True)


@kind()
def schedule() -> Any:
    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    return dense(optimizer=keras.optimizers.SGD(rate, momentum=0.9))


@kind()
def moving_average_of_weights() -> Any:
    return dense(optimizer=keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9))


@kind()
def average_put_into_the_weights() -> Any:
    options = {"use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 3}
    return dense(optimizer=keras.optimizers.SGD(0.05, **options))


@kind()
def gradient_accumulation() -> Any:
    return dense(optimizer=keras.optimizers.Adam(0.01, gradient_accumulation_steps=3))


@kind()
def clipped_and_decayed() -> Any:
    return dense(optimizer=keras.optimizers.AdamW(0.01, weight_decay=0.1, global_clipnorm=0.5))


@kind()
def penalties() -> Any:
    model = stack(
        keras.Input((4,)),
        layers.Dense(3, "relu", kernel_regularizer="l2", activity_regularizer="l1"),
        layers.Dense(1),
    )
    return model, numbers(4), target()


@kind()
def metrics() -> Any:
    made = [keras.metrics.AUC(name="auc"), "accuracy", keras.metrics.F1Score(threshold=0.5)]
    model = stack(
        keras.Input((4,)),
        layers.Dense(1, "sigmoid"),
        loss="binary_crossentropy",
        metrics=made,
        weighted_metrics=["mae"],
    )
    return model, numbers(4), (target() > 0).astype("float32")


@kind(fit={"sample_weight": np.linspace(0, 2, ROWS, dtype="float32")})
def weights_of_rows() -> Any:
    return dense(weighted_metrics=["mae"])


@kind(fit={"class_weight": {0: 1.0, 1: 5.0}})
def weights_of_classes() -> Any:
    model, x, y = classes()
    return model, x, (y > 0).astype("float32")


@kind(fit={"class_weight": {0: 1.0, 1: 5.0}})
def weights_of_soft_classes() -> Any:
    model, x, y = classes()
    return model, x, np.where(y > 0, 0.95, 0.05).astype("float32")


@kind(fit={"class_weight": {0: 1.0, 2: 5.0}})
def weights_of_one_hot_classes() -> Any:
    model = stack(layers.Dense(3, "softmax"), loss="categorical_crossentropy")
    return model, numbers(4), np.eye(3, dtype="float32")[ids(below=3)] * 0.9 + 0.03


@kind()
def class_ids() -> Any:
    model = stack(
        layers.Dense(3, "softmax"), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    return model, numbers(4), ids(below=3)


@kind()
def batch_normalization() -> Any:
    model = stack(layers.Dense(4), layers.BatchNormalization(), layers.Dense(1))
    return model, numbers(4), target()


@kind()
def frozen() -> Any:
    still = layers.BatchNormalization()
    still.trainable = False
    return stack(layers.Dense(4), still, layers.Dense(1)), numbers(4), target()


@kind()
def layer_and_unit_normalization() -> Any:
    double = {"dtype": "float64"}  # they amplify the last bit of floats
    parts = [
        layers.LayerNormalization(**double),
        layers.GroupNormalization(4, **double),
        layers.UnitNormalization(**double),
    ]
    ends = [layers.Dense(size, dtype="float64") for size in (32, 1)]
    return stack(keras.Input((4,)), ends[0], *parts, ends[1]), numbers(4), target()


@kind(draws=True)
def dropout() -> Any:
    parts = [layers.Dense(8), layers.Dropout(0.5, seed=1), layers.GaussianNoise(0.1, seed=2)]
    return stack(*parts, layers.Dense(1)), numbers(4), target()


@kind(tolerance=1e-2)  # of half precision
def mixed_precision() -> Any:
    model = stack(layers.Dense(8, dtype="mixed_float16"), layers.Dense(1, dtype="mixed_float16"))
    model.compile(keras.mixed_precision.LossScaleOptimizer(keras.optimizers.SGD(0.01)), "mse")
    return model, numbers(4), target()


@kind(tolerance=1e-2)
def mixed_brain_floats() -> Any:
    model = stack(layers.Dense(8, dtype="mixed_bfloat16"), layers.Dense(1, dtype="float32"))
    return model, numbers(4), target()


@kind()
def double_precision() -> Any:
    parts = [layers.Dense(3, "tanh", dtype="float64"), layers.Dense(1, dtype="float64")]
    return stack(keras.Input((4,)), *parts), numbers(4), target()


@kind()
def masked_lstm() -> Any:
    x = numbers(5, 2)
    x[:, 3:] = 0
    return stack(layers.Masking(), layers.LSTM(3), layers.Dense(1)), x, target()


@kind()
def masked_gru_of_words() -> Any:
    parts = [layers.Embedding(6, 3, mask_zero=True), layers.GRU(3), layers.Dense(1)]
    return stack(*parts), ids(5), target()


@kind()
def stateful_lstm() -> Any:
    parts = [keras.Input((5, 2), batch_size=BATCH), layers.LSTM(3, stateful=True)]
    return stack(*parts, layers.Dense(1)), numbers(5, 2), target()


@kind()
def bidirectional_with_states() -> Any:
    x = keras.Input((5, 2))
    inner = layers.LSTM(3, return_state=True, return_sequences=True)
    series, *states = layers.Bidirectional(inner)(x)
    joined = layers.Concatenate()([layers.Flatten()(series), *states])
    model = keras.Model(x, layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    return model, numbers(5, 2), target()


@kind()
def backwards_and_unrolled() -> Any:
    back = layers.LSTM(3, go_backwards=True, return_sequences=True)
    return stack(back, layers.LSTM(2, unroll=True), layers.Dense(1)), numbers(5, 2), target()


@kind(draws=True)
def recurrent_dropout() -> Any:
    reader = layers.LSTM(3, dropout=0.2, recurrent_dropout=0.2, seed=3)
    return stack(reader, layers.Dense(1)), numbers(5, 2), target()


@kind()
def simple_and_custom_cells() -> Any:
    cells = layers.StackedRNNCells([layers.LSTMCell(3), layers.GRUCell(2)])
    return stack(layers.RNN(cells), layers.Dense(1)), numbers(5, 2), target()


@kind()
def attention() -> Any:
    x, mask = keras.Input((5, 4)), keras.Input((5,), dtype="bool")
    heads = layers.MultiHeadAttention(2, 3)(x, x, attention_mask=ops.expand_dims(mask, 1))
    found = layers.Attention()([heads, x])
    model = keras.Model([x, mask], layers.Dense(1)(layers.GlobalAveragePooling1D()(found)))
    model.compile("sgd", "mse")
    return model, [numbers(5, 4), ids(5, below=5) > 0], target()


@kind()
def convolutions() -> Any:
    parts = [layers.Conv2D(3, 3), layers.SeparableConv2D(4, 2), layers.AveragePooling2D(2)]
    return stack(*parts, layers.Flatten(), layers.Dense(1)), numbers(8, 8, 2), target()


@kind(refused={"resident-xla": "XLA cannot compile .*PyFunc.*: use engine='resident'"})
def a_step_into_python() -> Any:
    def double(x: Any) -> Any:
        return tf.ensure_shape(tf.numpy_function(lambda array: array * 2, [x], "float32"), x.shape)

    return stack(layers.Lambda(double), layers.Dense(1)), numbers(4), target()


@kind(refused={"resident-xla": "XLA cannot compile .* MaxPool .*: use engine='resident'"})
def max_pooling() -> Any:
    parts = [layers.Conv2D(3, 3), layers.MaxPooling2D()]
    return stack(*parts, layers.Flatten(), layers.Dense(1)), numbers(8, 8, 2), target()


@kind()
def series_convolved() -> Any:
    parts = [layers.Conv1D(3, 3, padding="causal"), layers.TimeDistributed(layers.Dense(2))]
    return stack(*parts, layers.GlobalMaxPooling1D(), layers.Dense(1)), numbers(6, 2), target()


@kind()
def power_iterations() -> Any:
    wrapped = layers.SpectralNormalization(layers.Dense(3))
    return stack(wrapped, layers.Dense(1)), numbers(4), target()


@kind(refused=TEXTS)
def texts() -> Any:
    words = layers.StringLookup(vocabulary=["a", "b", "c"], output_mode="one_hot")
    names = tf.constant(np.array(["a", "b", "c", "d"])[ids(1, below=4)])
    return stack(keras.Input((1,), dtype="string"), words, layers.Dense(1)), names, target()
