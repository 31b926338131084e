"""A look at the ids that reach a model's embeddings, once before it is trained.

XLA and GPUs take a row of an embedding that is not there without a word, and a CPU ends the
training in the middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.core.stateful import stateful_layer
from zoo.training.checks import steps_as_keras
from zoo.training.fed_ids import Untold, extremes
from zoo.training.shards import SHARD, Order, Shards, count


def check_ids(model: keras.Model, *parts: Any) -> None:
    """Refuse ids that an embedding of the model has no row for.

    Where the ids are rows as they are given, these are looked at. Otherwise the model is traced,
    but of it only what leads to its embeddings is run.

    Args:
        model: Built.
        *parts: What its `train_step` takes, for the rows of training and of validation.

    Raises:
        TrainingError: the message names the layer and the ids that it takes.
    """
    found = [each for each in model._flatten_layers() if isinstance(each, keras.layers.Embedding)]
    if not (found and model.built and steps_as_keras(model)) or stateful_layer(model):
        return  # nothing to look at, or no way to call the model without a trace left in it
    inputs = [part[0] if isinstance(part, tuple) else part for part in parts]
    try:
        given = [extremes(model, rows) for rows in inputs]
    except Untold:
        given = [_by_running(model, found, inputs)]
    for layer in found:
        for value in (each for pairs in given for each in pairs.get(id(layer), ())):
            if not 0 <= value < layer.input_dim:
                raise TrainingError(
                    f"layer {layer.name!r} takes ids from 0 to {layer.input_dim - 1:,}, and the "
                    f"data has {value:,}"
                )


def _by_running(
    model: keras.Model, found: list[Any], inputs: Sequence[Any]
) -> dict[int, tuple[int, int]]:
    """As `extremes`, of any model: it is called on the rows."""
    seen = [tf.Variable([0, 0], dtype=tf.int64, trainable=False) for _ in found]  # least, most

    @tf.autograph.experimental.do_not_convert
    def look(rows: Any) -> None:
        with _noting(found, seen):
            model(rows, training=False)

    looking = tf.function(look, reduce_retracing=True)
    for part in inputs:
        order = Order(count(part), count(part))
        with closing(Shards(part, 1, order, 0, SHARD // 8)) as shards:
            for shard in shards.epoch(0):
                looking(shard)
    pairs = (each.numpy().tolist() for each in seen)
    return {id(layer): tuple(pair) for layer, pair in zip(found, pairs, strict=True)}


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
