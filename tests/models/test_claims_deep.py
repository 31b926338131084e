"""What the documents say of deep image models: Inception, residual networks, Xception."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from support import slow, tiny

import zoo
from zoo._keras import keras, tf
from zoo.models.inception import GOOGLENET


def pictures(rows: int, shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(rows, *shape)).astype("float32")


def names_of(model: Any, kind: str) -> list[str]:
    return [layer.name for layer in model.layers if type(layer).__name__ == kind]


# Inception and residual networks


@pytest.mark.claim("inception_module")
def test_a_1x1_convolution_is_the_same_dense_layer_on_each_tile() -> None:
    """`dlwp-7.1`: a pointwise convolution runs each tile's vector through one Dense layer."""
    module = tiny("inception_module")
    layer = module.get_layer("inception_1x1")
    convolved = keras.Model(module.input, layer.output)(pictures(2, (8, 8, 6)))
    kernel, bias = layer.get_weights()

    dense: Any = keras.layers.Dense(len(bias), activation="relu")
    tiles = pictures(2, (8, 8, 6)).reshape(-1, 6)
    dense.build(tiles.shape)
    dense.set_weights([kernel[0, 0], bias])
    by_tile = np.concatenate([dense(tile[None]) for tile in tiles])
    assert np.unique(by_tile, axis=0).shape == by_tile.shape  # every tile has its own answer
    np.testing.assert_allclose(np.reshape(convolved, by_tile.shape), by_tile, atol=1e-6)


@pytest.mark.claim("inception_module")
def test_branches_of_an_inception_module_see_different_scales() -> None:
    """`dlwp-7.1`: how many pixels around it each place of a branch depends on, measured."""
    model = tiny("inception_module")
    model.set_weights([np.abs(weight) + 0.1 for weight in model.get_weights()])  # no ReLU is off
    spike = pictures(1, (8, 8, 6)).repeat(2, axis=0)
    spike[1, 4, 4] += 10
    seen = {}
    for branch in ("1x1", "3x3", "5x5", "pool_1x1"):
        maps = keras.Model(model.input, model.get_layer(f"inception_{branch}").output)
        before, after = np.asarray(maps(spike))
        rows = np.flatnonzero(np.abs(after - before).max(axis=(1, 2)))
        seen[branch] = int(rows.max() - rows.min()) + 1
    assert seen == {"1x1": 1, "3x3": 3, "5x5": 5, "pool_1x1": 3}


@pytest.mark.claim("inception_module", "fire_module")
@pytest.mark.parametrize(
    ("name", "wide_to_large", "reduced"),
    [
        (
            "inception_module",
            ((192, 3, 128), (192, 5, 32)),
            ("3x3_reduce", "3x3", "5x5_reduce", "5x5"),
        ),
        ("fire_module", ((96, 3, 64),), ("squeeze", "expand_3x3")),
    ],
)
def test_fewer_channels_make_large_kernels_cheap(
    name: str, wide_to_large: tuple[tuple[int, int, int], ...], reduced: tuple[str, ...]
) -> None:
    """`dlwp-7.1`, arXiv:1602.07360: 1x1 convolutions first, against the large kernels alone."""
    model: Any = zoo.build(name)
    alone = sum((size**2 * channels + 1) * filters for channels, size, filters in wide_to_large)
    layers = (model.get_layer(f"{name.removesuffix('_module')}_{layer}") for layer in reduced)
    assert sum(layer.count_params() for layer in layers) < 0.4 * alone


