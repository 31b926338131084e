"""The resident engines: an epoch is a compiled loop over rows that are on the device.

Keras's fit asks `model.train_function` for one step at a time and pays for the crossing from
Python into the graph and back at each. Here that function runs the whole epoch: it loops over the
batches with `model.train_step` inside the graph. Fit itself, and with it every callback, metric,
schedule and stopping rule, stays as it is; a batch callback sees one batch per epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.training.devices import has_gpu
from zoo.training.faster_layers import faster_layers
from zoo.training.shards import Shards, count

Run = Callable[[Any], Any]


def run_epoch(run: Run, shards: Shards, epoch: int) -> Any:
    """Run an epoch on pieces of rows; the logs after it."""
    logs = None
    for shard in shards.epoch(epoch):
        logs = run(shard)
    return logs


def loop(
    model: keras.Model,
    step: Callable[[Any], Any],
    batch_size: int,
    *,
    xla: bool,
    within: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Run:
    """A compiled function from rows in order to the logs after a step on each batch of them.

    Args:
        model: A compiled model.
        step: Its `train_step` or `test_step`.
        batch_size: Rows in a step.
        xla: Compile the epoch with XLA.
        within: Makes the context in which the step is traced.
    """
    last: list[Any] = []  # what the last step returned, if it is not the metrics of the model

    def kept(logs: Any) -> None:
        """Keep what a step inside the loop has returned; only variables outlast it."""
        if _are_metrics(model, logs):
            return
        values = [tf.convert_to_tensor(each) for each in tf.nest.flatten(logs)]
        sized = all(each.shape.is_fully_defined() for each in values)
        if last:
            sized = [each.shape for each in tf.nest.flatten(last[0])] == [v.shape for v in values]
        if not isinstance(logs, Mapping) or not sized:
            raise TrainingError(
                f"the {step.__name__} of {model.name!r} must return a dictionary of numbers"
            )
        if not last:
            with tf.init_scope():
                made = [tf.Variable(tf.zeros(v.shape, v.dtype), trainable=False) for v in values]
            last.append(tf.nest.pack_sequence_as(logs, made))
        for variable, value in zip(tf.nest.flatten(last[0]), values, strict=True):
            variable.assign(value)

    @tf.autograph.experimental.do_not_convert
    def run(shard: Any) -> Any:
        # XLA fuses normalizations itself; without it Keras takes a GPU's own LSTM
        with (
            within(),
            faster_layers(model, lstm=xla or not has_gpu(), normalization=not xla),
        ):
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
