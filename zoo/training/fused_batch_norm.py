"""Batch normalization of feature maps in one operation: in many, it outlasts the convolutions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zoo._keras import keras, tf

AXES = 4  # rows, height, width, channels


def is_fusible(layer: Any) -> bool:
    """Whether TensorFlow's operation does what a layer does: float32 maps, channels last."""
    if type(layer) is not keras.layers.BatchNormalization or not layer.built:
        return False
    special = layer.synchronized or getattr(layer, "renorm", False)
    return layer.input_spec.ndim == AXES and layer.axis in (-1, 3) and not special


def fused_batch_norm(layer: Any) -> Callable[..., Any]:
    """A `call` for a batch normalization: the same outputs and moving averages but for rounding."""

    def call(inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        usual = not training or mask is not None or not layer.trainable
        if usual or inputs.dtype != tf.float32:
            return type(layer).call(layer, inputs, training=training, mask=mask)
        channels = inputs.shape[-1]
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=layer.gamma if layer.scale else tf.ones(channels),
            offset=layer.beta if layer.center else tf.zeros(channels),
            mean=tf.zeros(0),
            variance=tf.zeros(0),
            epsilon=layer.epsilon,
            is_training=True,
        )
        values = tf.cast(tf.size(inputs) / channels, tf.float32)
        variance *= (values - 1) / values  # of the values, not of what they are drawn from
        for moving, new in ((layer.moving_mean, mean), (layer.moving_variance, variance)):
            moving.assign(moving * layer.momentum + new * (1 - layer.momentum))
        return outputs

    return call
