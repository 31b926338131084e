"""The resident engine: an epoch is one compiled function over data that stays on the device.

Keras's fit asks `model.train_function` for one step at a time and pays for the crossing from
Python into the graph and back at each. Here that function runs the whole epoch: it draws the
order of the rows, then loops over batches with `model.train_step`, all inside the graph. Fit
itself, and with it every callback, metric, schedule and stopping rule, stays as it is; a batch
callback sees one batch per epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zoo._keras import keras, tf
from zoo.training.lstm_input_fusion import fused_lstm_inputs


def train_function(
    model: keras.Model, data: Any, batch_size: int, *, seed: int, first_epoch: int, xla: bool
) -> Callable[[Any], dict[str, Any]]:
    """A function for `model.train_function`: each call trains one epoch and returns its logs.

    Args:
        model: A compiled model.
        data: What `model.train_step` takes, for all rows: (inputs, targets) or with weights.
        batch_size: Rows in a step; the last step of an epoch takes what is left.
        seed, first_epoch: With the number of calls so far, they fix the order of the rows.
        xla: Compile the epoch with XLA.
    """
    data = _on_device(data)
    epoch = tf.Variable(first_epoch, dtype=tf.int64, trainable=False)
    steps = _loop(model, model.train_step, data, batch_size, xla=xla)
    rows = _rows(data)

    @tf.function
    def train_epoch() -> dict[str, Any]:
        order = shuffled(rows, seed, epoch)
        epoch.assign_add(1)
        return steps(order)

    return lambda _: train_epoch()


def test_function(
    model: keras.Model, data: Any, batch_size: int, *, xla: bool
) -> Callable[[Any], dict[str, Any]]:
    """A function for `model.test_function`: each call scores all rows, in their own order."""
    data = _on_device(data)
    steps = _loop(model, model.test_step, data, batch_size, xla=xla)
    order = tf.range(_rows(data), dtype=tf.int64)
    return lambda _: steps(order)


def _loop(
    model: keras.Model, step: Callable[[Any], Any], data: Any, batch_size: int, *, xla: bool
) -> Callable[[Any], dict[str, Any]]:
    """A compiled function from an order of the rows to the logs after all steps."""
    rows = _rows(data)
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


def shuffled(rows: int, seed: int, epoch: Any) -> Any:
    """Row numbers 0 to rows - 1 in the order of `epoch`, an int64 tensor of shape (rows,).

    The order depends on the seed and the epoch alone, so that every engine, and a resumed run,
    takes the rows in the same order.
    """
    pair = tf.stack([tf.constant(seed, tf.int64), tf.cast(epoch, tf.int64)])
    return tf.random.experimental.stateless_shuffle(tf.range(rows, dtype=tf.int64), pair)


def take(data: Any, rows: Any) -> Any:
    """The given rows of every array in a nested structure."""
    return tf.nest.map_structure(lambda array: tf.gather(array, rows), data)


def _on_device(data: Any) -> Any:
    return tf.nest.map_structure(tf.convert_to_tensor, data)


def _rows(data: Any) -> int:
    return int(tf.nest.flatten(data)[0].shape[0])
