"""Blocks: functions from a tensor to a tensor, made of plain Keras layers.

A model that holds them saves and reloads without the zoo. The name of each of a block's layers
begins with the block's name; the layer that joins its branches carries that name alone. All
read feature maps: height, width, channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from zoo._keras import layers

MOMENTUM = 0.9  # of the batch statistics: with Keras's 0.99 a few hundred steps leave them behind
# The gradient of a strided 1x1 convolution of fewer channels than this writes past its memory on
# CPUs with AVX-512 (oneDNN issue 6035, in TensorFlow 2.21): pick the pixels first, convolve then.
NARROW = 16

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
        x: Feature maps.
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


def fire_module(x: Tensor, squeeze: int = 16, expand: int = 64, *, name: str = "fire") -> Tensor:
    """Squeeze by 1x1 convolutions, then 1x1 and 3x3 convolutions side by side, concatenated.

    Args:
        x: Feature maps; height and width are kept.
        squeeze: Channels between the two halves; few of them make the 3x3 convolutions cheap.
        expand: Filters of each expanding branch; the result has 2 x expand channels.
        name: Name of the concatenation, and prefix of all others.
    """
    squeezed = conv_relu(x, squeeze, 1, name=f"{name}_squeeze")

    one = conv_relu(squeezed, expand, 1, name=f"{name}_expand_1x1")
    three = conv_relu(squeezed, expand, 3, name=f"{name}_expand_3x3")

    return layers.Concatenate(name=name)([one, three])


def inception_module(
    x: Tensor,
    widths: Sequence[int] = (64, 96, 128, 16, 32, 32),
    *,
    batch_normalization: bool = False,
    name: str = "inception",
) -> Tensor:
    """Four branches side by side, concatenated: 1x1, 3x3, 5x5 and pool.

    The 1x1 convolutions before the 3x3 and 5x5 ones make those cheap: they see fewer channels.

    Args:
        x: Feature maps; height and width are kept.
        widths: Filters, in the order of GoogLeNet's table 1:
            1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection.
        batch_normalization: Normalize between each convolution and its ReLU.
        name: Name of the concatenation, and prefix of all others.
    """
    if len(widths) != 6:
        raise ValueError(f"{name}: an inception module has six widths, not {len(widths)}")
    n_1x1, n_3x3_reduce, n_3x3, n_5x5_reduce, n_5x5, n_pool = widths
    conv = partial(conv_relu, batch_normalization=batch_normalization)

    one = conv(x, n_1x1, 1, name=f"{name}_1x1")

    three = conv(x, n_3x3_reduce, 1, name=f"{name}_3x3_reduce")
    three = conv(three, n_3x3, 3, name=f"{name}_3x3")

    five = conv(x, n_5x5_reduce, 1, name=f"{name}_5x5_reduce")
    five = conv(five, n_5x5, 5, name=f"{name}_5x5")

    pool = layers.MaxPooling2D(3, strides=1, padding="same", name=f"{name}_pool")(x)
    pool = conv(pool, n_pool, 1, name=f"{name}_pool_1x1")

    return layers.Concatenate(name=name)([one, three, five, pool])


def residual_identity(
    x: Tensor,
    filters: int = 128,
    *,
    depth: int = 3,
    batch_normalization: bool = False,
    skip: bool = True,
    name: str = "residual",
) -> Tensor:
    """3x3 convolutions with their input added to their output; the shape is kept.

    With all weights at zero the block is the identity, so depth can do no harm at the start.

    Args:
        x: Feature maps.
        filters: Filters of each convolution; must be the channels of x.
        depth: Number of convolutions.
        batch_normalization: Normalize between each convolution and its ReLU.
        skip: False leaves the addition out, for comparison.
        name: Name of the addition, and prefix of all others.
    """
    if depth < 1:
        raise ValueError(f"{name}: depth must be at least 1 convolution, not {depth}")
    if skip and x.shape[-1] != filters:
        raise ValueError(
            f"{name}: an identity shortcut keeps the {x.shape[-1]} channels of its input and "
            f"cannot make {filters}; residual_projection can"
        )
    conv = partial(conv_relu, batch_normalization=batch_normalization)

    y = x
    for i in range(1, depth + 1):
        y = conv(y, filters, 3, name=f"{name}_conv_{i}")

    return layers.Add(name=name)([y, x]) if skip else y


def residual_projection(
    x: Tensor,
    filters: int = 128,
    *,
    batch_normalization: bool = False,
    skip: bool = True,
    name: str = "residual",
) -> Tensor:
    """Two 3x3 convolutions and a pool, added to a 1x1 convolution that shrinks the input alike.

    Args:
        x: Feature maps; height and width are halved, rounding up.
        filters: Filters of each convolution, and channels of the result.
        batch_normalization: Normalize after each convolution.
        skip: False leaves shortcut and addition out, for comparison.
        name: Name of the addition, and prefix of all others.
    """
    conv = partial(conv_relu, batch_normalization=batch_normalization)

    y = conv(x, filters, 3, name=f"{name}_conv_1")
    y = conv(y, filters, 3, name=f"{name}_conv_2")
    y = layers.MaxPooling2D(2, padding="same", name=f"{name}_pool")(y)
    if not skip:
        return y

    strides = 2
    if x.shape[-1] < NARROW:
        x = layers.MaxPooling2D(1, strides=2, name=f"{name}_pick")(x)  # every second pixel
        strides = 1
    shortcut = _projected(x, filters, strides, batch_normalization, f"{name}_shortcut")

    return layers.Add(name=name)([y, shortcut])


def added_skip(
    y: Tensor, x: Tensor, filters: int, lost: int, *, batch_normalization: bool = False, name: str
) -> Tensor:
    """Add to the output of convolutions without padding what they read.

    The input is cropped to its middle, to the output's size, and a 1x1 convolution gives it the
    output's channels.

    Args:
        y: Output of the convolutions.
        x: Their input; height and width are larger by `lost`.
        filters: Channels of y.
        lost: Pixels that the convolutions took off height and width.
        batch_normalization: Normalize the shortcut too; its convolution then needs no bias.
        name: Name of the addition, and prefix of all others.
    """
    edges = (lost // 2, lost - lost // 2)
    middle = layers.Cropping2D((edges, edges), name=f"{name}_crop")(x)
    shortcut = _projected(middle, filters, 1, batch_normalization, f"{name}_shortcut")

    return layers.Add(name=name)([y, shortcut])


def _projected(
    x: Tensor, filters: int, strides: int, batch_normalization: bool, name: str
) -> Tensor:
    """A shortcut's 1x1 convolution, without a bias where a normalization follows."""
    bias = not batch_normalization
    x = layers.Conv2D(filters, 1, strides=strides, use_bias=bias, name=name)(x)
    if batch_normalization:
        x = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(x)
    return x
