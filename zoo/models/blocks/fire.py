"""Fire module: squeeze the channels, then expand them again with two sizes of kernel."""

from __future__ import annotations

from zoo._keras import layers
from zoo.models.blocks.convolution import Tensor, conv_relu


def fire_module(x: Tensor, squeeze: int = 16, expand: int = 64, *, name: str = "fire") -> Tensor:
    """Squeeze by 1x1 convolutions, then 1x1 and 3x3 convolutions side by side, concatenated.

    Args:
        x: Feature maps (height, width, channels); height and width are kept.
        squeeze: Channels between the two halves; few of them make the 3x3 convolutions cheap.
        expand: Filters of each expanding branch; the result has 2 x expand channels.
        name: Name of the concatenation, and prefix of all others.
    """
    squeezed = conv_relu(x, squeeze, 1, name=f"{name}_squeeze")

    one = conv_relu(squeezed, expand, 1, name=f"{name}_expand_1x1")
    three = conv_relu(squeezed, expand, 3, name=f"{name}_expand_3x3")

    return layers.Concatenate(name=name)([one, three])
