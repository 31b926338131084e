"""`using-keras`'s "30 seconds to Keras", and its smallest model, held to today's Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import zoo
from zoo._keras import keras
from zoo.experiments.feeding import feed
from zoo.experiments.setup import build_for
from zoo.models import first
from zoo.training.compile import compile_model, optimizer

QUIET: Any = 0  # Keras annotates `verbose` as a string
MOMENTUM = {"optimizer_options.momentum": 0.9, "optimizer_options.nesterov": True}


def rows(count: int = 256) -> tuple[np.ndarray, np.ndarray]:
    """Points of 100 numbers and one-hot classes."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(count, 100)), np.eye(10)[rng.integers(10, size=count)]


def settings(of: keras.optimizers.Optimizer) -> dict[str, Any]:
    """The optimizer's configuration without its name, which Keras numbers."""
    return {key: value for key, value in of.get_config().items() if key != "name"}


@pytest.mark.claim("tiny_dense")
def test_a_layer_on_two_numbers_is_a_matrix_and_an_offset() -> None:
    """Input(2) -> Dense(2): 2 x 2 weights and 2 offsets, and nothing else."""
    model = first.tiny_dense()
    model.set_weights([np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -0.5])])
    answer = model.predict(np.array([[1.0, 10.0]]), verbose=QUIET)
    np.testing.assert_allclose(answer, [[1 + 30 + 0.5, 2 + 40 - 0.5]])


@pytest.mark.claim("first_mlp")
@pytest.mark.slow  # eight functions are traced
def test_twins_train_and_score_the_same() -> None:
    """The `.add()` form and the calls: equal after fit and train_on_batch, in evaluate too.

    As the document does: SGD, then SGD with Nesterov momentum; evaluate in batches of 128.
    """
    points, classes = rows()
    twins = [first.first_mlp(), first.first_mlp(sequential=True)]
    assert [isinstance(twin, keras.Sequential) for twin in twins] == [False, True]
    twins[1].set_weights(twins[0].get_weights())
    momentum = zoo.recipe("first_mlp_as_printed").override(MOMENTUM)
    scores = []
    for model in twins:
        model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
        model.fit(points, classes, batch_size=32, shuffle=False, verbose=QUIET)
        before = model.evaluate(points, classes, batch_size=128, verbose=QUIET)
        model.compile(
            optimizer(momentum, 8),
            "categorical_crossentropy",
            metrics=["accuracy"],
            jit_compile=False,
        )
        first_step, *_ = model.train_on_batch(points, classes)
        assert first_step == pytest.approx(before[0], rel=1e-5), "the loss before the step"
        after = model.evaluate(points, classes, batch_size=128, verbose=QUIET)
        assert after[0] < before[0]
        scores.append([*before, *after])
    np.testing.assert_allclose(scores[0], scores[1], rtol=1e-5)
    np.testing.assert_allclose(
        twins[0].predict(points, batch_size=128, verbose=QUIET),
        twins[1].predict(points, batch_size=128, verbose=QUIET),
        atol=1e-6,
    )


def test_the_recipe_is_as_printed() -> None:
    """SGD at 0.01, categorical cross-entropy on one-hot rows, accuracy, 5 epochs of 32."""
    recipe = zoo.recipe("first_mlp_as_printed")
    dataset = zoo.load_data(recipe.dataset, source="mixture")
    model = build_for(recipe, dataset)
    _, targets = feed(recipe, dataset, model, print)["train"]
    assert targets["category"].shape == (8_000, 10)
    assert set(np.unique(targets["category"])) == {0, 1}
    compile_model(model, recipe, 250)
    assert settings(model.optimizer) == settings(keras.optimizers.SGD())
    assert model.loss is keras.losses.get("categorical_crossentropy")
    assert (recipe.epochs, recipe.batch_size, recipe.schedule) == (5, 32, "constant")
    assert recipe.metrics == {"category": ("accuracy",)}
    second = optimizer(recipe.override(MOMENTUM), 250)
    assert settings(second) == settings(keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True))
