"""Ids that a model's embeddings have no row for, which would train another row in silence.

Ids that reach an embedding as they are given are looked at before the first step. Those that a
layer makes are noted while an epoch runs under XLA or on a GPU, which take another row without a
word; TensorFlow on a CPU ends the step itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.training.checks import steps_as_keras
from zoo.training.fed_ids import Untold, embeddings, extremes
from zoo.training.inference import output_names

SPARSE = ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy")


def check_ids(model: keras.Model, *parts: Any) -> list[Any]:
    """Refuse rows with ids that an embedding of the model has no row for.

    Args:
        model: Built.
        *parts: What its `train_step` takes, for the rows of training and of validation.

    Returns:
        The embeddings whose ids a layer makes: nothing is known of them.

    Raises:
        TrainingError: the message names the layer and the ids that it takes.
    """
    left = embeddings(model)
    own_step = not steps_as_keras(model) or type(model).test_step is not keras.Model.test_step
    if not left or not model.built or own_step:
        return left  # a step of one's own may make other ids of them
    try:
        given = [extremes(model, part[0] if isinstance(part, tuple) else part) for part in parts]
    except Untold:
        return left
    for layer in left:
        for least, most in (pairs[id(layer)] for pairs in given if id(layer) in pairs):
            _refuse(layer, least, most)
    return [layer for layer in left if any(id(layer) not in pairs for pairs in given)]


def check_classes(model: keras.Model, *parts: Any) -> None:
    """Refuse class ids that an output has no place for: XLA makes the loss NaN of them.

    Args:
        model: Compiled.
        *parts: As in `check_ids`.

    Raises:
        TrainingError: the message names the output and the classes that it has.
    """
    compiled = model._compile_loss
    if not isinstance(model, keras.Function) or compiled is None or not steps_as_keras(model):
        return
    names, losses = output_names(model), compiled._user_loss
    for part in parts:
        targets = part[1] if isinstance(part, tuple) and len(part) > 1 else {}
        for name, loss, target in zip(
            names, _each(losses, names), _each(targets, names), strict=True
        ):
            if target is not None and _tells_classes(loss) and target.size:
                width = model.outputs[names.index(name)].shape[-1]
                _refuse_classes(name, width, target, loss)


def _each(given: Any, names: list[str]) -> list[Any]:
    """What is given for each output, by name or in their order; None where that is not told."""
    if isinstance(given, Mapping):
        return [given.get(name) for name in names]
    if isinstance(given, list | tuple):
        return [*given] if len(given) == len(names) else [None] * len(names)
    return [given] if len(names) == 1 else [None] * len(names)


def _tells_classes(loss: Any) -> bool:
    """Whether a loss compares class ids with a probability of each."""
    if isinstance(loss, str):
        return loss in SPARSE
    sparse = keras.losses.SparseCategoricalCrossentropy
    return type(loss) is sparse or loss is keras.losses.sparse_categorical_crossentropy


def _refuse_classes(name: str, width: int, target: Any, loss: Any) -> None:
    ignored = getattr(loss, "ignore_class", None)
    for value in map(float, (target.min(), target.max())):
        if value != ignored and not 0 <= value < width:
            raise TrainingError(
                f"output {name!r} has classes from 0 to {width - 1:,}, and the data has {value:,g}"
            )


def _refuse(layer: Any, least: int, most: int) -> None:
    for value in (least, most):
        if not 0 <= value < layer.input_dim:
            raise TrainingError(
                f"layer {layer.name!r} takes ids from 0 to {layer.input_dim - 1:,}, and the data "
                f"has {value:,}"
            )


class NotedIds:
    """The least and the largest id that embeddings get in functions that are traced within.

    Args:
        layers: Embeddings; without any, nothing is done.
    """

    def __init__(self, layers: list[Any]) -> None:
        self.layers = layers
        with tf.init_scope():
            self._seen = {
                id(layer): tf.Variable([0, 0], dtype=tf.int64, trainable=False) for layer in layers
            }

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Within the block, embeddings add operations that note their ids."""
        plain: Any = keras.layers.Embedding.call

        def call(layer: Any, inputs: Any) -> Any:
            if id(layer) in self._seen:
                pair = self._seen[id(layer)]
                given = tf.cast(inputs, tf.int64)
                least = tf.minimum(pair[0], tf.reduce_min(given))
                pair.assign(tf.stack([least, tf.maximum(pair[1], tf.reduce_max(given))]))
            return plain(layer, inputs)

        if not self.layers:
            yield
            return
        keras.layers.Embedding.call = call
        try:
            yield
        finally:
            keras.layers.Embedding.call = plain

    def check(self) -> None:
        """Refuse what has been noted, after an epoch.

        Raises:
            TrainingError: an id without a row; the epoch has trained another one.
        """
        for layer in self.layers:
            _refuse(layer, *self._seen[id(layer)].numpy().tolist())


@contextmanager
def ids_refused(model: keras.Model) -> Iterator[None]:
    """Say in one line what TensorFlow says of an id that an embedding has no row for."""
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        found = re.search(r"indices\[.*?\] = (-?\d+) is not in \[0, (\d+)\)", error.message)
        if not found:
            raise
        value, rows = map(int, found.groups())
        for layer in embeddings(model):
            if layer.input_dim == rows:
                _refuse(layer, value, value)
        raise
