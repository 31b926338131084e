"""Convolutional networks on small pictures (`using-keras`).

Height and width are in pixels. A convolution without padding takes its kernel's size less one
off both; a pool of 2 halves them, rounding down.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from zoo._keras import keras, layers
from zoo.models.blocks import added_skip, conv_relu
from zoo.models.registry import register
from zoo.models.spec import Shape, TensorSpec, Variant

GRAY = TensorSpec("picture", ("image_shape",), "gray levels", "0-1", picture=(0, 1))
COLOR = TensorSpec("picture", ("image_shape",), "red, green, blue", "0-1", picture=(0, 1))
LABEL = TensorSpec("label", ("classes",), "probability of class 1", "probability")
CLASSES = TensorSpec("label", ("classes",), "one probability per class", "probability")


def _least(kernel_size: int, **_: object) -> int:
    """Pixels of which two rounds of convolution and pool leave one."""
    return 3 * kernel_size + 1


def _map_size(image_shape: Shape, kernel_size: int, flatten: bool, **_: object) -> Shape:
    """Height and width of the last map of `cnn`, after two rounds of convolution and pool."""
    if flatten:
        return ()
    lost = kernel_size - 1  # of height and width, by each convolution
    return tuple(size and ((size - lost) // 2 - lost) // 2 for size in image_shape[:2])


@register(
    documents="using-keras",
    section="functional basics: CNN",
    inputs=(replace(GRAY, least=_least),),
    outputs=(
        TensorSpec(
            "label", (_map_size, "classes"), "one probability per map position", "probability"
        ),
    ),
    count=8_933,
    published=8_933,
    concepts=("convolution",),
    claim="Two rounds of convolution and pooling make features; two dense layers classify them.",
    errata=(
        "The listing has no Flatten, so its dense layers act at each of 13 x 13 positions and the "
        "output is (13, 13, 1), not one probability; the published count is that of the misprint.",
    ),
    recipe="cnn",
    tiny={"image_shape": (16, 16, 1), "filters": (4, 4), "units": 4},
    variants={
        "flat": Variant(
            {"flatten": True}, 35_813, "With the missing Flatten: one probability per picture."
        ),
        "batch_normalized": Variant(
            {"flatten": True, "batch_normalization": True},
            35_957,
            "With Flatten, and batch normalization between each convolution and its ReLU.",
        ),
        "residual": Variant(
            {"flatten": True, "skip": True},
            36_405,
            "With Flatten, and a shortcut past each convolution.",
        ),
    },
)
def cnn(
    image_shape: tuple[int | None, int | None, int] = (64, 64, 1),
    classes: int = 1,
    filters: tuple[int, int] = (32, 16),
    kernel_size: int = 4,
    units: int = 10,
    flatten: bool = False,
    batch_normalization: bool = False,
    skip: bool = False,
) -> keras.Model:
    """Small convolutional classifier, as printed: an answer at every position of its last map.

    Args:
        image_shape: Height and width in pixels (None for any, without Flatten), and channels.
        classes: 1 for one probability, more for one per class.
        filters, kernel_size: Filters of the two convolutions, and their size in pixels.
        units: Width of the hidden dense layer.
        flatten: Put in the Flatten that the listing lacks, for one answer per picture.
        batch_normalization: Normalize between each convolution and its ReLU.
        skip: Add each convolution's input, cropped and projected, to its output.
    """
    conv = partial(conv_relu, padding="valid", batch_normalization=batch_normalization)
    add = partial(added_skip, lost=kernel_size - 1, batch_normalization=batch_normalization)

    picture = keras.Input(image_shape, name="picture")  # (64, 64, 1)

    x = conv(picture, filters[0], kernel_size, name="conv_1")  # (61, 61, 32)
    if skip:
        x = add(x, picture, filters[0], name="residual_1")
    x = layers.MaxPooling2D(2, name="pool_1")(x)  # (30, 30, 32)

    y = conv(x, filters[1], kernel_size, name="conv_2")  # (27, 27, 16)
    if skip:
        y = add(y, x, filters[1], name="residual_2")
    x = layers.MaxPooling2D(2, name="pool_2")(y)  # (13, 13, 16)

    if flatten:
        x = layers.Flatten(name="features")(x)  # (2704)
    x = layers.Dense(units, activation="relu", name="hidden")(x)  # (13, 13, 10); (10) if flat
    activation = "sigmoid" if classes == 1 else "softmax"
    label = layers.Dense(classes, activation=activation, name="label")(x)  # (13, 13, 1); (1)

    return keras.Model(picture, label, name="cnn")


@register(
    documents="using-keras",
    section="VGG-like convnet",
    inputs=(replace(COLOR, least=16),),
    outputs=(CLASSES,),
    count=7_998_250,
    concepts=("convolution", "dropout"),
    claim="Pairs of small convolutions before each pooling, dropout after it, SGD with momentum.",
    recipe="vgg_like",
    tiny={"image_shape": (20, 20, 3), "filters": (4, 8), "units": 8},
    variants={
        "batch_normalized": Variant(
            {"batch_normalization": True},
            7_998_826,
            "Batch normalization between each convolution and its ReLU.",
        ),
        "residual": Variant(
            {"skip": True}, 8_000_490, "A shortcut past the two convolutions of each block."
        ),
    },
)
def vgg_like(
    image_shape: tuple[int, int, int] = (100, 100, 3),
    classes: int = 10,
    filters: tuple[int, int] = (32, 64),
    units: int = 256,
    dropout: float = 0.25,
    hidden_dropout: float = 0.5,
    batch_normalization: bool = False,
    skip: bool = False,
) -> keras.Model:
    """Two blocks of two convolutions, pool and dropout, then a dense classifier.

    Args:
        image_shape: Height and width in pixels, and channels.
        classes: Width of the softmax.
        filters: Filters of the convolutions, by block.
        units: Width of the hidden dense layer.
        dropout, hidden_dropout: Share of values dropped after each block, and before the softmax.
        batch_normalization: Normalize between each convolution and its ReLU.
        skip: Add each block's input, cropped and projected, to what its convolutions make.
    """
    conv = partial(conv_relu, padding="valid", batch_normalization=batch_normalization)
    add = partial(added_skip, lost=4, batch_normalization=batch_normalization)

    picture = keras.Input(image_shape, name="picture")  # (100, 100, 3)

    x = conv(picture, filters[0], 3, name="block_1_conv_1")  # (98, 98, 32)
    x = conv(x, filters[0], 3, name="block_1_conv_2")  # (96, 96, 32)
    if skip:
        x = add(x, picture, filters[0], name="block_1_residual")
    x = layers.MaxPooling2D(2, name="block_1_pool")(x)  # (48, 48, 32)
    x = layers.Dropout(dropout, name="block_1_dropout")(x)

    y = conv(x, filters[1], 3, name="block_2_conv_1")  # (46, 46, 64)
    y = conv(y, filters[1], 3, name="block_2_conv_2")  # (44, 44, 64)
    if skip:
        y = add(y, x, filters[1], name="block_2_residual")
    x = layers.MaxPooling2D(2, name="block_2_pool")(y)  # (22, 22, 64)
    x = layers.Dropout(dropout, name="block_2_dropout")(x)

    x = layers.Flatten(name="features")(x)  # (30976)
    x = layers.Dense(units, activation="relu", name="hidden")(x)  # (256)
    x = layers.Dropout(hidden_dropout, name="hidden_dropout")(x)
    label = layers.Dense(classes, activation="softmax", name="label")(x)  # (10)

    return keras.Model(picture, label, name="vgg_like")


@register(
    documents="using-keras",
    section="shared input",
    inputs=(replace(GRAY, least=lambda kernel_sizes, **_: max(kernel_sizes) + 1),),
    outputs=(LABEL,),
    count=415_045,
    published=415_045,
    concepts=("convolution", "branches", "merge"),
    claim="Two extractors with kernels of different sizes read one input side by side.",
    recipe="shared_input",
    tiny={"image_shape": (16, 16, 1), "filters": (4, 4), "units": 4},
)
def shared_input(
    image_shape: tuple[int, int, int] = (64, 64, 1),
    classes: int = 1,
    filters: tuple[int, int] = (32, 16),
    kernel_sizes: tuple[int, int] = (4, 8),
    units: int = 10,
) -> keras.Model:
    """One picture read at two scales: small kernels for detail, large ones for outlines.

    Args:
        image_shape: Height and width in pixels, and channels.
        classes: 1 for one probability, more for one per class.
        filters, kernel_sizes: Filters of the fine and coarse extractor, their sizes in pixels.
        units: Width of the hidden dense layer.
    """
    picture = keras.Input(image_shape, name="picture")  # (64, 64, 1)

    x = layers.Conv2D(filters[0], kernel_sizes[0], activation="relu", name="fine_conv")(picture)
    x = layers.MaxPooling2D(2, name="fine_pool")(x)  # (61, 61, 32) -> (30, 30, 32)
    fine = layers.Flatten(name="fine_features")(x)  # (28800)

    x = layers.Conv2D(filters[1], kernel_sizes[1], activation="relu", name="coarse_conv")(picture)
    x = layers.MaxPooling2D(2, name="coarse_pool")(x)  # (57, 57, 16) -> (28, 28, 16)
    coarse = layers.Flatten(name="coarse_features")(x)  # (12544)

    x = layers.Concatenate(name="features")([fine, coarse])  # (41344)
    x = layers.Dense(units, activation="relu", name="hidden")(x)  # (10)
    activation = "sigmoid" if classes == 1 else "softmax"
    label = layers.Dense(classes, activation=activation, name="label")(x)  # (1)

    return keras.Model(picture, label, name="shared_input")


@register(
    documents="using-keras",
    section="multiple inputs: a CNN of two resolutions",
    inputs=(
        replace(
            GRAY,
            name="gray",
            shape=("gray_shape",),
            meaning="gray picture, high resolution",
            least=_least,
        ),
        replace(
            COLOR,
            name="color",
            shape=("color_shape",),
            meaning="the same in color, low resolution",
            least=_least,
        ),
    ),
    outputs=(LABEL,),
    count=49_699,
    published=49_699,
    concepts=("convolution", "multi-input", "merge"),
    claim="A network can read two versions of one picture, each through its own extractor.",
    recipe="two_resolution",
    tiny={"gray_shape": (20, 20, 1), "color_shape": (16, 16, 3), "filters": (4, 4), "units": 4},
)
def two_resolution(
    gray_shape: tuple[int, int, int] = (64, 64, 1),
    color_shape: tuple[int, int, int] = (32, 32, 3),
    classes: int = 1,
    filters: tuple[int, int] = (32, 16),
    kernel_size: int = 4,
    units: int = 10,
) -> keras.Model:
    """Two versions of a picture, fine in gray and coarse in color, classified together.

    Args:
        gray_shape, color_shape: Height and width in pixels, and channels.
        classes: 1 for one probability, more for one per class.
        filters, kernel_size: Filters of each extractor's two convolutions, their size in pixels.
        units: Width of the two hidden dense layers.
    """
    gray = keras.Input(gray_shape, name="gray")  # (64, 64, 1)
    color = keras.Input(color_shape, name="color")  # (32, 32, 3)

    x = layers.Conv2D(filters[0], kernel_size, activation="relu", name="gray_conv_1")(gray)
    x = layers.MaxPooling2D(2, name="gray_pool_1")(x)  # (61, 61, 32) -> (30, 30, 32)
    x = layers.Conv2D(filters[1], kernel_size, activation="relu", name="gray_conv_2")(x)
    x = layers.MaxPooling2D(2, name="gray_pool_2")(x)  # (27, 27, 16) -> (13, 13, 16)
    gray_features = layers.Flatten(name="gray_features")(x)  # (2704)

    x = layers.Conv2D(filters[0], kernel_size, activation="relu", name="color_conv_1")(color)
    x = layers.MaxPooling2D(2, name="color_pool_1")(x)  # (29, 29, 32) -> (14, 14, 32)
    x = layers.Conv2D(filters[1], kernel_size, activation="relu", name="color_conv_2")(x)
    x = layers.MaxPooling2D(2, name="color_pool_2")(x)  # (11, 11, 16) -> (5, 5, 16)
    color_features = layers.Flatten(name="color_features")(x)  # (400)

    x = layers.Concatenate(name="features")([gray_features, color_features])  # (3104)
    x = layers.Dense(units, activation="relu", name="hidden_1")(x)  # (10)
    x = layers.Dense(units, activation="relu", name="hidden_2")(x)  # (10)
    activation = "sigmoid" if classes == 1 else "softmax"
    label = layers.Dense(classes, activation=activation, name="label")(x)  # (1)

    return keras.Model([gray, color], label, name="two_resolution")
