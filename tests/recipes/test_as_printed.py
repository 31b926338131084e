"""Recipes as printed have the settings that the documents print, every one of them."""

from __future__ import annotations

import pytest

import zoo
from zoo.recipes.printed import PRINTED, Printed
from zoo.training.compile import optimizer

AS_PRINTED = "_as_printed"
TRAINED = {name: each for name, each in PRINTED.items() if each.batch_size is not None}
RECIPES = sorted(each.removesuffix(AS_PRINTED) for each in zoo.list_recipes(f"*{AS_PRINTED}"))
# a document defines the model without training it; these recipes keep its layers, not its settings
ONLY_LAYERS = {"cnn", "siamese_lstm"}


def test_every_model_that_a_document_fits_has_a_recipe_as_printed() -> None:
    assert set(RECIPES) - ONLY_LAYERS == set(TRAINED)
    assert all(not PRINTED[name].optimizer for name in ONLY_LAYERS)


@pytest.mark.parametrize("name", TRAINED)
def test_settings_are_the_documents(name: str) -> None:
    printed, recipe = TRAINED[name], zoo.recipe(name + AS_PRINTED)
    assert recipe.architecture == name
    assert printed.document in [each.key for each in zoo.spec(name).documents]
    assert recipe.optimizer == printed.optimizer
    assert dict(recipe.optimizer_options) == dict(printed.options)
    assert recipe.decay == printed.decay
    assert recipe.schedule == "constant"
    assert dict(recipe.loss) == dict(printed.loss)
    assert dict(recipe.loss_weights) == dict(printed.loss_weights)
    today = {"acc": "accuracy"}
    metrics = {
        key: tuple(today.get(each, each) for each in names)
        for key, names in printed.metrics.items()
    }
    assert dict(recipe.metrics) == metrics
    assert recipe.batch_size == printed.batch_size
    assert recipe.epochs == printed.epochs
    assert recipe.validation_split == printed.validation_split
    assert (recipe.early_stopping, recipe.reduce_lr, recipe.ema) == (0, 0, 0.0)
    assert recipe.note.startswith("as printed: ")


@pytest.mark.parametrize("name", TRAINED)
def test_rate_is_the_documents_or_keras_default(name: str) -> None:
    from zoo._keras import keras

    printed, recipe = TRAINED[name], zoo.recipe(name + AS_PRINTED)
    default = keras.optimizers.get(printed.optimizer).learning_rate
    wanted = printed.learning_rate or float(default)
    assert recipe.learning_rate == pytest.approx(wanted)


def test_decay_is_that_of_keras_2() -> None:
    recipe = zoo.recipe("dropout_mlp_as_printed")
    made = optimizer(recipe, steps_per_epoch=10)
    for step in (0, 1, 1_000):
        wanted = 0.01 / (1 + 1e-6 * step)  # Keras 2: lr * (1 / (1 + decay * iterations))
        assert float(made._learning_rate(step)) == pytest.approx(wanted, rel=1e-6)


def test_text_has_every_setting() -> None:
    printed = PRINTED["dropout_mlp"]
    assert printed.text == (
        "using-keras: sgd, learning rate 0.01, momentum 0.9, nesterov True, decay 1e-06, loss "
        "categorical_crossentropy, metrics accuracy, batch 128, 20 epochs, 1,000 rows, and 100 to "
        "test on"
    )
    assert Printed("using-keras", note="defined only").text == "using-keras: defined only"
    assert "0.25 (age), 1.0 (income), 10.0 (gender)" in PRINTED["posts"].text


def test_no_note_denies_settings_that_there_are() -> None:
    for name in zoo.list_recipes():
        recipe = zoo.recipe(name)
        if recipe.architecture in TRAINED:
            assert "gives no" not in recipe.note, name
            assert "does not give" not in recipe.note, name
