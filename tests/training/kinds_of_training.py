"""More kinds: several inputs and outputs, and models with steps of their own."""

from __future__ import annotations

from typing import Any

import numpy as np
from training.kinds_of_model import ROWS, dense, ids, kind, numbers, target

from zoo._keras import keras, layers, ops, tf

OWN = dict.fromkeys(("resident", "resident-xla"), "make_train_function of its own")
HALF = np.repeat([0.5, 2.0], ROWS // 2).astype("float32")


def two_heads(outputs: Any, *compiled: Any, **settings: Any) -> Any:
    """Two inputs, a shared layer, and outputs p and q as `outputs` arranges them."""
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = layers.Dense(3, "tanh", name="shared")
    both = layers.Concatenate(name="both")([shared(a), shared(b)])
    p, q = (layers.Dense(1, name=name)(both) for name in ("p", "q"))
    model = keras.Model({"a": a, "b": b}, outputs(p, q))
    model.compile("sgd", *compiled, **settings)
    return model, {"a": numbers(4), "b": numbers(4, seed=5)}


def as_list(p: Any, q: Any) -> Any:
    return [p, q]


def as_mapping(p: Any, q: Any) -> Any:
    return {"p": p, "q": q}


@kind()
def outputs_in_a_list() -> Any:
    model, x = two_heads(as_list, ["mse", "mae"], loss_weights=[1.0, 0.5])
    return model, x, [target(), numbers(1)]


@kind()
def outputs_in_a_mapping() -> Any:
    metrics = {"p": ["mae"], "q": ["mse"]}
    model, x = two_heads(as_mapping, {"p": "mse", "q": "mae"}, metrics=metrics)
    return model, x, {"p": target(), "q": numbers(1)}


@kind(fit={"sample_weight": {"p": HALF}})
def weights_by_name_of_a_list() -> Any:
    model, x = two_heads(as_list, ["mse", "mae"], weighted_metrics=[["mae"], ["mae"]])
    return model, x, [target(), numbers(1)]


@kind(fit={"sample_weight": {"p": HALF, "q": HALF[::-1].copy()}})
def weights_by_name_of_a_mapping() -> Any:
    model, x = two_heads(as_mapping, {"p": "mse", "q": "mae"})
    return model, x, {"p": target(), "q": numbers(1)}


@kind()
def an_output_without_a_loss() -> Any:
    model, x = two_heads(as_list, ["mse", None])
    return model, x, [target(), numbers(1)]


@kind()
def inputs_in_a_list() -> Any:
    a, b = keras.Input((4,)), keras.Input((1,), dtype="int32")
    found = layers.Flatten()(layers.Embedding(6, 2)(b))
    model = keras.Model([a, b], layers.Dense(1)(layers.Concatenate()([a, found])))
    model.compile("adam", "mse")
    return model, [numbers(4), ids(1)], target()


@kind()
def a_model_as_a_layer() -> Any:
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, "relu"), layers.Dense(2)])
    x = keras.Input((4,))
    model = keras.Model(x, layers.Dense(1)(layers.Add()([inner(x), inner(-x)])))
    model.compile("sgd", "mse")
    return model, numbers(4), target()


class Own(keras.Model):
    """A class of its own, with a loss that a layer adds."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.hidden = layers.Dense(3, "tanh")
        self.head = layers.Dense(1)

    def call(self, inputs: Any, training: bool = False) -> Any:
        hidden = self.hidden(inputs)
        self.add_loss(0.1 * ops.mean(hidden**2))
        return self.head(hidden)


@kind()
def a_class_with_a_loss_of_its_own() -> Any:
    model = Own()
    model.compile("sgd", "mse", metrics=["mae"])
    return model, numbers(4), target()


class Stepping(Own):
    """Its step keeps the metrics of the model."""

    def train_step(self, data: Any) -> Any:
        x, y = data
        with tf.GradientTape() as tape:
            predicted = self(x, training=True)
            loss = self.compute_loss(x, y, predicted)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self._loss_tracker.update_state(loss)
        return self.compute_metrics(x, y, predicted)


@kind()
def a_step_of_its_own() -> Any:
    model = Stepping()
    model.compile("sgd", "mse", metrics=["mae"])
    return model, numbers(4), target()


class Plain(Own):
    """Its step returns numbers, of which Keras reports the last step's."""

    def train_step(self, data: Any) -> Any:
        x, y = data
        with tf.GradientTape() as tape:
            loss = ops.mean((self(x, training=True) - y) ** 2)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        return {"loss": loss, "norm": ops.sqrt(sum(ops.sum(each**2) for each in gradients))}


@kind()
def a_step_that_returns_numbers() -> Any:
    model = Plain()
    model.compile("sgd", "mse")
    return model, numbers(4), target()


class Adversaries(keras.Model):
    """Two networks with an optimizer each; it has no call and is given no targets."""

    def __init__(self) -> None:
        super().__init__()
        self.maker = keras.Sequential([keras.Input((2,)), layers.Dense(4)])
        self.critic = keras.Sequential([keras.Input((4,)), layers.Dense(1)])
        self.losses_of = {name: keras.metrics.Mean(name=name) for name in ("maker", "critic")}

    def compile(self, maker: Any, critic: Any) -> None:
        super().compile()
        self.optimizers = {"maker": maker, "critic": critic}

    @property
    def metrics(self) -> list[Any]:
        return [*self.losses_of.values()]

    def train_step(self, real: Any) -> Any:
        noise = ops.tile(ops.arange(2, dtype="float32")[None] - 0.5, (ops.shape(real)[0], 1))
        for name, sign in (("critic", 1.0), ("maker", -1.0)):
            weights = getattr(self, name).trainable_variables
            with tf.GradientTape() as tape:
                made, true = self.critic(self.maker(noise)), self.critic(real)
                loss = sign * (ops.mean(ops.softplus(made)) + ops.mean(ops.softplus(-true)))
            self.optimizers[name].apply(tape.gradient(loss, weights), weights)
            self.losses_of[name].update_state(loss)
        return {name: metric.result() for name, metric in self.losses_of.items()}


@kind()
def adversaries() -> Any:
    model = Adversaries()
    made = {name: keras.optimizers.Adam(0.01) for name in ("maker", "critic")}
    for name, optimizer in made.items():
        optimizer.build(getattr(model, name).trainable_variables)
    model.compile(**made)
    return model, numbers(4), None


@kind()
def inputs_alone() -> Any:
    x = keras.Input((4,))
    model = keras.Model(x, layers.ActivityRegularization(l2=0.1)(layers.Dense(4)(x)))
    model.compile("sgd", None)
    return model, numbers(4), None


class Looping(Own):
    """Makes its train function itself."""

    def make_train_function(self, force: bool = False) -> Any:
        return super().make_train_function(force)


@kind(refused=OWN)
def a_train_function_of_its_own() -> Any:
    model = Looping()
    model.compile("sgd", "mse")
    return model, numbers(4), target()


@kind()
def a_function_as_metric_and_loss() -> Any:
    def huber(true: Any, predicted: Any) -> Any:
        return ops.mean(ops.log(ops.cosh(true - predicted)), axis=-1)

    return dense(loss=huber, metrics=[huber])
