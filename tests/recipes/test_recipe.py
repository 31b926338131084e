"""Recipes: look-up, typed overrides, and what they may not be."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import zoo
import zoo.recipes
from zoo.core.errors import RecipeError, UnknownNameError
from zoo.data.registry import sources
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

RECIPES = zoo.list_recipes()


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_survives_json(name: str) -> None:
    recipe = zoo.recipe(name)
    assert Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))) == recipe


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_fits_its_architecture(name: str) -> None:
    recipe = zoo.recipe(name)
    entry = zoo.spec(recipe.architecture)
    outputs = {port.name for port in entry.resolved(recipe.arguments).outputs}
    assert set(recipe.loss) == outputs, "a loss for every output"
    assert set(recipe.metrics) <= outputs
    assert set(recipe.loss_weights) <= outputs
    assert set(recipe.columns) <= outputs | {port.name for port in entry.inputs}
    assert set(recipe.arguments) <= set(entry.defaults)


def test_unknown_recipe_is_reported_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean basketball"):
        zoo.recipe("basketbll")


def test_duplicate_names_raise() -> None:
    with pytest.raises(ValueError, match="'basketball' is already registered"):
        add(zoo.recipe("basketball"))


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("epochs", "3", 3),
        ("learning_rate", "0.5", 0.5),
        ("learning_rate", "1", 1.0),
        ("schedule", "constant", "constant"),
        ("arguments.l2", "0.25", {"l2": 0.25}),
        ("arguments", "{'l2': 0.5}", {"l2": 0.5}),
        ("metrics.score_diff", "mse", {"score_diff": ("mse",)}),
        ("dataset_options.train_until", "2005", {"train_until": 2005}),
    ],
)
def test_overrides_are_typed(key: str, text: str, value: object) -> None:
    changed = zoo.recipe("basketball").override({key: text})
    assert getattr(changed, key.partition(".")[0]) == value
    again = Recipe.from_dict(json.loads(json.dumps(changed.to_dict())))
    assert again == changed, "an override round-trips through run.json"


def test_override_changes_nothing_else() -> None:
    before = zoo.recipe("basketball")
    after = before.override({"epochs": "3", "arguments.l2": "0.5"})
    changed = {name for name in vars(before) if getattr(before, name) != getattr(after, name)}
    assert changed == {"epochs", "arguments"}


def test_entries_that_need_each_other_come_in_any_order() -> None:
    changes = {"save_best_only": "True", "filepath": "best.keras"}
    changes = {f"model_checkpoint.{name}": value for name, value in changes.items()}
    backward = dict(reversed(changes.items()))
    recipe = zoo.recipe("basketball")
    assert recipe.override(changes) == recipe.override(backward)
    assert recipe.override(changes).model_checkpoint["filepath"] == "best.keras"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epoch": 3}, "unknown field 'epoch'; did you mean epochs"),
        ({"epochs": "three"}, "epochs takes a whole number, not 'three'"),
        ({"epochs": "2.5"}, "epochs takes a whole number, not 2.5"),
        ({"epochs": "True"}, "epochs takes a whole number, not True"),
        ({"epochs": 0}, "epochs must be at least 1"),
        ({"learning_rate": "fast"}, "learning_rate takes a number"),
        ({"learning_rate": "-1"}, "learning_rate must be above 0"),
        ({"learning_rate": float("nan")}, "learning_rate must be a finite number"),
        ({"batch_size": "0"}, "batch_size must be at least 1"),
        ({"validation_split": "1"}, "validation_split must be from 0 to below 1"),
        ({"schedule": "linear"}, "schedule must be one of constant, cosine"),
        ({"engine": "warp"}, "engine must be one of"),
        ({"reduce_lr": "2"}, "reduce_lr needs schedule=constant"),
        ({"name": "other"}, "name cannot be overridden"),
        ({"epochs.first": "3"}, "epochs is a single value"),
        ({"arguments": "7"}, r"arguments is a mapping: set one entry with arguments.KEY=VALUE"),
    ],
)
def test_bad_overrides_are_reported(changes: dict[str, object], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        zoo.recipe("basketball").override(changes)


def test_fields_of_another_version_are_refused_by_name() -> None:
    fields = {**zoo.recipe("basketball").to_dict(), "momentum": 0.9}
    with pytest.raises(RecipeError, match="unknown field 'momentum'"):
        Recipe.from_dict(fields)


def test_settings_of_one_source_hold_there_alone() -> None:
    rnn = zoo.recipe("rnn")
    assert rnn.for_source("gunpoint").epochs == 300
    assert rnn.for_source("pulses") == rnn
    assert "by_source" not in rnn.to_dict()
    for name in zoo.list_recipes():
        entry = zoo.recipe(name)
        assert set(entry.by_source) <= set(sources(entry.dataset)), name
        for source in entry.by_source:  # a field that does not exist raises
            assert entry.for_source(source) != entry


FILES = "\n".join(path.read_text() for path in Path(zoo.recipes.__path__[0]).glob("*.py"))
RESULTS = pd.read_csv(Path(__file__).parents[2] / "results" / "results.csv")


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_states_its_command_cost_and_expectation(name: str) -> None:
    recipe = zoo.recipe(name)
    embedded = sources(recipe.dataset)[-1]
    assert f'name="{name}",  # zoo train {name} --data {embedded}\n' in FILES
    assert recipe.seconds[embedded] > 0
    assert recipe.expect[embedded]


@pytest.mark.parametrize("name", RECIPES)
def test_recorded_runs_keep_what_the_recipe_expects(name: str) -> None:
    """Every seed in results.csv; `zoo train` compares its own score as well."""
    runs = RESULTS[RESULTS["recipe"] == name]
    for source, bounds in zoo.recipe(name).expect.items():
        for metric, bound in bounds.items():
            scores = runs[(runs["data"] == source) & (runs["metric"] == metric)]["model"]
            assert len(scores) >= 1, f"no run on {source}"
            better = scores >= bound if metric.endswith("accuracy") else scores <= bound
            assert better.all(), f"{metric} on {source}: {list(scores)}"


def test_some_epoch_is_validated() -> None:
    late = {"epochs": 3, "initial_epoch": 2}
    with pytest.raises(RecipeError, match="validates no epoch: none from"):
        zoo.recipe("mlp").override({**late, "validation_freq": 2})
    assert zoo.recipe("mlp").override({**late, "validation_freq": 3}).validation_freq == 3
