"""The resident engines: an epoch is a compiled loop over rows that are on the device.

Keras's fit asks `model.train_function` for one step at a time and pays for the crossing from
Python into the graph and back at each. Here that function runs the whole epoch: it loops over the
batches with `model.train_step` inside the graph. Fit itself, and with it every callback, metric,
schedule and stopping rule, stays as it is; a batch callback sees one batch per epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.training.lstm_input_fusion import fused_lstm_inputs
from zoo.training.shards import SHARD, Order, Shards, as_tensor, count, size_of, take

KEPT = SHARD // 2  # bytes of data that stay on the device: an epoch needs them once more, in order

Run = Callable[[Any], Any]


class Resident:
    """Epochs over rows; close it at the end.

    Args:
        run: A compiled function from rows in order to the logs after a step on each batch.
        data: What the step takes, for all rows.
        batch_size: Rows in a step; the last step of an epoch takes what is left.
        order: The rows of every epoch.
        epochs: Number of the last epoch.
    """

    def __init__(self, run: Run, data: Any, batch_size: int, order: Order, epochs: int) -> None:
        self.order = order
        self.shards: Shards | None = None
        self._run = run
        if size_of(data) <= KEPT:
            self._data = tf.nest.map_structure(as_tensor, data)
            self._in_order = tf.function(lambda rows: self._run(take(self._data, rows)))
        else:
            self.shards = Shards(data, batch_size, order, epochs)

    def epoch(self, epoch: int) -> Any:
        """Run an epoch; the logs after it."""
        logs = None
        if self.shards is not None:
            for shard in self.shards.epoch(epoch):
                logs = self._run(shard)
            return logs
        rows = self.order.of(epoch)
        if not isinstance(rows, slice):
            return self._in_order(tf.convert_to_tensor(rows))
        if rows == slice(0, self.order.rows):
            return self._run(self._data)
        return self._run(tf.nest.map_structure(lambda tensor: tensor[rows], self._data))

    def close(self) -> None:
        """End the thread that gathers rows, if there is one."""
        if self.shards is not None:
            self.shards.close()


def loop(model: keras.Model, step: Callable[[Any], Any], batch_size: int, *, xla: bool) -> Run:
    """A compiled function from rows in order to the logs after a step on each batch of them.

    Args:
        model: A compiled model.
        step: Its `train_step` or `test_step`.
        batch_size: Rows in a step.
        xla: Compile the epoch with XLA.
    """
    last: list[Any] = []  # what the last step returned, if it is not the metrics of the model

    def kept(logs: Any) -> None:
        """Keep what a step inside the loop has returned; only variables outlast it."""
        if _are_metrics(model, logs):
            return
        values = [tf.convert_to_tensor(each) for each in tf.nest.flatten(logs)]
        if not last:
            if not isinstance(logs, Mapping) or not all(v.shape.is_fully_defined() for v in values):
                raise TrainingError(
                    f"the {step.__name__} of {model.name!r} must return a dictionary of numbers"
                )
            with tf.init_scope():
                made = [tf.Variable(tf.zeros(v.shape, v.dtype), trainable=False) for v in values]
            last.append(tf.nest.pack_sequence_as(logs, made))
        for variable, value in zip(tf.nest.flatten(last[0]), values, strict=True):
            variable.assign(value)

    @tf.autograph.experimental.do_not_convert
    def run(shard: Any) -> Any:
        with fused_lstm_inputs(model):
            in_batches(shard, batch_size, lambda batch, _: kept(step(batch)))
        if last:
            return tf.nest.map_structure(tf.convert_to_tensor, last[0])
        return model.get_metrics_result()

    return tf.function(run, jit_compile=xla)


def in_batches(shard: Any, batch_size: int, step: Callable[[Any, int], None]) -> None:
    """In a graph: a step on each batch of rows in order, the last one on those that are left.

    Args:
        shard: Tensors of rows, in any nested structure.
        batch_size: Rows in a step.
        step: Takes a batch and the number of its rows.
    """
    rows = count(shard)
    size = min(batch_size, rows)
    whole = rows // size

    def body(at: Any) -> Any:
        step(_slice(shard, at * size, size), size)
        return at + 1

    tf.while_loop(lambda at: at < whole, body, [tf.constant(0)], parallel_iterations=1)
    if rest := rows - whole * size:
        step(_slice(shard, whole * size, rest), rest)


def _are_metrics(model: keras.Model, logs: Any) -> bool:
    """Whether a step's logs are the model's metrics: Keras then reads those after the epoch."""
    return isinstance(logs, Mapping) and set(logs) == set(model.get_metrics_result())


def _slice(data: Any, start: Any, rows: int) -> Any:
    def part(tensor: Any) -> Any:
        first = tf.stack([start, *[0] * (tensor.shape.rank - 1)])
        return tf.slice(tensor, first, [rows, *tensor.shape[1:]])

    return tf.nest.map_structure(part, data)
