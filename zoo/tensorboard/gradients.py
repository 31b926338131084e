"""The gradients of a compiled model's loss on a sample, without training on it.

The sample is run as in a training step (`training=True`: dropout drops, batch normalization uses
the batch), since that gradient is the one that the optimizer sees. It runs in a Keras stateless
scope, which keeps every change of state (random seeds, moving averages, metrics) to itself and
throws it away: the training goes on to the last bit as if nobody had looked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zoo._keras import keras, tf


def gradient_function(model: keras.Model, sample: Any) -> Callable[[], list[np.ndarray | None]]:
    """A function of no arguments: the gradient for each trainable variable, in their order.

    Of an embedding the rows that the sample reads are given, one each; None stands for a
    variable that the loss does not depend on.

    Args:
        model: A compiled and built model.
        sample: (inputs, targets) or (inputs, targets, sample_weight), as `model.fit` takes them.
    """
    inputs, targets, weight = keras.utils.unpack_x_y_sample_weight(
        tf.nest.map_structure(tf.convert_to_tensor, sample)
    )
    variables = model.trainable_variables

    @tf.function
    def gradients(inputs: Any, targets: Any, weight: Any) -> list[Any]:
        with tf.GradientTape() as tape:
            state = [(variable, variable.value) for variable in variables]
            with keras.StatelessScope(state_mapping=state, collect_losses=True):
                predicted = model(inputs, training=True)
                loss = model.compute_loss(inputs, targets, predicted, weight, training=True)
        return [_rows_once(each) for each in tape.gradient(loss, variables)]

    def compute() -> list[np.ndarray | None]:
        found = gradients(inputs, targets, weight)
        return [None if each is None else each.numpy() for each in found]

    return compute


def _rows_once(gradient: Any) -> Any:
    """The rows of a sparse gradient, those of one index added up; a dense one as it is."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    rows, place = tf.unique(tf.reshape(gradient.indices, [-1]))
    return tf.math.unsorted_segment_sum(gradient.values, place, tf.size(rows))
