"""What the documents say of feeding and scoring models with several inputs and outputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support import example_inputs, slow, tiny

import zoo
from zoo._keras import keras, tf
from zoo.experiments.feeding import feed
from zoo.training import inference
from zoo.training.compile import compile_model

QUIET: Any = 0  # Keras annotates `verbose` as a string
WORDS = 20  # of a variable length; more than the tiny `posts` needs


def rows_for(model: keras.Model, rows: int = 4) -> dict[str, np.ndarray]:
    """Random ids or numbers for each input by name, `WORDS` steps where any length will do."""
    return example_inputs(model, rows, length=WORDS, ids=20)


# Lists and dicts


@pytest.mark.claim("qa")
@pytest.mark.parametrize("name", ["headline", "qa", slow("tweet_pair"), slow("siamese_lstm")])
def test_two_inputs_as_list_and_as_dict(name: str) -> None:
    """`dlwp-7.1`, `model-api`: several inputs are given in order or by name."""
    model = tiny(name)
    by_name = rows_for(model)
    from_list = model.predict(list(by_name.values()), verbose=QUIET)
    from_dict = model.predict(dict(reversed(by_name.items())), verbose=QUIET)
    for one, other in zip(tf.nest.flatten(from_list), tf.nest.flatten(from_dict), strict=True):
        np.testing.assert_array_equal(one, other)


def test_callable_on_a_list() -> None:
    """`model-api`: y1, y2 = model([x1, x2])."""
    model = tiny("headline")
    main_output, aux_output = model(list(rows_for(model).values()))
    assert main_output.shape == aux_output.shape == (4, 1)


@pytest.mark.claim("qa")
@pytest.mark.slow
def test_qa_by_list_and_by_dict_one_hot_and_sparse() -> None:
    """`dlwp-7.1` fits qa on a list and on a dict, with one-hot answers; ids do as well."""
    model = tiny("qa")
    named = rows_for(model, rows=8)
    ids = np.arange(8)
    start = model.get_weights()
    losses = []
    for loss, answers in (
        ("categorical_crossentropy", np.eye(10)[ids]),
        ("sparse_categorical_crossentropy", ids),
    ):
        for inputs in (list(named.values()), named):
            model.set_weights(start)
            model.compile("rmsprop", loss, metrics=["accuracy"], jit_compile=False)
            history = model.fit(
                inputs, answers, epochs=2, batch_size=4, shuffle=False, verbose=QUIET
            )
            losses.append(history.history["loss"])
    np.testing.assert_allclose(losses, [losses[0]] * 4, rtol=1e-5)
    assert losses[0][1] < losses[0][0]


def test_keras_3_takes_named_targets_of_several_outputs_only() -> None:
    """Of a model with one output, Keras 3 takes the targets alone; the documents name outputs."""
    model = tiny("qa")
    model.compile("rmsprop", {"answer": "sparse_categorical_crossentropy"})
    with pytest.raises(TypeError, match="got answer of type 'str'"):
        model.evaluate(rows_for(model), {"answer": np.arange(4)}, verbose=QUIET)


# Losses and loss weights

HEADLINE_WEIGHTS = {"main_output": 1.0, "aux_output": 0.2}
HEADLINE_LOSSES = dict.fromkeys(HEADLINE_WEIGHTS, "binary_crossentropy")
POSTS_WEIGHTS = {"age": 0.25, "income": 1.0, "gender": 10.0}
POSTS_LOSSES = {
    "age": "mean_squared_error",
    "income": "categorical_crossentropy",
    "gender": "binary_crossentropy",
}


@pytest.mark.slow
@pytest.mark.claim("posts")
@pytest.mark.parametrize(
    ("name", "losses", "weights"),
    [
        ("headline", HEADLINE_LOSSES, HEADLINE_WEIGHTS),
        slow("posts", POSTS_LOSSES, POSTS_WEIGHTS),
    ],
)
def test_total_loss_is_the_weighted_sum(
    name: str, losses: dict[str, str], weights: dict[str, float]
) -> None:
    """`model-api` (1, 0.2) and `dlwp-7.1` (0.25, 1, 10): by list or by dict, one total."""
    model = tiny(name)
    inputs = list(rows_for(model).values())
    targets = {
        "main_output": np.array([[0], [1], [1], [0]]),
        "aux_output": np.array([[1], [1], [0], [0]]),
        "age": np.array([[20], [30], [40], [50]]),
        "income": np.eye(10)[:4],
        "gender": np.array([[0], [1], [1], [0]]),
    }
    targets = {output: targets[output] for output in weights}

    scores = []
    for by_list in (True, False):
        model.compile(
            "rmsprop",
            loss=list(losses.values()) if by_list else losses,
            loss_weights=list(weights.values()) if by_list else weights,
        )
        fed = list(targets.values()) if by_list else targets
        scores.append(
            model.evaluate(
                inputs if len(inputs) > 1 else inputs[0], fed, verbose=QUIET, return_dict=True
            )
        )

    assert scores[0] == pytest.approx(scores[1], rel=1e-6)
    total = sum(weight * scores[0][f"{output}_loss"] for output, weight in weights.items())
    assert scores[0]["loss"] == pytest.approx(total, rel=1e-5)
    assert len({round(score, 6) for score in scores[0].values()}) == len(weights) + 1


@pytest.mark.slow  # draws the posts
@pytest.mark.claim("posts")
def test_losses_of_posts_differ_in_size() -> None:
    """`dlwp-7.1`: a squared error in years outweighs cross-entropies; weights even that out.

    On the generated posts it is more than a thousand times as large, so that the document's
    weights are not enough: the recipe's own give it less.
    """
    recipe = zoo.recipe("posts_as_printed").override({"dataset_options.rows": 300})
    data = zoo.load_data("posts", source="topics", rows=300)
    model = tiny("posts", vocabulary=data.sizes["vocabulary"])
    inputs, targets = feed(recipe, data, model, print)["test"]
    compile_model(model, recipe, 1)
    losses = inference.evaluate(model, inputs, targets)
    shares = {}
    for name in ("posts_as_printed", "posts"):
        weighted = {
            output: weight * losses[f"{output}_loss"]
            for output, weight in zoo.recipe(name).loss_weights.items()
        }
        shares[name] = weighted["age"] / sum(weighted.values())
    assert losses["age_loss"] > 1_000 * max(losses["income_loss"], losses["gender_loss"])
    assert shares["posts_as_printed"] > 0.95
    assert shares["posts"] < 0.8


def test_keras_3_wants_a_loss_for_each_weight() -> None:
    """`model-api` gives one loss name and two weights; Keras 3 asks for as many losses."""
    model = tiny("headline")
    model.compile("rmsprop", "binary_crossentropy", loss_weights=[1.0, 0.2], jit_compile=False)
    with pytest.raises(ValueError, match="must match the number of losses"):
        model.evaluate(rows_for(model), [np.ones((4, 1)), np.ones((4, 1))], verbose=QUIET)


@pytest.mark.claim("headline")
def test_auxiliary_output_does_not_see_the_metadata() -> None:
    """`model-api`: the auxiliary loss trains the LSTM on the headline alone."""
    model = tiny("headline")
    inputs = rows_for(model)
    main, aux = model.predict(inputs, verbose=QUIET)
    other_main, other_aux = model.predict(
        {**inputs, "aux_input": inputs["aux_input"] + 1}, verbose=QUIET
    )
    np.testing.assert_array_equal(aux, other_aux)
    assert np.abs(main - other_main).max() > 1e-4
