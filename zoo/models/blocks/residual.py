"""Residual blocks: convolutions that learn what to add to their input."""

from __future__ import annotations

from functools import partial

from zoo._keras import layers
from zoo.models.blocks.convolution import MOMENTUM, Tensor, conv_relu

# The gradient of a strided 1x1 convolution of fewer channels than this writes past its memory on
# CPUs with AVX-512 (oneDNN issue 6035, in TensorFlow 2.21): pick the pixels first, convolve then.
NARROW = 16


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
        x: Feature maps (height, width, channels).
        filters: Filters of each convolution; must be the channels of x.
        depth: Number of convolutions.
        batch_normalization: Normalize between each convolution and its ReLU.
        skip: False leaves the addition out, for comparison.
        name: Name of the addition, and prefix of all others.
    """
    if depth < 1:
        raise ValueError(f"{name}: depth must be 1 convolution or more, not {depth}")
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
        x: Feature maps (height, width, channels); height and width are halved, rounding up.
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

    picked, strides = x, 2
    if x.shape[-1] < NARROW:
        picked = layers.MaxPooling2D(1, strides=2, name=f"{name}_pick")(x)  # every second pixel
        strides = 1
    shortcut = layers.Conv2D(
        filters, 1, strides=strides, use_bias=not batch_normalization, name=f"{name}_shortcut"
    )(picked)
    if batch_normalization:
        shortcut = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_shortcut_norm")(
            shortcut
        )

    return layers.Add(name=name)([y, shortcut])


def added_skip(
    y: Tensor,
    x: Tensor,
    filters: int,
    lost: int,
    *,
    batch_normalization: bool = False,
    name: str,
) -> Tensor:
    """Add to the output of convolutions without padding what they read.

    The input is cropped to its middle, to the output's size, and a 1x1 convolution gives it the
    output's channels.

    Args:
        y: Output of the convolutions (height, width, channels).
        x: Their input; height and width are larger by `lost`.
        filters: Channels of y.
        lost: Pixels that the convolutions took off height and width.
        batch_normalization: Normalize the shortcut too; its convolution then needs no bias.
        name: Name of the addition, and prefix of all others.
    """
    edges = (lost // 2, lost - lost // 2)
    shortcut = layers.Cropping2D((edges, edges), name=f"{name}_crop")(x)
    shortcut = layers.Conv2D(filters, 1, use_bias=not batch_normalization, name=f"{name}_shortcut")(
        shortcut
    )
    if batch_normalization:
        shortcut = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_shortcut_norm")(
            shortcut
        )

    return layers.Add(name=name)([y, shortcut])
