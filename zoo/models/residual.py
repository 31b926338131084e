"""Residual blocks, and a network deep enough to need them (`dlwp-7.1`, `beyond-sequential`).

A block learns what to add to its input; the input itself passes by on a shortcut.
"""

from __future__ import annotations

from functools import partial

from zoo._keras import keras, layers
from zoo.models.blocks import conv_relu
from zoo.models.blocks import residual_identity as identity_block
from zoo.models.blocks import residual_projection as projection_block
from zoo.models.image import CLASSES, GRAY
from zoo.models.inception import MAPS
from zoo.models.registry import register
from zoo.models.spec import Shape, TensorSpec, Variant


def _halved(shape: Shape, **_: object) -> Shape:
    """Half the height and width, rounded up."""
    return tuple(size and (size + 1) // 2 for size in shape[:2])


@register(
    documents=("dlwp-7.1", "arXiv:1512.03385"),
    section="7.1.4, Directed acyclic graphs of layers: residual connections",
    inputs=(MAPS,),
    outputs=(TensorSpec("residual", ("shape",), "the input maps plus the learned residual"),),
    count=442_752,
    concepts=("block", "residual", "convolution", "merge", "variable-length"),
    claim="Adding a block's input to its output lets information pass through the block unchanged.",
    tiny={"shape": (None, None, 4)},
)
def residual_identity(
    shape: tuple[int | None, int | None, int] = (None, None, 128), depth: int = 3
) -> keras.Model:
    """One residual block with an identity shortcut, as a model: the shape stays as it is.

    Args:
        shape: Height, width (None for any) and channels of the feature maps that it reads.
        depth: Number of convolutions, each with as many filters as there are channels.
    """

    features = keras.Input(shape, name="features")  # (None, None, 128)

    residual = identity_block(features, shape[-1], depth=depth, name="residual")  # the same shape

    return keras.Model(features, residual, name="residual_identity")


@register(
    documents=("dlwp-7.1", "arXiv:1512.03385"),
    section="7.1.4, Directed acyclic graphs of layers: residual connections",
    inputs=(MAPS,),
    outputs=(
        TensorSpec("residual", (_halved, "filters"), "half as large, twice as many channels"),
    ),
    count=229_760,
    concepts=("block", "residual", "convolution", "merge"),
    claim="Where a block changes the shape, a 1x1 convolution on the shortcut makes it match.",
    errata=(
        "The listing pools without padding: on an odd height or width the pool rounds down, the "
        "shortcut's convolution up, and the addition fails. The zoo pads the pool.",
    ),
    tiny={"shape": (8, 8, 2), "filters": 4},
)
def residual_projection(
    shape: tuple[int | None, int | None, int] = (32, 32, 64), filters: int = 128
) -> keras.Model:
    """One residual block with a projection shortcut, as a model: height and width are halved.

    Args:
        shape: Height, width (None for any) and channels of the feature maps that it reads.
        filters: Filters of each convolution, and channels of the result.
    """

    features = keras.Input(shape, name="features")  # (32, 32, 64)

    residual = projection_block(features, filters, name="residual")  # (16, 16, 128)

    return keras.Model(features, residual, name="residual_projection")


@register(
    documents=("dlwp-7.1", "beyond-sequential", "arXiv:1512.03385"),
    section="7.1.4, Directed acyclic graphs of layers: residual connections",
    inputs=(GRAY,),
    outputs=(CLASSES,),
    count=371_738,
    concepts=("residual", "convolution", "merge", "batch-normalization"),
    claim="Beyond ten layers, shortcuts and batch normalization keep a network trainable.",
    recipe="residual_network",
    tiny={"image_shape": (12, 12, 1), "filters": (2, 4), "blocks": 1},
    variants={
        "plain": Variant(
            {"skip": False}, 368_474, "The same convolutions without shortcuts: slower to learn."
        ),
        "unnormalized": Variant(
            {"batch_normalization": False}, 368_666, "Shortcuts, but no batch normalization."
        ),
    },
)
def residual_network(
    image_shape: tuple[int | None, int | None, int] = (28, 28, 1),
    classes: int = 10,
    filters: tuple[int, ...] = (16, 32, 64),
    blocks: int = 2,
    batch_normalization: bool = True,
    skip: bool = True,
) -> keras.Model:
    """Stem, stages of residual blocks, global average pooling, softmax: 26 layers deep.

    Args:
        image_shape: Height and width in pixels (None for any), and channels.
        classes: Width of the softmax.
        filters: Filters of each stage; a stage opens by halving height and width.
        blocks: Identity blocks in each stage, three convolutions each.
        batch_normalization: Normalize after each convolution.
        skip: False builds the same network without shortcuts, for comparison.
    """
    if not filters or blocks < 0:
        raise ValueError("filters must list at least one stage, and blocks must be 0 or more")
    conv = partial(conv_relu, batch_normalization=batch_normalization)
    projection = partial(projection_block, batch_normalization=batch_normalization, skip=skip)
    identity = partial(identity_block, batch_normalization=batch_normalization, skip=skip)

    picture = keras.Input(image_shape, name="picture")  # (28, 28, 1)

    x = conv(picture, filters[0], 3, name="stem")  # (28, 28, 16)
    for stage, n_filters in enumerate(filters, start=1):
        x = projection(x, n_filters, name=f"stage_{stage}_projection")
        for block in range(1, blocks + 1):  # (14, 14, 16), (7, 7, 32), (4, 4, 64)
            x = identity(x, n_filters, name=f"stage_{stage}_identity_{block}")

    x = layers.GlobalAveragePooling2D(name="features")(x)  # (64)
    label = layers.Dense(classes, activation="softmax", name="label")(x)  # (10)

    return keras.Model(picture, label, name="residual_network")