@pytest.mark.claim("xception")
def test_xception_convolves_space_and_channels_separately() -> None:
    """`dlwp-7.1`: a separable convolution is one over space for each channel, then a 1x1 one."""
    model = tiny("xception")
    separable = names_of(model, "SeparableConv2D")
    beyond_the_stem = [n for n in names_of(model, "Conv2D") if not n.startswith("block1_")]
    assert separable
    assert all(model.get_layer(name).kernel_size == (1, 1) for name in beyond_the_stem)

    layer = model.get_layer(separable[0])
    features = pictures(2, (8, 8, layer.input.shape[-1]))
    by_channel, pointwise = layer.get_weights()
    depthwise: Any = keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False)
    depthwise.build(features.shape)
    depthwise.set_weights([by_channel])
    np.testing.assert_allclose(
        layer(features), np.asarray(depthwise(features)) @ pointwise[0, 0], atol=1e-5
    )


def test_published_count_of_the_inception_module() -> None:
    """arXiv:1409.4842, table 1, prints 159 K for 3a: its weights without biases."""
    weights = [w for w in zoo.build("inception_module").weights if not w.path.endswith("bias")]
    assert sum(int(np.prod(w.shape)) for w in weights) == zoo.spec("inception_module").published


@pytest.mark.claim("inception_network")
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


@pytest.mark.claim("residual_network")
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


@pytest.mark.claim("inception_network")
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


@pytest.mark.slow
def test_inception_v3_and_xception_are_of_one_size(applications: dict[str, Any]) -> None:
    """`dlwp-7.1`: Xception has roughly the same number of parameters as Inception V3."""
    counts = {name: ours.count_params() for name, (ours, _) in applications.items()}
    assert counts == {"inception_v3": 23_851_784, "xception": 22_910_480}
    assert counts["inception_v3"] == pytest.approx(counts["xception"], rel=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["inception_v3", "xception"])
def test_applications_compute_what_keras_does(name: str, applications: dict[str, Any]) -> None:
    """Keras's weights fit in their own order, and give Keras's outputs."""
    ours, kerass = applications[name]
    ours.set_weights(kerass.get_weights())
    picture = pictures(1, (75, 75, 3))
    np.testing.assert_allclose(ours(picture), kerass(picture), rtol=1e-4, atol=1e-7)


@pytest.mark.slow
@pytest.mark.claim("inception_v3")
def test_inception_v3_has_small_and_flat_kernels(applications: dict[str, Any]) -> None:
    """arXiv:1512.00567: 5x5 becomes two 3x3 in a branch, 7x7 a 1x7 and a 7x1."""
    ours, _ = applications["inception_v3"]
    kernels = {n: ours.get_layer(n).kernel_size for n in names_of(ours, "Conv2D")}
    assert {size for n, size in kernels.items() if n.startswith("mixed4_")} == {
        (1, 1),
        (1, 7),
        (7, 1),
    }
    in_pairs = ("mixed0_", "mixed1_", "mixed2_")  # the early modules keep one 5x5 each
    assert sum(size == (5, 5) for size in kernels.values()) == len(in_pairs)
    for block in in_pairs:
        sizes = [size for n, size in kernels.items() if n.startswith(block)]
        assert sizes.count((3, 3)) == 2
    assert max(height * width for height, width in kernels.values()) == 25


@pytest.mark.slow
def test_layers_of_applications_are_named_after_their_blocks(applications: dict[str, Any]) -> None:
    blocks = r"stem|mixed\d+|block\d+"
    for ours, _ in applications.values():
        inner = [layer.name for layer in ours.layers if layer.name not in ("picture", "label")]
        assert [name for name in inner if not re.match(f"(({blocks})(_|$)|avg_pool)", name)] == []
        assert ours.output_names == ["label"]


# One network for both eyes


@pytest.mark.slow
@pytest.mark.claim("siamese_xception")
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


@pytest.mark.claim("siamese_xception")
@pytest.mark.slow
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


@pytest.mark.parametrize(("head", "name"), [slow(True, "depth"), ("same_scene", "same_scene")])
def test_siamese_xception_with_a_head(head: bool | str, name: str) -> None:
    """`dlwp-7.1`: the features of both eyes can tell depth."""
    model = tiny("siamese_xception", head=head)
    assert model.output_names == [name]
    assert model.output_shape == (None, 1)
