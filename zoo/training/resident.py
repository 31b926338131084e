"""The resident engine: an epoch is one compiled function over data that stays on the device.

Keras's fit asks `model.train_function` for one step at a time and pays for the crossing from
Python into the graph and back at each. Here that function runs the whole epoch: it draws the
order of the rows, then loops over batches with `model.train_step`, all inside the graph. Fit
itself, and with it every callback, metric, schedule and stopping rule, stays as it is; a batch
callback sees one batch per epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from types import SimpleNamespace
from typing import Any

from zoo._keras import keras, ops, tf


def train_function(
    model: keras.Model,
    data: Any,
    batch_size: int,
    taken: int | None = None,
    *,
    seed: int | None,
    first_epoch: int,
    xla: bool,
) -> Callable[[Any], dict[str, Any]]:
    """A function for `model.train_function`: each call trains one epoch and returns its logs.

    Args:
        model: A compiled model.
        data: What `model.train_step` takes, for all rows: (inputs, targets) or with weights.
        batch_size: Rows in a step; the last step of an epoch takes what is left.
        taken: Rows in an epoch, the first of its order; None takes all.
        seed, first_epoch: With the number of calls so far, they fix the order of the rows; without
            a seed it is their own, and an epoch goes on where the last one stopped.
        xla: Compile the epoch with XLA.
    """
    data = _on_device(data)
    epoch = tf.Variable(first_epoch, dtype=tf.int64, trainable=False)
    rows = _rows(data)
    taken = rows if taken is None else taken
    if seed is None:
        return _in_turn(model, data, batch_size, rows, taken, xla=xla)
    steps = _loop(model, model.train_step, data, batch_size, taken, xla=xla)

    @tf.function(autograph=False)
    def train_epoch() -> dict[str, Any]:
        order = shuffled(rows, seed, epoch)[:taken]
        epoch.assign_add(1)
        return steps(order)

    return lambda _: train_epoch()


def _in_turn(
    model: keras.Model, data: Any, batch_size: int, rows: int, taken: int, *, xla: bool
) -> Callable[[Any], dict[str, Any]]:
    """Epochs of `taken` rows in their own order; the last of each pass takes what is left."""
    starts = range(0, rows, taken)
    counts = [min(taken, rows - start) for start in starts]
    steps = {
        count: _loop(model, model.train_step, data, batch_size, count, xla=xla)
        for count in dict.fromkeys(counts)
    }
    turns = cycle(zip(starts, counts, strict=True))

    def train_epoch(_: Any) -> dict[str, Any]:
        start, count = next(turns)
        return steps[count](tf.range(start, start + count, dtype=tf.int64))

    return train_epoch


def test_function(
    model: keras.Model, data: Any, batch_size: int, *, xla: bool
) -> Callable[[Any], dict[str, Any]]:
    """A function for `model.test_function`: each call scores all rows, in their own order."""
    data = _on_device(data)
    rows = _rows(data)
    steps = _loop(model, model.test_step, data, batch_size, rows, xla=xla)
    order = tf.range(rows, dtype=tf.int64)
    return lambda _: steps(order)


def _loop(
    model: keras.Model,
    step: Callable[[Any], Any],
    data: Any,
    batch_size: int,
    rows: int,
    *,
    xla: bool,
) -> Callable[[Any], dict[str, Any]]:
    """A compiled function from an order of `rows` of the data's rows to the logs after them."""
    batch_size = min(batch_size, rows)
    whole = rows // batch_size

    @tf.autograph.experimental.do_not_convert
    def run(order: Any) -> dict[str, Any]:
        def body(at: Any) -> Any:
            chosen = tf.slice(order, [at * batch_size], [batch_size])
            step(take(data, chosen))
            return at + 1

        with fused_lstm_inputs(model):
            tf.while_loop(lambda at: at < whole, body, [tf.constant(0)], parallel_iterations=1)
            if rows > whole * batch_size:
                step(take(data, order[whole * batch_size :]))
        return model.get_metrics_result()

    return tf.function(run, jit_compile=xla)


def shuffled(rows: int, seed: int | None, epoch: Any) -> Any:
    """Row numbers 0 to rows - 1 in the order of `epoch`, an int64 tensor of shape (rows,).

    The order depends on the seed and the epoch alone, so that every engine, and a resumed run,
    takes the rows in the same order. Without a seed it is the rows' own.
    """
    if seed is None:
        return tf.range(rows, dtype=tf.int64)
    pair = tf.stack([tf.constant(seed, tf.int64), tf.cast(epoch, tf.int64)])
    return tf.random.experimental.stateless_shuffle(tf.range(rows, dtype=tf.int64), pair)


def take(data: Any, rows: Any) -> Any:
    """The given rows of every array in a nested structure."""
    return tf.nest.map_structure(lambda array: tf.gather(array, rows), data)


def _on_device(data: Any) -> Any:
    return tf.nest.map_structure(tf.convert_to_tensor, data)


def _rows(data: Any) -> int:
    return int(tf.nest.flatten(data)[0].shape[0])


@contextmanager
def fused_lstm_inputs(model: keras.Model) -> Iterator[None]:
    """Within the block, LSTM layers anywhere in `model` that are called project their inputs first.

    Keras multiplies each step's input by the kernel inside the loop over time. Doing that for all
    steps at once leaves one small product a step: the same weights and, but for rounding, the
    same outputs. Meant for the time of tracing a function. Layers with dropout draw a mask per
    step and are left as they are.
    """
    with ExitStack() as undone:
        for layer in model._flatten_layers():
            if type(layer) is keras.layers.LSTM and not (layer.dropout or layer.recurrent_dropout):
                # past Keras's own __setattr__, which would track the function as state
                object.__setattr__(layer, "inner_loop", _fused_loop(layer))
                undone.callback(object.__delattr__, layer, "inner_loop")
        yield


def _fused_loop(layer: Any) -> Callable[..., Any]:
    cell = layer.cell

    def step(projected: Any, states: Any, **_: Any) -> tuple[Any, list[Any]]:
        h, c = states
        z = ops.split(projected + ops.matmul(h, cell.recurrent_kernel), 4, axis=1)
        c, o = cell._compute_carry_and_output_fused(z, c)
        h = o * cell.activation(c)
        return h, [h, c]

    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        projected = ops.matmul(sequences, cell.kernel)
        if cell.use_bias:
            projected += cell.bias
        stand_in = SimpleNamespace(
            cell=step,
            go_backwards=layer.go_backwards,
            unroll=layer.unroll,
            zero_output_for_mask=layer.zero_output_for_mask,
            return_sequences=layer.return_sequences,
            stateful=layer.stateful,
        )
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        return keras.layers.RNN.inner_loop(stand_in, projected, initial_state, mask, training)

    return inner_loop
