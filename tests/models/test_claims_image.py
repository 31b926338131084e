"""What the documents say of image and multi-modal models, held to today's Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support import slow, tiny

import zoo
from zoo._keras import keras
from zoo.core.errors import BuildError

QUIET: Any = 0  # Keras annotates `verbose` as a string


def pictures(rows: int, shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(rows, *shape)).astype("float32")


def counted(model: Any) -> dict[str, int]:
    return {layer.name: layer.count_params() for layer in model.layers if layer.weights}


def names_of(model: Any, kind: str) -> list[str]:
    return [layer.name for layer in model.layers if type(layer).__name__ == kind]


def dense(n_in: int, n_out: int) -> int:
    return (n_in + 1) * n_out


def conv(size: int, c_in: int, c_out: int) -> int:
    return (size * size * c_in + 1) * c_out


# Counts

SMALL_CONVOLUTIONS = {"conv_1": conv(4, 1, 32), "conv_2": conv(4, 32, 16)}


@pytest.mark.parametrize(
    ("name", "arguments", "layers"),
    [
        ("cnn", {}, {**SMALL_CONVOLUTIONS, "hidden": dense(16, 10), "label": dense(10, 1)}),
        (
            "cnn",
            {"flatten": True},
            {**SMALL_CONVOLUTIONS, "hidden": dense(13 * 13 * 16, 10), "label": dense(10, 1)},
        ),
        (
            "vgg_like",
            {},
            {
                "block_1_conv_1": conv(3, 3, 32),
                "block_1_conv_2": conv(3, 32, 32),
                "block_2_conv_1": conv(3, 32, 64),
                "block_2_conv_2": conv(3, 64, 64),
                "hidden": dense(22 * 22 * 64, 256),
                "label": dense(256, 10),
            },
        ),
        (
            "shared_input",
            {},
            {
                "fine_conv": conv(4, 1, 32),
                "coarse_conv": conv(8, 1, 16),
                "hidden": dense(30 * 30 * 32 + 28 * 28 * 16, 10),
                "label": dense(10, 1),
            },
        ),
        (
            "two_resolution",
            {},
            {
                "gray_conv_1": conv(4, 1, 32),
                "gray_conv_2": conv(4, 32, 16),
                "color_conv_1": conv(4, 3, 32),
                "color_conv_2": conv(4, 32, 16),
                "hidden_1": dense(13 * 13 * 16 + 5 * 5 * 16, 10),
                "hidden_2": dense(10, 10),
                "label": dense(10, 1),
            },
        ),
        (
            "clothing_price",
            {},
            {
                "metadata_hidden": dense(8, 32),
                "metadata_features": dense(32, 32),
                "words": 1_000 * 32,
                "phrases": (3 * 32 + 1) * 32,
                "conv_1": conv(3, 3, 16),
                "conv_2": conv(3, 16, 32),
                "conv_3": conv(3, 32, 32),
                "picture_features": dense(4 * 4 * 32, 32),
                "hidden": dense(3 * 32, 32),
                "price": dense(32, 1),
            },
        ),
    ],
)
def test_parameter_arithmetic(name: str, arguments: dict[str, Any], layers: dict[str, int]) -> None:
    """`using-keras`: Conv (k_h k_w c_in + 1) c_out, Dense (n_in + 1) n_out."""
    assert counted(zoo.build(name, **arguments)) == layers


@pytest.mark.parametrize(
    ("name", "published"), [("cnn", 8_933), ("shared_input", 415_045), ("two_resolution", 49_699)]
)
def test_published_counts(name: str, published: int) -> None:
    """`using-keras` prints these totals."""
    assert zoo.spec(name).published == published == zoo.build(name).count_params()


# The erratum of `cnn`, and its repair


def test_cnn_as_printed_gives_a_map_and_not_one_probability() -> None:
    """`using-keras` lists no Flatten: the dense layers act at each position of the map."""
    cnn: Any = zoo.build("cnn")
    assert cnn.output_shape == (None, 13, 13, 1)
    assert zoo.build("cnn", flatten=True).output_shape == (None, 1)

    features = keras.Model(cnn.input, cnn.get_layer("pool_2").output)
    at_5_7 = features(pictures(2, (64, 64, 1)))[:, 5, 7]
    alone = cnn.get_layer("label")(cnn.get_layer("hidden")(at_5_7))
    np.testing.assert_allclose(cnn(pictures(2, (64, 64, 1)))[:, 5, 7], alone, atol=1e-6)


def test_cnn_as_printed_takes_pictures_of_any_size() -> None:
    """What the misprint is good for: without Flatten the picture's size is free."""
    cnn: Any = zoo.build("cnn", image_shape=(None, None, 1))
    assert cnn.count_params() == 8_933
    assert cnn(pictures(1, (64, 64, 1))).shape == (1, 13, 13, 1)
    assert cnn(pictures(1, (20, 30, 1))).shape == (1, 2, 5, 1)


