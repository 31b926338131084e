"""Two pictures through one network (`dlwp-7.1`)."""

from __future__ import annotations

from dataclasses import replace

from zoo._keras import keras, layers
from zoo.models.applications import PICTURE, xception_base, xception_least
from zoo.models.registry import register
from zoo.models.spec import Shape, TensorSpec, Variant

WIDTHS = {1: 64, 2: 128, 3: 256, **dict.fromkeys(range(4, 13), 728), 13: 1024, 14: 2048}  # by block

EYE = replace(PICTURE, least=xception_least)


def _side_by_side(image_shape: Shape, blocks: int, **_: object) -> Shape:
    """Feature maps of both pictures: Xception's stem and four of its blocks halve the size."""
    sizes = [(size - 1) // 2 - 2 for size in image_shape[:2] if size]
    for block in (2, 3, 4, 13):
        if block <= blocks:
            sizes = [(size + 1) // 2 for size in sizes]
    return (*sizes, 2 * WIDTHS[blocks])


@register(
    documents=("dlwp-7.1", "arXiv:1610.02357"),
    section="7.1.6, Models as layers",
    inputs=(
        replace(EYE, name="left", meaning="what the left eye sees, in color"),
        replace(EYE, name="right", meaning="what the right eye sees, in color"),
    ),
    outputs=(
        TensorSpec(
            "features",
            (_side_by_side,),
            "left and right feature maps, concatenated",
            when="not head",
        ),
        TensorSpec(
            "depth", (1,), "one number for the pair, such as its disparity", "pixels", when="head"
        ),
    ),
    count=20_861_480,
    concepts=(
        "multi-input",
        "shared-layers",
        "model-as-layer",
        "application",
        "merge",
        "convolution",
    ),
    claim="Two eyes need one visual system: calling one model twice reuses what it has learned.",
    recipe="siamese_xception",
    tiny={"image_shape": (16, 16, 3), "blocks": 2, "head": True, "units": 4},
    variants={
        "depth": Variant({"head": True}, 21_123_753, "With a head for one number, the depth."),
        "short": Variant(
            {"image_shape": (32, 32, 3), "blocks": 2, "head": True},
            72_225,
            "Xception's first two blocks and the head: small enough to train on a CPU.",
        ),
    },
)
def siamese_xception(
    image_shape: tuple[int, int, int] = (250, 250, 3),
    blocks: int = 14,
    head: bool | str = False,
    units: int = 64,
) -> keras.Model:
    """Features of two pictures by one Xception without its top, concatenated.

    Args:
        image_shape: Height and width in pixels, and channels, of each picture.
        blocks: How many of Xception's fourteen blocks.
        head: Add an output of one number: True calls it `depth`, a string by that name.
        units: What the head compares at each place of the maps, before it averages over places.
    """
    left = keras.Input(image_shape, name="left")  # (250, 250, 3)
    right = keras.Input(image_shape, name="right")  # (250, 250, 3)

    xception = xception_base(image_shape, blocks)  # one model, called twice: (8, 8, 2048)
    output = layers.Concatenate(name="features")([xception(left), xception(right)])  # (8, 8, 4096)

    if head:
        x = layers.Conv2D(units, 1, activation="relu", name="comparison")(output)  # (8, 8, 64)
        x = layers.GlobalAveragePooling2D(name="average")(x)  # (64)
        output = layers.Dense(1, name="depth" if head is True else head)(x)  # (1)

    return keras.Model([left, right], output, name="siamese_xception")
