"""What is expected of a run is said of the runs that it holds for, and of no others."""

from __future__ import annotations

import pytest

import zoo
from zoo.data.registry import sources
from zoo.recipes import expectations
from zoo.recipes.expectations import expected, measured

RECIPES = [name for name in zoo.list_recipes() if zoo.recipe(name).expect]


def test_of_the_recipe_as_it_is_on_the_data_it_was_measured_on() -> None:
    recipe = zoo.recipe("basketball").for_source("league")
    fingerprint = measured()["basketball"]["league"] + 48 * "0"
    assert expected(recipe, "league", fingerprint) == {"mae": 8.8}
    assert expected(recipe, "league", 64 * "0") == {}, "other games"
    assert expected(recipe, "nowhere", fingerprint) == {}


@pytest.mark.parametrize(
    "change", [{"epochs": 2}, {"learning_rate": 0.2}, {"dataset_options.seasons": 4}]
)
def test_not_of_a_run_with_other_settings(change: dict[str, object]) -> None:
    recipe = zoo.recipe("basketball").for_source("league").override(change)
    assert expected(recipe, "league", measured()["basketball"]["league"]) == {}


def test_of_a_recipe_from_a_file_as_it_says() -> None:
    own = zoo.Recipe(**{**vars(zoo.recipe("basketball")), "name": "mine"})
    assert expected(own, "league", 64 * "0") == {"mae": 8.8}


@pytest.mark.parametrize("name", RECIPES)
def test_every_embedded_expectation_was_measured(name: str) -> None:
    source = sources(zoo.recipe(name).dataset)[-1]
    if source in zoo.recipe(name).expect:
        assert len(measured()[name][source]) == expectations.DIGITS
