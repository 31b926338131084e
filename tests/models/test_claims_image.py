"""What the documents say of image and multi-modal models, held to today's Keras."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import zoo
from zoo._keras import keras, tf
from zoo.core.errors import BuildError
from zoo.models.inception import GOOGLENET

QUIET: Any = 0  # Keras annotates `verbose` as a string


def tiny(name: str, **arguments: Any) -> Any:
    return zoo.build(name, **{**zoo.spec(name).tiny, **arguments})


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


def test_published_count_of_the_inception_module() -> None:
    """arXiv:1409.4842, table 1, prints 159 K for 3a: its weights without biases."""
    weights = [w for w in zoo.build("inception_module").weights if not w.path.endswith("bias")]
    assert sum(int(np.prod(w.shape)) for w in weights) == zoo.spec("inception_module").published


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


def test_both_extractors_read_one_input() -> None:
    """`using-keras`: two extractors with kernels of different sizes share one input layer."""
    model = tiny("shared_input")
    fine, coarse = model.get_layer("fine_conv"), model.get_layer("coarse_conv")
    assert fine.input is model.input
    assert coarse.input is model.input
    assert (fine.kernel_size, coarse.kernel_size) == ((4, 4), (8, 8))
    joined = [tensor.shape[-1] for tensor in model.get_layer("features").input]
    assert joined == [6 * 6 * 4, 4 * 4 * 4]


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


# Batch normalization


@pytest.mark.parametrize("name", ["cnn", "vgg_like"])
def test_batch_normalization_stands_between_convolution_and_relu(name: str) -> None:
    """`beyond-sequential` teaches it; the documents' own listings are without."""
    assert not names_of(tiny(name), "BatchNormalization")
    model = tiny(name, batch_normalization=True)
    for convolution in names_of(model, "Conv2D"):
        norm = model.get_layer(f"{convolution}_norm")
        assert norm.input is model.get_layer(convolution).output
        assert model.get_layer(f"{convolution}_relu").input is norm.output
    assert len(names_of(model, "BatchNormalization")) == len(names_of(model, "Conv2D"))


# Inception and residual networks


def test_inception_network_is_a_stack_of_googlenets_modules() -> None:
    """arXiv:1409.4842: a pool stands wherever the first digit of the module's name changes."""
    model = tiny("inception_network", modules=tuple(GOOGLENET), image_shape=(16, 16, 1))
    modules = names_of(model, "Concatenate")
    assert modules == [f"inception_{name}" for name in GOOGLENET]
    sizes = [model.get_layer(name).output.shape[1] for name in modules]
    assert sizes == [8, 8, 4, 4, 4, 4, 4, 2, 2]


def test_widths_of_googlenet() -> None:
    """arXiv:1409.4842, table 1: the channels that leave each module."""
    leaving = {name: w[0] + w[2] + w[4] + w[5] for name, w in GOOGLENET.items()}
    assert list(leaving.values()) == [256, 480, 512, 512, 512, 528, 832, 832, 1024]


def test_residual_network_is_more_than_ten_layers_deep() -> None:
    """`dlwp-7.1`: beyond about ten layers, residual connections are likely to help."""
    model: Any = zoo.build("residual_network")
    on_the_path = [n for n in names_of(model, "Conv2D") if "shortcut" not in n]
    assert len(on_the_path) + len(names_of(model, "Dense")) == 26
    assert len(names_of(model, "Add")) == 3 * (1 + 2)

    plain: Any = zoo.build("residual_network", skip=False)
    assert names_of(plain, "Conv2D") == on_the_path
    assert not names_of(plain, "Add")


def test_shortcuts_carry_the_gradient_to_the_first_layer() -> None:
    """`dlwp-7.1`: residual connections fight vanishing gradients; measured before training."""
    norms = []
    for skip in (True, False):
        keras.utils.set_random_seed(0)
        model: Any = zoo.build(
            "residual_network", filters=(8, 8), blocks=3, batch_normalization=False, skip=skip
        )
        with tf.GradientTape() as tape:
            probability = model(pictures(8, (28, 28, 1)), training=True)[:, 0]
            loss = -tf.reduce_mean(tf.math.log(probability))
        gradient = tape.gradient(loss, model.get_layer("stem").kernel.value)
        norms.append(float(tf.norm(gradient)))
    with_shortcuts, without = norms
    assert with_shortcuts > 100 * without


@pytest.mark.parametrize("name", ["inception_network", "residual_network"])
def test_global_pooling_takes_pictures_of_any_size(name: str) -> None:
    model = tiny(name, image_shape=(None, None, 1))
    for size in (12, 17):
        assert model(pictures(2, (size, size, 1))).shape == (2, 10)


