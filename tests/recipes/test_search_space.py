"""What a recipe may declare as its search space."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import zoo
from zoo.core.errors import RecipeError


@pytest.mark.parametrize(
    ("key", "distribution", "message"),
    [
        ("learning_rte", ("log", 0.1, 1.0), "unknown field 'learning_rte'; did you mean learn"),
        ("loss", ("choice", "mae", "mse"), "loss cannot be searched"),
        ("dataset", ("choice", "a", "b"), "dataset cannot be searched"),
        ("arguments", ("choice", 1, 2), "one entry of a mapping"),
        ("epochs.first", ("choice", 1, 2), "one entry of a mapping"),
        ("learning_rate", ("lognormal", 0.1, 1.0), "not 'lognormal'"),
        ("learning_rate", ("log", 0.0, 1.0), "above 0"),
        ("learning_rate", ("log", 0.1), "a lowest and a highest"),
        ("learning_rate", ("float", 1.0, 0.1), "1.0 is not below 0.1"),
        ("learning_rate", ("float", 0.1, float("inf")), "must be a finite number"),
        ("learning_rate", ("choice", "fast", "slow"), "learning_rate takes a number"),
        ("learning_rate", "log", "takes a list"),
        ("learning_rate", ("log",), "a kind and its values"),
        ("batch_size", ("log", 16, 64), "batch_size takes a whole number"),
        ("batch_size", ("int", 0, 64), "batch_size must be at least 1"),
        ("batch_size", ("choice", 16, 16), "is given twice"),
        ("batch_size", ("choice", (16,), (32,)), "choices must be numbers, text"),
        ("loss_weights.score_diff", ("float", 0.5, 1.0), "what val_loss means"),
    ],
)
def test_a_bad_space_is_reported(key: str, distribution: Any, message: str) -> None:
    with pytest.raises(RecipeError, match=f"search.{key}.*{message}"):
        dataclasses.replace(zoo.recipe("seed_difference"), search={key: distribution})


def test_the_space_does_not_affect_how_a_recipe_trains() -> None:
    recipe = zoo.recipe("seed_difference")
    assert recipe == dataclasses.replace(recipe, search={})
    assert "search" not in recipe.to_dict()
    with pytest.raises(RecipeError, match="search cannot be overridden"):
        recipe.override({"search": {}})
