"""Eight of the recipes' models, written and trained as a JAX user would, to compare speeds.

    python scripts/jax_twins.py FOLDER

A worker of scripts/bench_training.py: it starts from the zoo's weights in the job's folder. An
epoch is one compiled `lax.scan` over steps with Optax's optimizer; the LSTM projects its inputs
before its loop over time, and both sentences of a pair go through it at once. The order of the
rows is drawn on the host: `jax.random.permutation` took ten times the whole epoch of `basketball`
on a CPU. Where it depends on the machine which of several forms is the fastest, the first epoch
tries them (`FORMS`).

What is counted as the epochs pass is what the zoo counts: the loss and the recipe's metric.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax  # pyright: ignore[reportMissingImports]
import jax.numpy as jnp  # pyright: ignore[reportMissingImports]
import numpy as np
import optax  # pyright: ignore[reportMissingImports]
from _bench_worker import Job, Line, serve
from jax import lax  # pyright: ignore[reportMissingImports]

Array = Any
Weights = dict[str, Array]  # `LAYER/VARIABLE` -> value, laid out as Keras's
MOVING = ("moving_mean", "moving_variance")
MOMENTUM, EPSILON = 0.9, 0.001  # of the zoo's batch normalization


class Net:
    """The layers of a model with its weights.

    Attributes:
        moved: New moving averages of the normalizations, in training.
    """

    def __init__(
        self, weights: Weights, sizes: dict[str, Any], *, training: bool, patches: bool
    ) -> None:
        self.weights = weights
        self.sizes = sizes
        self.training = training
        self.patches = patches
        self.moved: Weights = {}

    def dense(self, name: str, x: Array) -> Array:
        return x @ self.weights[f"{name}/kernel"] + self.weights[f"{name}/bias"]

    def hidden(self, name: str, x: Array) -> Array:
        return jax.nn.relu(self.dense(name, x))

    def rows_of(self, name: str, ids: Array) -> Array:
        return self.weights[f"{name}/embeddings"].at[ids].get(mode="promise_in_bounds")

    def lstm(self, name: str, x: Array) -> Array:
        """The last state for series (rows, time, features)."""
        kernel, recurrent, bias = (
            self.weights[f"{name}/{each}"] for each in ("kernel", "recurrent_kernel", "bias")
        )
        projected = jnp.swapaxes(x, 0, 1) @ kernel + bias  # (time, rows, 4 * units)

        def step(state: Any, z: Array) -> tuple[Any, None]:
            h, c = state
            i, f, g, o = jnp.split(z + h @ recurrent, 4, axis=1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            return (jax.nn.sigmoid(o) * jnp.tanh(c), c), None

        zeros = jnp.zeros((len(x), len(recurrent)))
        (h, _), _ = lax.scan(step, (zeros, zeros), projected)
        return h

    def conv(self, name: str, x: Array) -> Array:
        """Without padding: as a convolution, or as a product of patches with the kernel."""
        kernel = self.weights[f"{name}/kernel"]  # (height, width, channels, filters)
        if self.patches:
            high, wide, _, filters = kernel.shape
            top, left = x.shape[1] - high + 1, x.shape[2] - wide + 1
            shifted = [x[:, i : i + top, j : j + left] for i in range(high) for j in range(wide)]
            x = jnp.concatenate(shifted, axis=3) @ kernel.reshape(-1, filters)
        else:
            layout = ("NHWC", "HWIO", "NHWC")
            x = lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=layout)
        bias = self.weights.get(f"{name}/bias")
        return x if bias is None else x + bias

    def norm(self, name: str, x: Array) -> Array:
        known = [self.weights[f"{name}/{each}"] for each in MOVING]
        mean, variance = (x.mean((0, 1, 2)), x.var((0, 1, 2))) if self.training else known
        for each, old, new in zip(MOVING, known, (mean, variance), strict=True):
            self.moved[f"{name}/{each}"] = MOMENTUM * old + (1 - MOMENTUM) * new
        x = (x - mean) * lax.rsqrt(variance + EPSILON)
        return x * self.weights[f"{name}/gamma"] + self.weights[f"{name}/beta"]

    def pooled(self, x: Array) -> Array:
        """ReLU and the largest of each two by two: reduce_window's gradient is far slower."""
        rows, high, wide, channels = x.shape
        x = x[:, : high // 2 * 2, : wide // 2 * 2]
        x = x.reshape(rows, high // 2, 2, wide // 2, 2, channels).max((2, 4))
        return jax.nn.relu(x)


def basketball(net: Net, team_1: Array, team_2: Array, home: Array) -> Array:
    strengths = (net.rows_of("lookup", each[:, 0]) for each in (team_1, team_2))
    return net.dense("score_diff", jnp.hstack([*strengths, home]))


def mlp(net: Net, x: Array) -> Array:
    for at, _ in enumerate(net.sizes["hidden"], start=1):
        x = net.hidden(f"hidden_{at}", x)
    return net.dense("label", x)


def digit_mlp(net: Net, pixels: Array) -> Array:
    return net.dense("digit", net.hidden("hidden_2", net.hidden("hidden_1", pixels)))


def rnn(net: Net, sequence: Array) -> Array:
    return net.dense("label", net.hidden("hidden", net.lstm("lstm", sequence)))


def siamese_lstm(net: Net, left: Array, right: Array) -> Array:
    left, right = jnp.split(net.lstm("lstm", jnp.concatenate([left, right])), 2)
    return net.dense("similarity", jnp.hstack([(left - right) ** 2, left * right]))


def qa(net: Net, text: Array, question: Array) -> Array:
    read = [
        net.lstm(f"{name}_lstm", net.rows_of(f"{name}_embedding", ids))
        for name, ids in (("text", text), ("question", question))
    ]
    return net.dense("answer", jnp.hstack(read))


def cnn(net: Net, x: Array) -> Array:
    for name in ("conv_1", "conv_2"):
        x = net.pooled(net.norm(f"{name}_norm", net.conv(name, x)))
    return net.dense("label", net.hidden("hidden", x.reshape(len(x), -1)))


def two_resolution(net: Net, gray: Array, color: Array) -> Array:
    features = []
    for name, x in (("gray", gray), ("color", color)):
        for at in (1, 2):
            x = net.pooled(net.conv(f"{name}_conv_{at}", x))
        features.append(x.reshape(len(x), -1))
    x = net.hidden("hidden_2", net.hidden("hidden_1", jnp.hstack(features)))
    return net.dense("label", x)


TWINS: dict[str, Callable[..., Array]] = {
    each.__name__: each
    for each in (basketball, mlp, digit_mlp, rnn, siamese_lstm, qa, cnn, two_resolution)
}

# Ways of running an epoch: shuffled rows are sliced, or each step gathers its own; convolutions
# are products of patches within the scan, or are called from Python step by step, where XLA's
# convolutions use all cores.
FORMS: dict[str, tuple[dict[str, bool], ...]] = {
    **dict.fromkeys(TWINS, ({"gather": False}, {"gather": True})),
    **dict.fromkeys(("cnn", "two_resolution"), ({"patches": True}, {"scan": False})),
}


def scores(loss: str, z: Array, target: Array) -> tuple[Array, Array, Array]:
    """Predictions, the loss and the recipe's metric, of logits `z`."""
    if loss == "mse":
        return z, jnp.square(z - target).mean(), jnp.abs(z - target).mean()
    if loss == "binary_crossentropy":
        value = optax.sigmoid_binary_cross_entropy(z, target).mean()
        return jax.nn.sigmoid(z), value, ((z > 0) == (target > 0.5)).mean()
    ids = target.reshape(-1)
    value = optax.softmax_cross_entropy_with_integer_labels(z, ids).mean()
    return jax.nn.softmax(z), value, (z.argmax(-1) == ids).mean()


def optimizer(recipe: dict[str, Any], steps: int) -> Any:
    """As Keras has it, with the recipe's schedule; gradients are clipped each on its own."""
    rate: Any = recipe["learning_rate"]
    if recipe["schedule"] == "cosine":
        rate = optax.cosine_decay_schedule(rate, recipe["epochs"] * steps)
    options = recipe["optimizer_options"]
    eps = options.get("epsilon", 1e-7)
    if recipe["optimizer"] == "adam":
        made = optax.adam(rate, eps=eps)
    else:
        made = optax.rmsprop(rate, decay=0.9, eps=eps, eps_in_sqrt=True)
    norm = options.get("clipnorm")
    if not norm:
        return made

    def clipped(gradient: Array) -> Array:
        return gradient * jnp.minimum(1.0, norm / jnp.linalg.norm(gradient.reshape(-1)))

    return optax.chain(optax.stateless(lambda each, _: jax.tree.map(clipped, each)), made)


class Twin:
    """A twin in training: weights and optimizer, and a function that runs an epoch."""

    def __init__(
        self, job: Job, *, gather: bool = False, patches: bool = False, scan: bool = True
    ) -> None:
        self.job, recipe = job, job.settings["recipe"]
        self.forward = TWINS[recipe["name"]]
        self.patches = patches
        (self.loss,) = recipe["loss"].values()
        self.l2 = recipe["arguments"].get("l2", 0.0)
        self.size, self.rows = recipe["batch_size"], len(job.target)
        self.data = [jnp.asarray(array) for array in (*job.inputs, job.target)]
        self.optimizer = optimizer(recipe, job.settings["steps"])
        held = {name: jnp.array(value) for name, value in job.weights.items()}
        moving = {name: value for name, value in held.items() if name.endswith(MOVING)}
        weights = {name: value for name, value in held.items() if name not in moving}
        self.state = weights, moving, self.optimizer.init(weights)
        self.draw = np.random.default_rng(0)
        if scan:
            epoch = self._gathered if gather else self._sliced
            self.epoch = jax.jit(epoch, donate_argnums=0)
        else:
            self.step = jax.jit(self.step, donate_argnums=0)
            self.epoch = self._by_steps

    def net(self, weights: Weights, *, training: bool) -> Net:
        sizes = self.job.settings["sizes"]
        return Net(weights, sizes, training=training, patches=self.patches)

    def predict(self, inputs: list[np.ndarray]) -> np.ndarray:
        weights, moving, _ = self.state
        z = self.forward(self.net({**weights, **moving}, training=False), *inputs)
        return np.asarray(scores(self.loss, z, jnp.zeros((len(z), 1), int))[0])

    def train_epoch(self) -> float:
        """Train an epoch; its mean loss."""
        shuffle, rows = self.job.settings["shuffle"], self.rows
        order = self.draw.permutation(rows) if shuffle else np.arange(rows)
        sums = jnp.zeros(2)
        *state, sums = self.epoch((*self.state, sums), self.data, order.astype(np.int32))
        self.state = tuple(state)
        return float(np.asarray(sums)[0]) / rows

    def step(self, carry: Any, batch: list[Array]) -> tuple[Any, None]:
        weights, moving, state, sums = carry
        *inputs, target = batch

        def loss_of(weights: Weights) -> tuple[Array, Any]:
            net = self.net({**weights, **moving}, training=True)
            _, loss, metric = scores(self.loss, self.forward(net, *inputs), target)
            if self.l2:
                loss += self.l2 * jnp.square(weights["lookup/embeddings"]).sum()
            return loss, (metric, net.moved)

        gradient = jax.value_and_grad(loss_of, has_aux=True)
        (loss, (metric, moving)), gradients = gradient(weights)
        updates, state = self.optimizer.update(gradients, state, weights)
        weights = optax.apply_updates(weights, updates)
        return (weights, moving, state, sums + len(target) * jnp.stack([loss, metric])), None

    def _sliced(self, carry: Any, data: list[Array], order: Array) -> Any:
        data = [_taken(array, order) for array in data]

        def step(carry: Any, at: Array) -> tuple[Any, None]:
            begin = at * self.size
            batch = [lax.dynamic_slice_in_dim(array, begin, self.size) for array in data]
            return self.step(carry, batch)

        whole = self.rows // self.size
        carry, _ = lax.scan(step, carry, jnp.arange(whole))
        return self._rest(carry, [array[whole * self.size :] for array in data])

    def _gathered(self, carry: Any, data: list[Array], order: Array) -> Any:
        def step(carry: Any, chosen: Array) -> tuple[Any, None]:
            return self.step(carry, [_taken(array, chosen) for array in data])

        cut = self.rows // self.size * self.size
        carry, _ = lax.scan(step, carry, order[:cut].reshape(-1, self.size))
        return self._rest(carry, [_taken(array, order[cut:]) for array in data])

    def _by_steps(self, carry: Any, data: list[Array], order: Array) -> Any:
        data = [_taken(array, order) for array in data]
        for begin in range(0, self.rows, self.size):
            carry, _ = self.step(carry, [array[begin : begin + self.size] for array in data])
        return carry

    def _rest(self, carry: Any, batch: list[Array]) -> Any:
        return self.step(carry, batch)[0] if len(batch[0]) else carry


def _taken(array: Array, rows: Array) -> Array:
    return jnp.take(array, rows, axis=0, mode="clip")


def fastest(job: Job) -> Twin:
    """A new twin in the form whose epochs are the shortest here."""
    forms = FORMS[job.settings["recipe"]["name"]]
    seconds = []
    for form in forms:
        twin, times = Twin(job, **form), []
        twin.train_epoch()  # compiles
        while len(times) < 5 and sum(times) < 1:
            begun = time.perf_counter()
            twin.train_epoch()
            times.append(time.perf_counter() - begun)
        seconds.append(min(times))
    return Twin(job, **forms[seconds.index(min(seconds))])


def main(folder: Path) -> None:
    line, job = Line(), Job(folder)
    first = Twin(job)
    line.tell(
        version=jax.__version__,
        parameters=sum(each.size for each in first.state[0].values()),
        difference=job.difference(first.predict(job.first_rows())),
    )
    chosen: list[Twin] = []

    def train_epoch() -> float:
        if not chosen:  # while no other peer works
            chosen.append(fastest(job))
        return chosen[0].train_epoch()

    serve(line, train_epoch)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
