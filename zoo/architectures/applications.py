"""Architectures that `keras.applications` provides, without its pretrained weights.

Keras leaves many of their layers unnamed, and an automatic name such as `conv2d_17` depends on
what the process built before; here each is named after the block that it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from zoo._keras import keras
from zoo.architectures._image_checks import check_image_shape
from zoo.registry import Port, register

PICTURE = Port("picture", (299, 299, 3), unit="-1 to 1", meaning="red, green, blue")
LABEL = Port("label", (1000,), unit="probability", meaning="one probability per class")


@register(
    sources=("dlwp-7.1", "arXiv:1512.00567"),
    inputs=(PICTURE,),
    outputs=(LABEL,),
    count=23_851_784,
    published_note="The document: roughly the same number of parameters as Xception.",
    concepts=("application", "inception", "convolution", "branches", "merge", "batch-normalisation"),
    claim="Inception modules, deepened: large kernels become stacks of small and flat ones.",
    tiny={"image_shape": (75, 75, 3), "classes": 2},
)
def inception_v3(
    image_shape: tuple[int, int, int] = (299, 299, 3), classes: int = 1000, top: bool = True
) -> keras.Model:
    """Inception V3, untrained: a stem, eleven modules (mixed0 to mixed10) and a softmax.

    Args:
        image_shape: Height and width in pixels, 75 or more, and channels.
        classes: Width of the softmax.
        top: False ends with the feature maps of the last module.
    """
    check_image_shape(image_shape, 75, any_size=True)
    convolutions = {
        "stem": 5,
        **{"mixed0": 7, "mixed1": 7, "mixed2": 7, "mixed3": 4},
        **{"mixed4": 10, "mixed5": 10, "mixed6": 10, "mixed7": 10, "mixed8": 6},
        **{"mixed9": 9, "mixed10": 9},
    }
    conv = [f"{block}_conv{i}" for block, n in convolutions.items() for i in range(1, n + 1)]
    names = {
        "conv2d": conv,
        "batch_normalization": [f"{name}_bn" for name in conv],
        "activation": [f"{name}_act" for name in conv],
        "max_pooling2d": ["stem_pool1", "stem_pool2", "mixed3_pool", "mixed8_pool"],
        "average_pooling2d": [f"mixed{i}_pool" for i in (0, 1, 2, 4, 5, 6, 7, 9, 10)],
        "mixed9_0": ["mixed9_3x3"],
        "mixed9_1": ["mixed10_3x3"],
        "concatenate": ["mixed9_double3x3", "mixed10_double3x3"],
        "predictions": ["label"] if top else [],
    }
    application = keras.applications.InceptionV3(
        include_top=top, weights=None, input_shape=image_shape, classes=classes
    )
    return _renamed(application, "inception_v3", image_shape, names)


@register(
    sources=("dlwp-7.1", "arXiv:1610.02357"),
    inputs=(PICTURE,),
    outputs=(LABEL,),
    count=22_910_480,
    published_note="The document: roughly the same number of parameters as Inception V3.",
    concepts=("application", "residual", "convolution", "merge", "batch-normalisation"),
    claim="An extreme inception: channels and space are convolved apart, at the same size.",
    tiny={"image_shape": (71, 71, 3), "classes": 2},
)
def xception(
    image_shape: tuple[int, int, int] = (299, 299, 3), classes: int = 1000, top: bool = True
) -> keras.Model:
    """Xception, untrained: fourteen blocks of separable convolutions and a softmax.

    Args:
        image_shape: Height and width in pixels, 71 or more, and channels.
        classes: Width of the softmax.
        top: False ends with the feature maps of the last block.
    """
    check_image_shape(image_shape, 71, any_size=True)
    names = {
        "conv2d": [f"block{i}_shortcut" for i in (2, 3, 4, 13)],
        "batch_normalization": [f"block{i}_shortcut_bn" for i in (2, 3, 4, 13)],
        "add": [f"block{i}_add" for i in range(2, 14)],
        "predictions": ["label"] if top else [],
    }
    application = keras.applications.Xception(
        include_top=top, weights=None, input_shape=image_shape, classes=classes
    )
    return _renamed(application, "xception", image_shape, names)


def _renamed(
    model: keras.Model,
    name: str,
    image_shape: Sequence[int],
    names: Mapping[str, Sequence[str]],
) -> keras.Model:
    """The same graph of new layers: those called key, key_1, ... take `names[key]` in that order.

    Automatic numbers need not begin at 0, but they rise in the order of creation.
    """
    renamed: dict[str, str] = {}
    for key, new_names in names.items():
        numbered = [re.fullmatch(rf"{key}(?:_(\d+))?", layer.name) for layer in model.layers]
        found = sorted((int(match[1] or 0), match[0]) for match in numbered if match)
        renamed |= {old: new for (_, old), new in zip(found, new_names, strict=True)}

    def clone(layer: keras.Layer) -> keras.Layer:
        config = {**layer.get_config(), "name": renamed.get(layer.name, layer.name)}
        return type(layer).from_config(config)

    picture = keras.Input(image_shape, name="picture")
    copy = keras.models.clone_model(model, input_tensors=picture, clone_function=clone)

    return keras.Model(picture, copy.output, name=name)
