"""A look at the ids that reach a model's embeddings, once before it is trained.

XLA and GPUs take a row of an embedding that is not there without a word, and a CPU ends the
training in the middle.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.training.shards import SHARD, Order, Shards, count


def check_ids(model: keras.Model, data: Any) -> None:
    """Refuse ids that an embedding of the model has no row for.

    The model is traced, but of it only what leads to its embeddings is run.

    Args:
        model: Built.
        data: What its `train_step` takes, for all rows.

    Raises:
        TrainingError: the message names the layer and the ids that it takes.
    """
    found = [each for each in model._flatten_layers() if isinstance(each, keras.layers.Embedding)]
    stateful = any(getattr(each, "stateful", False) for each in model._flatten_layers())
    own_step = type(model).train_step is not keras.Model.train_step
    if not found or not model.built or stateful or own_step:
        return  # nothing to look at, or no way to call the model without a trace left in it
    inputs = data[0] if isinstance(data, tuple) else data
    seen = [tf.Variable([0, 0], dtype=tf.int64, trainable=False) for _ in found]  # least, most

    @tf.autograph.experimental.do_not_convert
    def look(rows: Any) -> None:
        with _noting(found, seen):
            model(rows, training=False)

    looking = tf.function(look, reduce_retracing=True)
    shards = Shards(inputs, 1, Order(count(inputs), count(inputs)), 0, SHARD // 8)
    try:
        for shard in shards.epoch(0):
            looking(shard)
    finally:
        shards.close()
    for layer, extremes in zip(found, seen, strict=True):
        for value in extremes.numpy():
            if not 0 <= value < layer.input_dim:
                raise TrainingError(
                    f"layer {layer.name!r} takes ids from 0 to {layer.input_dim - 1:,}, and the "
                    f"data has {value:,}"
                )


@contextmanager
def _noting(found: list[Any], seen: list[Any]) -> Iterator[None]:
    """Within the block, embeddings note the least and the largest id that they get."""

    def noted(layer: Any, extremes: Any) -> Any:
        inner = layer.call

        def call(ids: Any, *args: Any, **kwargs: Any) -> Any:
            given = tf.cast(ids, tf.int64)
            least = tf.minimum(extremes[0], tf.reduce_min(given))
            extremes.assign(tf.stack([least, tf.maximum(extremes[1], tf.reduce_max(given))]))
            return inner(tf.clip_by_value(given, 0, layer.input_dim - 1), *args, **kwargs)

        return call

    with ExitStack() as undone:
        for layer, extremes in zip(found, seen, strict=True):
            object.__setattr__(layer, "call", noted(layer, extremes))
            undone.callback(object.__delattr__, layer, "call")
        yield