# Several views of one picture


@pytest.mark.claim("shared_input")
def test_both_extractors_read_one_input() -> None:
    """`using-keras`: two extractors with kernels of different sizes share one input layer."""
    model = tiny("shared_input")
    fine, coarse = model.get_layer("fine_conv"), model.get_layer("coarse_conv")
    assert fine.input is model.input
    assert coarse.input is model.input
    assert (fine.kernel_size, coarse.kernel_size) == ((4, 4), (8, 8))
    joined = [tensor.shape[-1] for tensor in model.get_layer("features").input]
    assert joined == [6 * 6 * 4, 4 * 4 * 4]


@pytest.mark.claim("two_resolution")
def test_two_resolutions_by_list_and_by_name_through_separate_extractors() -> None:
    """`using-keras`: each resolution has an extractor of its own, and both reach the answer."""
    model = tiny("two_resolution")
    gray, color = pictures(3, (20, 20, 1)), pictures(3, (16, 16, 3))
    answer = model.predict([gray, color], verbose=QUIET)
    by_name = model.predict({"color": color, "gray": gray}, verbose=QUIET)
    np.testing.assert_array_equal(by_name, answer)

    for inputs in ([1 - gray, color], [gray, 1 - color]):
        assert np.abs(model.predict(inputs, verbose=QUIET) - answer).max() > 0
    branches = [{w.path for w in model.weights if w.path.startswith(n)} for n in ("gray", "color")]
    assert len(branches[0]) == len(branches[1]) == 4


@pytest.mark.claim("vgg_like")
def test_vgg_like_is_pairs_of_convolutions_with_dropout_between() -> None:
    """`using-keras`: twice two 3x3 convolutions, a pool and dropout; SGD with momentum 0.9."""
    kinds = [type(layer).__name__ for layer in tiny("vgg_like").layers]
    block = ["Conv2D", "Conv2D", "MaxPooling2D", "Dropout"]
    assert kinds == ["InputLayer", *block, *block, "Flatten", "Dense", "Dropout", "Dense"]
    recipe = zoo.recipe("vgg_like_as_printed")
    assert (recipe.optimizer, recipe.optimizer_options["momentum"]) == ("sgd", 0.9)


# Batch normalization


@pytest.mark.parametrize("name", ["cnn", "vgg_like"])
def test_batch_normalization_is_between_convolution_and_relu(name: str) -> None:
    """`beyond-sequential` teaches it; the documents' own listings are without."""
    assert not names_of(tiny(name), "BatchNormalization")
    model = tiny(name, batch_normalization=True)
    for convolution in names_of(model, "Conv2D"):
        norm = model.get_layer(f"{convolution}_norm")
        assert norm.input is model.get_layer(convolution).output
        assert model.get_layer(f"{convolution}_relu").input is norm.output
    assert len(names_of(model, "BatchNormalization")) == len(names_of(model, "Conv2D"))


# Several kinds of input


def test_clothing_price_has_a_branch_for_each_input() -> None:
    """`beyond-sequential`: dense layers, text layers and convolutions, merged into one price."""
    model = tiny("clothing_price")
    joined = model.get_layer("features").input
    assert [tensor._keras_history.operation.name for tensor in joined] == [
        "metadata_features",
        "description_features",
        "picture_features",
    ]


@pytest.mark.parametrize("branch", ["metadata", "description", "picture"])
def test_clothing_price_from_one_input(branch: str) -> None:
    """`beyond-sequential` compares the joint model with three separate ones."""
    joint, alone = tiny("clothing_price"), tiny("clothing_price", branches=(branch,))
    assert [tensor.name for tensor in alone.inputs] == [branch]
    parts = counted(alone)
    assert set(parts) < set(counted(joint))
    assert {name for name in parts if parts[name] != counted(joint)[name]} == {"hidden"}


