"""A convolution and its activation, with or without batch normalization between them."""

from __future__ import annotations

from typing import Any

from zoo._keras import layers

MOMENTUM = 0.9  # of the batch statistics: with Keras's 0.99 a few hundred steps leave them behind
Tensor = Any  # a symbolic tensor: Keras's own hints are too loose to call it a KerasTensor


def conv_relu(
    x: Tensor,
    filters: int,
    kernel_size: int,
    *,
    padding: str = "same",
    batch_normalization: bool = False,
    name: str,
) -> Tensor:
    """Convolution and ReLU: one layer, or three with batch normalization.

    Args:
        x: Feature maps (height, width, channels).
        filters: Channels of the result.
        kernel_size: Height and width of the kernel, in pixels.
        padding: `same` keeps height and width; `valid` takes kernel_size - 1 off both.
        batch_normalization: Normalize before the ReLU; the convolution then needs no bias.
        name: Name of the layer, or of the first of the three.
    """
    if not batch_normalization:
        return layers.Conv2D(filters, kernel_size, padding=padding, activation="relu", name=name)(x)

    x = layers.Conv2D(filters, kernel_size, padding=padding, use_bias=False, name=name)(x)
    x = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)
