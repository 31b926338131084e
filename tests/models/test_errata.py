"""Every erratum on a card is shown by a test, in today's Keras."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import example_inputs, tiny

import zoo
from zoo._keras import keras, layers, tf
from zoo.inspection import model_card
from zoo.models.abstract_build import abstract_build

QUIET: Any = 0  # Keras annotates `verbose` as a string

# Architecture -> the test that shows each of its errata, in the card's order.
SHOWN_BY = {
    "two_branch_add": ["test_claims_dense.py:test_misprint_never_reads_its_second_input"],
    "cnn": ["test_claims_image.py:test_cnn_as_printed_gives_a_map_and_not_one_probability"],
    "residual_projection": ["test_errata.py:test_a_pool_without_padding_does_not_fit_its_shortcut"],
    "headline": [
        "test_claims_feeding.py:test_keras_3_wants_a_loss_for_each_weight",
        "test_errata.py:test_headline_knows_no_word_100000",
    ],
    "qa": ["test_errata.py:test_qa_takes_acc_and_one_hot_answers"],
    "posts": [
        "test_claims_text.py:test_misprint_of_posts_knows_too_few_words",
        "test_errata.py:test_posts_has_a_misspelled_loss",
        "test_errata.py:test_posts_has_a_listing_without_its_last_parenthesis",
    ],
    "siamese_lstm": ["test_errata.py:test_siamese_lstm_must_be_compiled"],
}


def test_every_erratum_has_a_test() -> None:
    errata = {name: zoo.spec(name).errata for name in zoo.list_models() if zoo.spec(name).errata}
    assert {name: len(tests) for name, tests in SHOWN_BY.items()} == {
        name: len(each) for name, each in errata.items()
    }
    for place in (place for tests in SHOWN_BY.values() for place in tests):
        file, _, test = place.partition(":")
        assert f"def {test}(" in Path(__file__).with_name(file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHOWN_BY)
def test_errata_stand_on_the_card(name: str) -> None:
    card = model_card.as_text(zoo.spec(name))
    assert all(erratum in card for erratum in zoo.spec(name).errata)


@pytest.mark.parametrize(("size", "pooled", "projected"), [(32, 16, 16), (33, 16, 17)])
def test_a_pool_without_padding_does_not_fit_its_shortcut(
    size: int, pooled: int, projected: int
) -> None:
    """`dlwp-7.1`: MaxPooling2D(2, strides=2), and Conv2D(128, 1, strides=2, padding="same")."""
    maps = keras.Input((size, size, 64))
    pool = layers.MaxPooling2D(2, strides=2)(maps)
    shortcut = layers.Conv2D(64, 1, strides=2, padding="same")(maps)
    assert (pool.shape[1], shortcut.shape[1]) == (pooled, projected)
    if pooled != projected:
        with pytest.raises(ValueError, match="Inputs have incompatible shapes"):
            layers.add([pool, shortcut])

    model = tiny("residual_projection", shape=(size, size, 2))
    assert model.output_shape[1:3] == (projected, projected)
    assert model.get_layer("residual_pool").padding == "same"


def test_headline_knows_no_word_100000() -> None:
    """`model-api`: integers between 1 and 100000, for an embedding of 10,000 rows."""
    with abstract_build():
        assert zoo.build("headline").get_layer("embedding").input_dim == 10_000
    model = tiny("headline", vocabulary=40)
    inputs = example_inputs(model, rows=2)
    inputs["main_input"][:] = 39
    assert np.isfinite(model.predict(inputs, verbose=QUIET)[0]).all()
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"is not in \[0, 40\)"):
        model.predict({**inputs, "main_input": inputs["main_input"] + 1}, verbose=QUIET)


@pytest.mark.slow
def test_qa_takes_acc_and_one_hot_answers() -> None:
    """`dlwp-7.1`: metrics=['acc'] and one-hot targets; ids take a tenth of their numbers here."""
    model = tiny("qa", n_answers=10)
    inputs, ids = example_inputs(model, rows=4), np.arange(4)
    scores = []
    for loss, answers in (
        ("categorical_crossentropy", np.eye(10)[ids]),
        ("sparse_categorical_crossentropy", ids),
    ):
        model.compile("rmsprop", loss, metrics=["acc"])
        scores.append(model.test_on_batch(inputs, answers, return_dict=True))
    assert set(scores[0]) == {"loss", "acc"}
    assert scores[0] == pytest.approx(scores[1], rel=1e-5)


def test_posts_has_a_misspelled_loss() -> None:
    """`dlwp-7.1`: categorical_cross_entropy."""
    with pytest.raises(ValueError, match="Could not interpret loss identifier"):
        keras.losses.get("categorical_cross_entropy")
    assert keras.losses.get("categorical_crossentropy") is keras.losses.categorical_crossentropy


def test_posts_has_a_listing_without_its_last_parenthesis() -> None:
    """`dlwp-7.1`: a call of compile that is never closed."""
    listing = (
        'model.compile(optimizer="rmsprop", loss={"age": "mse", "gender": "binary_crossentropy"}'
    )
    with pytest.raises(SyntaxError, match="was never closed"):
        ast.parse(listing)
    ast.parse(f"{listing})")


def test_siamese_lstm_must_be_compiled() -> None:
    """`dlwp-7.1`: the listing goes from Model to fit."""
    model = tiny("siamese_lstm")
    pairs, targets = example_inputs(model, rows=2), np.ones((2, 1))
    with pytest.raises(ValueError, match=r"You must call `compile\(\)` before using the model"):
        model.fit(pairs, targets, verbose=QUIET)
    model.compile("rmsprop", "binary_crossentropy")
    assert np.isfinite(model.test_on_batch(pairs, targets))