def test_clothing_price_keeps_the_order_of_its_inputs() -> None:
    model = tiny("clothing_price", branches=("picture", "metadata"))
    assert [tensor.name for tensor in model.inputs] == ["metadata", "picture"]


# Impossible arguments


@pytest.mark.parametrize(
    ("name", "argument", "least", "arguments"),
    [
        ("cnn", "image_shape", 13, {}),
        ("cnn", "image_shape", 13, {"flatten": True}),
        ("cnn", "image_shape", 10, {"kernel_size": 3}),
        ("vgg_like", "image_shape", 16, {}),
        ("shared_input", "image_shape", 9, {}),
        ("two_resolution", "gray_shape", 13, {}),
        ("two_resolution", "color_shape", 13, {}),
        slow("inception_v3", "image_shape", 27, {}),
        slow("xception", "image_shape", 9, {}),
        slow("siamese_xception", "image_shape", 9, {}),
        slow("siamese_xception", "image_shape", 21, {"blocks": 4}),
        ("clothing_price", "image_shape", 8, {}),
    ],
)
def test_pictures_too_small(
    name: str, argument: str, least: int, arguments: dict[str, Any]
) -> None:
    """The sentence names the least size; that size builds, one pixel less does not."""
    channels = zoo.spec(name).defaults[argument][2]
    with pytest.raises(BuildError, match=f"{argument} must .* at least {least} x {least} pixels"):
        tiny(name, **{argument: (least + 5, least - 1, channels)}, **arguments)
    assert tiny(name, **{argument: (least, least, channels)}, **arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("cnn", {"image_shape": (64, 64)}, r"be \(height, width, channels\), .*, not \(64, 64\)"),
        ("cnn", {"image_shape": (64, 64, 0)}, r"and 1 channel, not \(64, 64, 0\)"),
        ("cnn", {"image_shape": (64, 6.4, 1)}, r"pixels, .*, not \(64, 6.4, 1\)"),
        ("cnn", {"image_shape": (None, None, 1), "flatten": True}, "no `None` dimensions"),
        ("cnn", {"filters": 8}, "filters must be 2 whole numbers of 1 or more, not 8"),
        ("cnn", {"filters": (8, 8, 8)}, "filters must be 2 whole numbers"),
        ("cnn", {"classes": 0}, "units"),
        ("vgg_like", {"dropout": 2}, "rate"),
        ("shared_input", {"kernel_sizes": (0, 8)}, "kernel_sizes must be 2 whole numbers"),
        ("two_resolution", {"units": 0}, "units"),
        ("inception_module", {"widths": (1, 2)}, "6 whole numbers of 1 or more"),
        ("inception_network", {"modules": ()}, "modules must be some of 3a, 3b"),
        ("inception_network", {"modules": ("4a", "3a")}, "in this order"),
        ("inception_network", {"modules": ("6a",)}, "modules must be some of 3a, 3b"),
        ("inception_network", {"width": 0}, "width must be above 0"),
        ("residual_identity", {"shape": (8, 8, None)}, "and 1 channel, not"),
        ("residual_identity", {"depth": 0}, "depth must be at least 1 convolution"),
        ("residual_network", {"filters": ()}, "filters must list at least one stage"),
        ("residual_network", {"blocks": -1}, "blocks must be 0 or more"),
        ("fire_module", {"squeeze": 0}, "filters"),
        ("inception_v3", {"modules": 12}, "from 1 to 11, not 12"),
        ("xception", {"blocks": 0}, "from 1 to 14, not 0"),
        ("siamese_xception", {"blocks": 15}, "from 1 to 14, not 15"),
        ("clothing_price", {"branches": ()}, "branches must be some of metadata, description"),
        ("clothing_price", {"branches": "picture"}, "branches must be some of"),
        ("clothing_price", {"branches": ("sound",)}, "branches must be some of"),
        ("clothing_price", {"n_metadata": 0}, "n_metadata"),
        ("clothing_price", {"length": 0}, "length"),
    ],
)
def test_impossible_arguments(name: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(BuildError, match=message):
        zoo.build(name, **arguments)
