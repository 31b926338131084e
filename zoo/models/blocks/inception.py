"""Inception module: one tensor read by convolutions of several sizes at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from zoo._keras import layers
from zoo.models.blocks.convolution import Tensor, conv_relu


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
        x: Feature maps (height, width, channels); height and width are kept.
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