# Keras's applications


@pytest.fixture(scope="module")
def applications() -> dict[str, tuple[Any, Any]]:
    """Ours and Keras's own, small pictures but all layers; parameters depend on layers alone."""
    keras.layers.Conv2D(1, 1)  # so that automatic names do not begin at 0
    small: Any = {"image_shape": (75, 75, 3)}
    same: Any = {"weights": None, "input_shape": (75, 75, 3)}
    return {
        "inception_v3": (
            zoo.build("inception_v3", **small),
            keras.applications.InceptionV3(**same),
        ),
        "xception": (zoo.build("xception", **small), keras.applications.Xception(**same)),
    }


def test_inception_v3_and_xception_are_of_one_size(applications: dict[str, Any]) -> None:
    """`dlwp-7.1`: Xception has roughly the same number of parameters as Inception V3."""
    counts = {name: ours.count_params() for name, (ours, _) in applications.items()}
    assert counts == {"inception_v3": 23_851_784, "xception": 22_910_480}
    assert counts["inception_v3"] == pytest.approx(counts["xception"], rel=0.05)


@pytest.mark.parametrize("name", ["inception_v3", "xception"])
def test_applications_compute_what_keras_does(name: str, applications: dict[str, Any]) -> None:
    """Keras's weights fit in their own order, and give Keras's outputs."""
    ours, kerass = applications[name]
    ours.set_weights(kerass.get_weights())
    picture = pictures(1, (75, 75, 3))
    np.testing.assert_allclose(ours(picture), kerass(picture), rtol=1e-4, atol=1e-7)


def test_layers_of_applications_are_named_after_their_blocks(applications: dict[str, Any]) -> None:
    blocks = r"stem|mixed\d+|block\d+"
    for ours, _ in applications.values():
        inner = [layer.name for layer in ours.layers if layer.name not in ("picture", "label")]
        assert [name for name in inner if not re.match(f"(({blocks})(_|$)|avg_pool)", name)] == []
        assert ours.output_names == ["label"]


# One network for both eyes


def test_siamese_xception_has_one_set_of_weights() -> None:
    """`dlwp-7.1`: the base is called twice and reuses its weights."""
    model = tiny("siamese_xception", head=False)
    base = model.get_layer("xception")
    assert model.count_params() == base.count_params()
    left, right = pictures(2, (16, 16, 3)), pictures(2, (16, 16, 3), seed=1)
    features = np.asarray(model([left, right]))
    swapped = np.asarray(model([right, left]))
    half = features.shape[-1] // 2
    np.testing.assert_allclose(features[..., :half], base(left), atol=1e-6)
    np.testing.assert_allclose(features[..., half:], swapped[..., :half], atol=1e-6)


def test_siamese_xception_learns_from_both_branches() -> None:
    """`dlwp-7.1`: each shared weight gets the sum of the two branches' gradients."""
    model = tiny("siamese_xception", head=False)
    eyes = [pictures(2, (16, 16, 3)), pictures(2, (16, 16, 3), seed=1)]
    weights = [weight.value for weight in model.trainable_weights]
    with tf.GradientTape(persistent=True) as tape:
        left, right = tf.split(model(eyes), 2, axis=-1)
        losses = [tf.reduce_sum(left**2), tf.reduce_sum(right**2)]
        both = losses[0] + losses[1]
    from_left, from_right = (tape.gradient(loss, weights) for loss in losses)
    total = tape.gradient(both, weights)
    for one, other, summed in zip(from_left, from_right, total, strict=True):
        assert float(tf.norm(one)) > 0
        assert float(tf.norm(other)) > 0
        np.testing.assert_allclose(summed, one + other, rtol=1e-3, atol=1e-3 * tf.norm(summed))


@pytest.mark.parametrize(("head", "name"), [(True, "depth"), ("same_scene", "same_scene")])
def test_siamese_xception_with_a_head(head: bool | str, name: str) -> None:
    """`dlwp-7.1`: the features of both eyes can tell depth."""
    model = tiny("siamese_xception", head=head)
    assert model.output_names == [name]
    assert model.output_shape == (None, 1)


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
        ("inception_v3", "image_shape", 27, {}),
        ("xception", "image_shape", 9, {}),
        ("siamese_xception", "image_shape", 9, {}),
        ("siamese_xception", "image_shape", 21, {"blocks": 4}),
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
        ("residual_identity", {"depth": 0}, "depth must be 1 convolution or more"),
        ("residual_network", {"filters": ()}, "filters must name a stage"),
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
