"""What the documents say of deep image models: Inception, residual networks, Xception."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from examples import slow, tiny

import zoo
from zoo._keras import keras, tf
from zoo.models.inception import GOOGLENET


def pictures(rows: int, shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(rows, *shape)).astype("float32")


def names_of(model: Any, kind: str) -> list[str]:
    return [layer.name for layer in model.layers if type(layer).__name__ == kind]


# Inception and residual networks


def test_published_count_of_the_inception_module() -> None:
    """arXiv:1409.4842, table 1, prints 159 K for 3a: its weights without biases."""
    weights = [w for w in zoo.build("inception_module").weights if not w.path.endswith("bias")]
    assert sum(int(np.prod(w.shape)) for w in weights) == zoo.spec("inception_module").published


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
