"""Architectures that `keras.applications` provides, without its pretrained weights.

Keras leaves many of their layers unnamed, and an automatic name such as `conv2d_17` depends on
what the process built before; here each is named after the block that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from zoo._keras import keras, layers
from zoo.models.image import CLASSES
from zoo.models.registry import register
from zoo.models.spec import TensorSpec

PICTURE = TensorSpec("picture", ("image_shape",), "red, green, blue", "-1 to 1", picture=(-1, 1))

CONVOLUTIONS = {  # how many each block of Inception V3 has
    "stem": 5,
    **dict.fromkeys(("mixed0", "mixed1", "mixed2"), 7),
    "mixed3": 4,
    **dict.fromkeys(("mixed4", "mixed5", "mixed6", "mixed7"), 10),
    "mixed8": 6,
    **dict.fromkeys(("mixed9", "mixed10"), 9),
}


def inception_v3_least(modules: int, **_: object) -> int:
    """Pixels of which the stem, mixed3 and mixed8 leave one."""
    return 11 + 16 * 2 ** sum(module < modules for module in (3, 8))


def xception_least(blocks: int, **_: object) -> int:
    """Pixels of which the stem and the four halving blocks leave one."""
    return 5 + 2 * 2 ** sum(block <= blocks for block in (2, 3, 4, 13))


@register(
    documents=("dlwp-7.1", "arXiv:1512.00567"),
    section="7.1.4, Directed acyclic graphs of layers: Inception modules",
    inputs=(replace(PICTURE, least=inception_v3_least),),
    outputs=(CLASSES,),
    count=23_851_784,
    published_note="The document: roughly the same number of parameters as Xception.",
    concepts=(
        "application",
        "inception",
        "convolution",
        "branches",
        "merge",
        "batch-normalization",
    ),
    claim="Inception modules taken further: large kernels become stacks of small and flat ones.",
    tiny={"image_shape": (32, 32, 3), "classes": 2, "modules": 1},
)
def inception_v3(
    image_shape: tuple[int, int, int] = (299, 299, 3), classes: int = 1000, modules: int = 11
) -> keras.Model:
    """Inception V3, untrained: a stem, eleven modules (mixed0 to mixed10), a softmax.

    Args:
        image_shape: Height and width in pixels, at least 75 with all modules, and channels.
        classes: Width of the softmax.
        modules: How many of the eleven modules; mixed3 and mixed8 halve height and width.
    """
    base = inception_v3_base(image_shape, modules)

    x = layers.GlobalAveragePooling2D(name="avg_pool")(base.output)  # (8, 8, 2048) -> (2048)
    label = layers.Dense(classes, activation="softmax", name="label")(x)  # (1000)

    return keras.Model(base.input, label, name="inception_v3")


@register(
    documents=("dlwp-7.1", "arXiv:1610.02357"),
    section="7.1.4, Directed acyclic graphs of layers: Inception modules",
    inputs=(replace(PICTURE, least=xception_least),),
    outputs=(CLASSES,),
    count=22_910_480,
    published_note="The document: roughly the same number of parameters as Inception V3.",
    concepts=("application", "residual", "convolution", "merge", "batch-normalization"),
    claim="Inception taken to its extreme: space and channels are convolved separately.",
    tiny={"image_shape": (16, 16, 3), "classes": 2, "blocks": 2},
)
def xception(
    image_shape: tuple[int, int, int] = (299, 299, 3), classes: int = 1000, blocks: int = 14
) -> keras.Model:
    """Xception, untrained: fourteen blocks of separable convolutions, a softmax.

    Args:
        image_shape: Height and width in pixels, at least 37 with all blocks, and channels.
        classes: Width of the softmax.
        blocks: How many of the fourteen blocks; 2, 3, 4 and 13 halve height and width.
    """
    base = xception_base(image_shape, blocks)

    x = layers.GlobalAveragePooling2D(name="avg_pool")(base.output)  # (10, 10, 2048) -> (2048)
    label = layers.Dense(classes, activation="softmax", name="label")(x)  # (1000)

    return keras.Model(base.input, label, name="xception")


def inception_v3_base(image_shape: tuple[int, int, int], modules: int = 11) -> keras.Model:
    """Inception V3 without its top: feature maps of a picture, for other models to read.

    Args:
        image_shape, modules: As in `inception_v3`.
    """
    if modules not in range(1, 12):
        raise ValueError(f"modules must be a whole number from 1 to 11, not {modules!r}")
    conv = [f"{block}_conv{i}" for block, n in CONVOLUTIONS.items() for i in range(1, n + 1)]
    names = {
        "conv2d": conv,
        "batch_normalization": [f"{name}_bn" for name in conv],
        "activation": [f"{name}_act" for name in conv],
        "max_pooling2d": ["stem_pool1", "stem_pool2", "mixed3_pool", "mixed8_pool"],
        "average_pooling2d": [f"mixed{i}_pool" for i in (0, 1, 2, 4, 5, 6, 7, 9, 10)],
        "mixed9_0": ["mixed9_3x3"],
        "mixed9_1": ["mixed10_3x3"],
        "concatenate": ["mixed9_double3x3", "mixed10_double3x3"],
    }
    application = keras.applications.InceptionV3
    return _named(application, names, image_shape, last=f"mixed{modules - 1}")


def xception_base(image_shape: tuple[int, int, int], blocks: int = 14) -> keras.Model:
    """Xception without its top: feature maps of a picture, for other models to read.

    Args:
        image_shape, blocks: As in `xception`.
    """
    if blocks not in range(1, 15):
        raise ValueError(f"blocks must be a whole number from 1 to 14, not {blocks!r}")
    names = {
        "conv2d": [f"block{i}_shortcut" for i in (2, 3, 4, 13)],
        "batch_normalization": [f"block{i}_shortcut_bn" for i in (2, 3, 4, 13)],
        "add": [f"block{i}_add" for i in range(2, 14)],
    }
    ends = {1: "block1_conv2_act", 14: "block14_sepconv2_act"}
    application = keras.applications.Xception
    return _named(application, names, image_shape, last=ends.get(blocks, f"block{blocks}_add"))


def _named(
    application: Callable[..., keras.Model],
    names: Mapping[str, Sequence[str]],
    image_shape: Sequence[int],
    last: str,
) -> keras.Model:
    """A Keras application up to its layer `last`, without weights, with a name for every layer.

    Args:
        application: One of `keras.applications`.
        names: Automatic name, as of the first of its kind -> new names, in order of creation.
        image_shape: Height and width in pixels, and channels.
        last: New name of the layer whose output is the model's.
    """
    model = application(include_top=False, weights=None, input_shape=(None, None, image_shape[2]))

    renamed: dict[str, str] = {}
    for automatic, new_names in names.items():  # numbers need not begin at 0, but they rise
        matches = [re.fullmatch(rf"{automatic}(?:_(\d+))?", layer.name) for layer in model.layers]
        found = sorted((int(match[1] or 0), match[0]) for match in matches if match)
        renamed |= {old: new for (_, old), new in zip(found, new_names, strict=True)}

    def clone(layer: keras.Layer) -> keras.Layer:
        config = {**layer.get_config(), "name": renamed.get(layer.name, layer.name)}
        return type(layer).from_config(config)

    end = next(layer for layer in model.layers if renamed.get(layer.name, layer.name) == last)
    part = keras.Model(model.input, end.output)
    picture = keras.Input(image_shape, name="picture")
    copy = keras.models.clone_model(part, input_tensors=picture, clone_function=clone)
    return keras.Model(picture, copy.output, name=model.name)
