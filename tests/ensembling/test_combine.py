"""Ensembles as models: the mixture of their members, and weights learned for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ensemble_helpers import answers, assert_weighted
from support import example_inputs, length_for, slow, tiny

from zoo._keras import keras, tf
from zoo.ensembling.combine import combine
from zoo.ensembling.member_weights import convex_shares
from zoo.ensembling.tensors import output_tensors

# One output and several, one input and several, fixed lengths and free, shared parts, Sequential.
KINDS: dict[str, dict[str, Any]] = {
    "mlp": {},
    "basketball": {},
    "score_and_win": {},
    "headline": {},
    "clothing_price": {},
    "lstm_classifier": {},
    "siamese_lstm": {},
    "posts": {},
    "residual_identity": {},
    "softmax_mlp_64": {"sequential": True},
}
QUICK = ("basketball", "score_and_win", "softmax_mlp_64")


def members_of(name: str, count: int = 3, **arguments: Any) -> list[Any]:
    """Small models of one architecture with different weights."""
    models = []
    for seed in range(count):
        keras.utils.set_random_seed(seed)
        models.append(tiny(name, **arguments))
    return models


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else slow(name) for name in KINDS],
)
def test_the_average_of_the_members(name: str, tmp_path: Path) -> None:
    models = members_of(name, **KINDS[name])
    inputs = example_inputs(models[0], 4, length=length_for(name))
    joint = combine(models, name="together")
    assert [tensor.name for tensor in joint.inputs] == [each.name for each in models[0].inputs]
    assert list(output_tensors(joint)) == list(output_tensors(models[0]))
    for port, tensor in output_tensors(joint).items():
        assert tensor.shape == output_tensors(models[0])[port].shape
    assert_weighted(joint, models, [1 / 3] * 3, inputs)
    names = [layer.name for layer in joint.layers]
    assert len(set(names)) == len(names)
    assert joint.count_params() == sum(model.count_params() for model in models)
    joint.save(tmp_path / "joint.keras")
    again = keras.models.load_model(tmp_path / "joint.keras", safe_mode=True)
    for port, value in answers(again, inputs).items():
        np.testing.assert_array_equal(value, answers(joint, inputs)[port])


@pytest.mark.parametrize("name", ["mlp", "score_and_win"])
def test_shares_by_output(name: str, tmp_path: Path) -> None:
    models = members_of(name)
    inputs = example_inputs(models[0], 4, length=length_for(name))
    shares = (0.5, 0.0, 0.5)
    joint = combine(models, dict.fromkeys(output_tensors(models[0]), shares))
    assert_weighted(joint, models, shares, inputs)
    joint.save(tmp_path / "joint.keras")
    again = keras.models.load_model(tmp_path / "joint.keras", safe_mode=True)
    assert_weighted(again, models, shares, inputs)


def test_the_members_stay_as_they_are() -> None:
    models = members_of("mlp", 2)
    joint = combine(models)
    before = [weight.copy() for model in models for weight in model.get_weights()]
    for weight in joint.weights:
        weight.assign(np.zeros(weight.shape))
    after = [weight for model in models for weight in model.get_weights()]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
    assert {model.name for model in models} == {"mlp"}


def test_frozen_members_add_no_penalties(tmp_path: Path) -> None:
    models = members_of("two_team", 2, l2=0.1)
    assert models[0].losses
    joint = combine(models)
    joint.save(tmp_path / "joint.keras")
    for each in (joint, keras.models.load_model(tmp_path / "joint.keras", safe_mode=True)):
        assert not each.losses
        assert not each.trainable_weights


def test_inputs_and_outputs_by_name() -> None:
    def by_name(seed: int) -> Any:
        keras.utils.set_random_seed(seed)
        x, y = keras.Input((2,), name="x"), keras.Input((None, 2), name="y")
        both = keras.layers.Add(name="both")([x, keras.layers.GlobalMaxPooling1D(name="max")(y)])
        outputs = {
            "mood": keras.layers.Dense(1, activation="sigmoid", name="mood_layer")(both),
            "price": keras.layers.Dense(1, name="price_layer")(both),
        }
        return keras.Model({"x": x, "y": y}, outputs, name="named")

    models = [by_name(0), by_name(1)]
    joint = combine(models)
    assert list(joint.output) == ["mood", "price"]
    inputs = example_inputs(models[0], 3)
    assert_weighted(joint, models, [0.5, 0.5], inputs)


def test_free_and_fixed_lengths_go_together() -> None:
    fixed = members_of("lstm_classifier", 1)[0]
    text = keras.Input((7,), dtype="int32", name="text")
    label = keras.layers.Identity(name="label")(fixed(text))
    other = keras.Model(text, label, name="short")
    assert combine([fixed, other]).inputs[0].shape == (None, 7)


# Shares


def test_shares_find_the_mixture() -> None:
    """The truth is a mixture of the first and the last member: the second is left out."""
    rng = np.random.default_rng(0)
    predicted = rng.normal(size=(3, 400, 1))
    truth = 0.3 * predicted[0] + 0.7 * predicted[2]
    for loss in ("mse", "mae"):
        np.testing.assert_allclose(
            convex_shares(loss, truth, predicted), [0.3, 0.0, 0.7], atol=0.01, err_msg=loss
        )


@pytest.mark.parametrize(
    "loss", ["binary_crossentropy", "sparse_categorical_crossentropy", "categorical_crossentropy"]
)
def test_shares_of_chances(loss: str) -> None:
    """A member that knows more counts for more; no average is worse than the plain one."""
    rng = np.random.default_rng(1)
    classes = rng.integers(0, 2, 500)
    known = np.where(classes == 1, 0.8, 0.2) + rng.normal(scale=0.05, size=500)
    guess = np.clip(np.stack([known, rng.uniform(0.2, 0.8, 500)]), 0.01, 0.99)
    truth: np.ndarray = classes[:, None]
    predicted = guess[..., None]
    if loss != "binary_crossentropy":
        predicted = np.stack([1 - guess, guess], axis=-1)
    if loss == "categorical_crossentropy":
        truth = np.eye(2)[classes]
    shares = convex_shares(loss, truth, predicted)
    assert min(shares) >= 0
    assert sum(shares) == pytest.approx(1, abs=1e-12)
    assert shares[0] > 0.8

    def value(mixture: Sequence[float]) -> float:
        function = keras.losses.get(loss)
        mixed = np.tensordot(np.asarray(mixture), predicted, 1)
        return float(np.mean(function(truth, tf.constant(mixed))))

    assert value(shares) < value([0.5, 0.5])


def test_equal_members_get_equal_weights() -> None:
    predicted = np.repeat(np.random.default_rng(2).normal(size=(1, 50, 1)), 4, axis=0)
    assert convex_shares("mse", np.ones((50, 1)), predicted) == [0.25] * 4
