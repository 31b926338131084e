"""Parallel convolutions of several sizes, concatenated: inception and fire modules.

`dlwp-7.1` teaches inception modules, `using-keras` names fire modules; the sizes are the papers'.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from zoo._keras import keras, layers
from zoo.models.blocks import conv_relu
from zoo.models.blocks import fire_module as fire_block
from zoo.models.blocks import inception_module as inception_block
from zoo.models.image import CLASSES, GRAY
from zoo.models.registry import register
from zoo.models.spec import Shape, TensorSpec, Variant

GOOGLENET = {  # table 1 of the paper: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}

MAPS = TensorSpec("features", ("shape",), "feature maps")


def _concatenated(shape: Shape, widths: Sequence[int], **_: object) -> Shape:
    """Output of `inception_module`: 1x1, 3x3, 5x5 and pool projection side by side."""
    return (*shape[:2], widths[0] + widths[2] + widths[4] + widths[5])


def _expanded(shape: Shape, expand: int, **_: object) -> Shape:
    """Output of `fire_module`: both expanding branches side by side."""
    return (*shape[:2], 2 * expand)


@register(
    documents=("dlwp-7.1", "arXiv:1409.4842"),
    section="7.1.4, Directed acyclic graphs of layers: Inception modules",
    inputs=(MAPS,),
    outputs=(
        TensorSpec("inception", (_concatenated,), "the maps of all four branches, concatenated"),
    ),
    count=163_696,
    published=163_328,
    published_note="The paper's table 1 gives 159 K: the weights without the 368 biases.",
    concepts=("block", "inception", "convolution", "branches", "merge"),
    claim="Branches look at different scales; 1x1 convolutions before them keep that cheap.",
    tiny={"shape": (8, 8, 6), "widths": (2, 3, 4, 1, 2, 2)},
)
def inception_module(
    shape: tuple[int | None, int | None, int] = (28, 28, 192),
    widths: tuple[int, int, int, int, int, int] = GOOGLENET["3a"],
) -> keras.Model:
    """One inception module as a model; the default is GoogLeNet's first, 3a.

    Args:
        shape: Height, width (None for any) and channels of the feature maps that it reads.
        widths: Filters: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection.
    """

    features = keras.Input(shape, name="features")  # (28, 28, 192)

    inception = inception_block(features, widths, name="inception")  # (28, 28, 64 + 128 + 32 + 32)

    return keras.Model(features, inception, name="inception_module")


@register(
    documents=("dlwp-7.1", "arXiv:1409.4842"),
    section="7.1.4, Directed acyclic graphs of layers: Inception modules",
    inputs=(GRAY,),
    outputs=(CLASSES,),
    count=61_482,
    concepts=("inception", "convolution", "branches", "merge", "batch-normalization", "dropout"),
    claim="A network is a stack of modules; global average pooling replaces wide dense layers.",
    recipe="inception_network",
    tiny={"image_shape": (12, 12, 1), "modules": ("3a", "4a"), "width": 1 / 32},
    variants={
        "plain": Variant(
            {"batch_normalization": False}, 60_114, "Without batch normalization, as in the paper."
        )
    },
)
def inception_network(
    image_shape: tuple[int | None, int | None, int] = (28, 28, 1),
    classes: int = 10,
    modules: Sequence[str] = ("3a", "3b", "4a"),
    width: float = 0.25,
    dropout: float = 0.4,
    batch_normalization: bool = True,
) -> keras.Model:
    """A small GoogLeNet: stem, inception modules, global average pooling, softmax.

    Args:
        image_shape: Height and width in pixels (None for any), and channels.
        classes: Width of the softmax.
        modules: GoogLeNet's names of its modules, 3a to 5b; a new digit halves height and width.
        width: Filters of every layer, as a share of GoogLeNet's.
        dropout: Share of the pooled features dropped before the softmax.
        batch_normalization: Normalize between each convolution and its ReLU.
    """
    _check_modules(modules, width)
    conv = partial(conv_relu, batch_normalization=batch_normalization)
    module = partial(inception_block, batch_normalization=batch_normalization)

    picture = keras.Input(image_shape, name="picture")  # (28, 28, 1)

    x = conv(picture, _scaled(192, width), 3, name="stem")  # (28, 28, 48)
    stage = ""
    for name in modules:
        if name[0] != stage:
            stage = name[0]
            x = layers.MaxPooling2D(3, 2, padding="same", name=f"pool_{stage}")(x)
        widths = [_scaled(filters, width) for filters in GOOGLENET[name]]
        x = module(x, widths, name=f"inception_{name}")  # (14, 14, 64), (14, 14, 120), (7, 7, 128)

    x = layers.GlobalAveragePooling2D(name="features")(x)  # (128)
    x = layers.Dropout(dropout, name="features_dropout")(x)
    label = layers.Dense(classes, activation="softmax", name="label")(x)  # (10)

    return keras.Model(picture, label, name="inception_network")


@register(
    documents=("using-keras", "arXiv:1602.07360"),
    section="named without a listing; sizes from the paper's table 1",
    inputs=(MAPS,),
    outputs=(TensorSpec("fire", (_expanded,), "the maps of both branches, concatenated"),),
    count=11_920,
    published=11_920,
    published_note="The paper's table 1, module fire2 before pruning.",
    concepts=("block", "convolution", "branches", "merge"),
    claim="Squeezing the channels first makes 3x3 convolutions cheap.",
    tiny={"shape": (8, 8, 6), "squeeze": 2, "expand": 4},
)
def fire_module(
    shape: tuple[int | None, int | None, int] = (55, 55, 96), squeeze: int = 16, expand: int = 64
) -> keras.Model:
    """One fire module as a model; the default is SqueezeNet's first, fire2.

    Args:
        shape: Height, width (None for any) and channels of the feature maps that it reads.
        squeeze: Channels between the two halves.
        expand: Filters of each of the two expanding branches.
    """

    features = keras.Input(shape, name="features")  # (55, 55, 96)

    fire = fire_block(features, squeeze, expand, name="fire")  # (55, 55, 64 + 64)

    return keras.Model(features, fire, name="fire_module")


def _scaled(filters: int, width: float) -> int:
    return max(1, round(filters * width))


def _check_modules(modules: Sequence[str], width: float) -> None:
    if not modules or list(modules) != sorted(set(modules) & set(GOOGLENET)):
        raise ValueError(
            f"modules must be some of {', '.join(GOOGLENET)} in this order, not {modules!r}"
        )
    if not 0 < width < float("inf"):
        raise ValueError(f"width must be above 0, not {width!r}")
