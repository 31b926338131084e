"""The classical models: each learns what it can see, and reports the model's own metrics."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import zoo
from zoo import baselines
from zoo.baselines import BASELINES
from zoo.baselines.estimators import Splits
from zoo.baselines.ngrams import _counted
from zoo.core.errors import UnknownNameError

RNG = np.random.default_rng(0)
ROWS = {"train": 200, "validation": 60, "test": 60}
BINARY = {"label": "binary_crossentropy"}
ACCURACY = {"label": ("accuracy", "log_loss")}


Arrays = dict[str, np.ndarray]
Make = Callable[[int], tuple[Arrays, Arrays]]  # rows -> inputs, targets


def mixed(rows: int) -> tuple[Arrays, Arrays]:
    """A number with gaps, a word and a text; a class by the last two together."""
    number = RNG.normal(size=(rows, 1)).astype(np.float32)
    number[::7] = np.nan
    word = RNG.choice(["no", "yes", ""], (rows, 1)).astype(object)
    text = np.array([[f"row {at} is {RNG.choice(['good', 'bad'])}"] for at in range(rows)], object)
    label = [
        "good" in cell and other != "no" for cell, other in zip(text[:, 0], word[:, 0], strict=True)
    ]
    inputs: Arrays = {"number": number, "word": word, "text": text}
    return inputs, {"label": np.array(label, np.float32)[:, None]}


def pictures(rows: int) -> tuple[Arrays, Arrays]:
    """A picture of 20 x 18 pixels; a class by the brightness of a corner of it."""
    label = RNG.integers(0, 2, (rows, 1)).astype(np.float32)
    picture = RNG.normal(size=(rows, 20, 18, 1)).astype(np.float32)
    picture[:, :6, :6] += 2 * label[:, :, None, None]
    return {"picture": picture}, {"label": label}


def splits(make: Make) -> Splits:
    return {split: make(rows) for split, rows in ROWS.items()}


def numbers(rows: int) -> tuple[Arrays, Arrays]:
    """A class by the sign of the first of three numbers."""
    features = RNG.normal(size=(rows, 3))
    return {"features": features}, {"label": (features[:, :1] > 0).astype(np.float32)}


def words(rows: int) -> tuple[Arrays, Arrays]:
    """Texts of ten ids, padded with 0; a class by whether the id 7 is in it."""
    text = RNG.integers(1, 6, (rows, 10)).astype(np.int32)
    label = RNG.integers(0, 2, (rows, 1)).astype(np.float32)
    text[:, 0] = np.where(label[:, 0] > 0, 7, 6)
    text[:, 8:] = 0
    return {"text": text}, {"label": label}


def pairs(rows: int) -> tuple[Arrays, Arrays]:
    """Two sequences of vectors; a class by whether they are about the same."""
    first = RNG.normal(size=(rows, 4, 3)) + RNG.normal(size=(rows, 1, 3)) * 3
    label = RNG.integers(0, 2, (rows, 1)).astype(np.float32)
    other = RNG.normal(size=(rows, 4, 3)) + RNG.normal(size=(rows, 1, 3)) * 3
    return {"a": first, "b": np.where(label[:, :, None] > 0, first, other)}, {"label": label}


def images(rows: int) -> tuple[Arrays, Arrays]:
    """An image and a text; a class by the brightness of the image."""
    label = RNG.integers(0, 2, (rows, 1)).astype(np.float32)
    image = RNG.normal(size=(rows, 6, 6, 1)) + label[:, :, None, None]
    return {"image": image, **words(rows)[0]}, {"label": label}


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("linear", numbers),
        ("nearest_neighbor", numbers),
        ("random_forest", numbers),
        ("tfidf_linear", words),
        ("pair_difference", pairs),
        ("pooled_forest", images),
        ("gradient_boosting", numbers),
        ("gradient_boosting", mixed),
        ("gradient_boosting", pictures),
    ],
)
def test_each_learns_what_it_can_see(name: str, make: Make) -> None:
    title, scores = baselines.score(name, splits(make), BINARY, ACCURACY)
    assert title
    assert list(scores) == list(ROWS)
    assert set(scores["test"]) == {"accuracy", "log_loss"}
    assert scores["test"]["accuracy"] > 0.8


def test_a_class_at_every_step() -> None:
    def steps(rows: int) -> tuple[Arrays, Arrays]:
        video = RNG.normal(size=(rows, 5, 2, 2))
        return {"video": video}, {"digit": 1 + (video[:, :, 0, 0] > 0).astype(np.int32)}

    title, scores = baselines.score(
        "nearest_neighbor_by_step",
        splits(steps),
        {"digit": "sparse_categorical_crossentropy"},
        {"digit": ("accuracy",)},
    )
    assert title == "5 nearest neighbors by step"
    assert scores["test"]["accuracy"] > 0.8


def test_ngrams_learn_what_follows_two_characters() -> None:
    """0, 0, 1, 1, 2, 2, 0, ...: what comes next depends on the last two; 3 is never seen."""
    text = np.resize([0, 0, 1, 1, 2, 2], 50 * 20 + 1)
    rows = {"text": text[:-1].reshape(50, 20)}, {"next": text[1:].reshape(50, 20)}
    unseen = {"text": np.full((2, 20), 3)}, {"next": np.full((2, 20), 3)}
    title, scores = baselines.score(
        "character_ngrams",
        {"train": rows, "validation": rows, "test": unseen},
        {"next": "sparse_categorical_crossentropy"},
        {"next": ("accuracy", "log_loss")},
    )
    assert title == "character 6-grams"
    assert 0.95 < scores["train"]["accuracy"] < 1, "all but the first of a row of 20"
    # After a known nothing, 1,000 of three kinds were counted: the fourth has 3 / 1,003 of 1 / 4.
    assert scores["test"]["log_loss"] == pytest.approx(-np.log(3 / 1_003 / 4))


def test_ngrams_are_witten_and_bells() -> None:
    """By hand: after 0 came 1 twice and 0 once, two kinds; of all five, 0 three times."""
    text = np.array([[0, 0, 1, 0, 1]])
    first, second = (
        _counted(text, np.array([[0, 1, 0, 1, 0]]), context, 2) for context in range(2)
    )
    chance = first.mixed(text, np.full((1, 5, 2), 0.5))
    np.testing.assert_allclose(chance[0, 0], [4 / 7, 3 / 7])
    chance = second.mixed(text, chance)
    np.testing.assert_allclose(chance[0, 0], [(1 + 2 * 4 / 7) / 5, (2 + 2 * 3 / 7) / 5])
    np.testing.assert_allclose(chance[0, 2], [(2 + 4 / 7) / 3, (3 / 7) / 3])


def test_strengths_of_teams() -> None:
    strength = np.linspace(-10, 10, 6)

    def games(rows: int) -> tuple[Arrays, Arrays]:
        teams = RNG.integers(0, 6, (2, rows, 1))
        home = RNG.integers(-1, 2, (rows, 1))
        difference = strength[teams[0]] - strength[teams[1]] + 3.0 * home
        return {"team_1": teams[0], "team_2": teams[1], "home": home}, {"score_diff": difference}

    title, scores = baselines.score(
        "ridge_strengths", splits(games), {"score_diff": "mae"}, {"score_diff": ("mae",)}
    )
    assert title.startswith("ridge least squares, penalty ")
    assert scores["test"]["mae"] < 1


def test_two_outputs_are_named_as_keras_names_them() -> None:
    def two(rows: int) -> tuple[Arrays, Arrays]:
        inputs, targets = numbers(rows)
        return inputs, {"price": 2 * inputs["features"][:, :1], **targets}

    title, scores = baselines.score(
        "linear", splits(two), {"price": "mse", **BINARY}, {"price": ("mae",), **ACCURACY}
    )
    assert title == "least squares, logistic regression"
    assert set(scores["test"]) == {"price_mae", "label_accuracy", "label_log_loss"}
    assert scores["test"]["price_mae"] == pytest.approx(0, abs=1e-9)


def test_every_recipe_names_one_that_there_is() -> None:
    named = {zoo.recipe(name).baseline for name in zoo.list_recipes()} - {""}
    assert named <= set(BASELINES.names())
    with pytest.raises(UnknownNameError, match="did you mean linear"):
        baselines.score("linaer", {}, {}, {})


@pytest.mark.parametrize("name", ["linear", "nearest_neighbor", "random_forest"])
@pytest.mark.parametrize("labels", [(1,), (0, 1), (1, 1, 1)])
def test_very_few_rows_and_a_single_class_are_enough(name: str, labels: tuple[int, ...]) -> None:
    rows = np.array(labels, np.float32)[:, None]
    few: Splits = {"train": ({"features": RNG.normal(size=(len(rows), 3))}, {"label": rows})}
    title, scores = baselines.score(name, few, BINARY, ACCURACY)
    assert title
    assert scores["train"]["accuracy"] == pytest.approx(1, abs=0.51)
