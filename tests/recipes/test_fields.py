"""What the fields of a recipe take: every way to give a recipe accepts and refuses the same."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import zoo
from zoo.core.errors import RecipeError
from zoo.recipes.fields import ENGINES, SAID, SCHEDULES
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import read_recipe

BASE = zoo.recipe("basketball")
FIXED = ("name", *SAID, "search", "by_source")
HUGE = 10**400
DEEP: list[Any] = []
for _ in range(900):  # about as deep as JSON is read
    DEEP = [DEEP]

BAD: list[tuple[str, Any, str]] = [
    ("name", "../../x", "must be at most 100 letters, digits"),
    ("name", ".hidden", "must be at most 100 letters, digits"),
    ("name", "a/b", "must be at most 100 letters, digits"),
    ("name", "two\nlines", "must be at most 100 letters, digits"),
    ("name", "", "must be at most 100 letters, digits"),
    ("name", "x" * 300, "must be at most 100 letters, digits"),
    ("name", 3, "takes text"),
    ("architecture", None, "takes text"),
    ("architecture", "", "must be a name"),
    ("dataset", ["basketball"], "takes text"),
    ("summary", 3, "takes text"),
    ("note", True, "takes text"),
    ("optimizer", 3, "takes text"),
    ("optimizer", "3", "must be a name"),
    ("monitor", "", "must be a name"),
    ("mode", "lowest", "must be one of auto, min, max"),
    ("stacked_on", "../basketball", "must be at most 100 letters, digits"),
    ("baseline", 0, "takes text"),
    ("epochs", True, "takes a whole number"),
    ("epochs", 2.5, "takes a whole number"),
    ("epochs", 3.0, "takes a whole number"),
    ("epochs", None, "takes a whole number"),
    ("epochs", math.nan, "takes a whole number"),
    ("epochs", "three", "takes a whole number"),
    ("epochs", 0, "must be at least 1"),
    ("epochs", 2**31, "must be at most 2,147,483,647"),
    ("epochs", HUGE, "must fit into 64 bits"),
    ("batch_size", -1, "must be at least 1"),
    ("early_stopping", -1, r"must be at least 0 \(off\)"),
    ("reduce_lr", 2, "needs schedule=constant"),
    ("learning_rate", 0, "must be above 0"),
    ("learning_rate", math.nan, "a (finite )?number"),
    ("learning_rate", math.inf, "a (finite )?number"),
    ("learning_rate", HUGE, "must be a finite number"),
    ("learning_rate", True, "takes a number"),
    ("learning_rate", [0.1], "takes a number"),
    ("validation_split", 1, "must be from 0 to below 1"),
    ("ema", 1.5, "must be from 0 to below 1"),
    ("schedule", "linear", f"must be one of {', '.join(SCHEDULES)}"),
    ("engine", "warp", f"must be one of {', '.join(ENGINES)}"),
    ("precision", "float8", "must be one of float32, mixed_float16, mixed_bfloat16"),
    ("threads", -1, r"must be at least 0 \(off\)"),
    ("loss", "mae", "a mapping"),
    ("loss", {"score_diff": 3}, "takes text"),
    ("metrics", {"score_diff": "mae"}, "takes a list"),
    ("metrics", {"score_diff": [3]}, "takes text"),
    ("metrics", ["mae"], "a mapping"),
    ("columns", {"game": "home"}, "takes a list"),
    ("loss_weights", {"score_diff": -1}, "must be from 0 up"),
    ("loss_weights", {"score_diff": "much"}, "takes a number"),
    ("loss_weights", {"score_diff": True}, "takes a number"),
    ("loss_weights", {"score_diff": HUGE}, "must be a finite number"),
    ("loss_weights", [1.0], "a mapping"),
    ("arguments", {"n_teams": HUGE}, "must fit into 64 bits"),
    ("arguments", {"n_teams": math.nan}, "n_teams"),
    ("arguments", {"two\nlines": 1}, "is not a name"),
    ("arguments", {"n_teams": DEEP}, "arguments"),
    ("columns", {"home": []}, "columns.home must be one or more columns, each once"),
    ("columns", {"home": ["home", "home"]}, "columns.home must be one or more columns, each once"),
    ("optimizer_options", 7, "a mapping"),
    ("optimizer_options", {"momentum": "fast"}, "optimizer_options.momentum must be a number"),
    ("optimizer_options", {"clipnorm": [1.0]}, "optimizer_options.clipnorm must be a number"),
    ("expect", {"league": {"mae": "8"}}, "takes a number"),
    ("expect", {"league": 8}, "takes a mapping"),
    ("seconds", {"league": -8}, "must be from 0 up"),
    ("decay", -1e-6, "must be from 0 up"),
    ("decay", 1e-6, "needs schedule=constant"),
    ("initial_epoch", -1, r"must be at least 0 \(off\)"),
    ("initial_epoch", 8, "must be below epochs"),
    ("steps_per_epoch", 2.5, "takes a whole number"),
    ("validation_freq", 0, "must be at least 1"),
    ("validation_freq", 9, "validates no epoch: none from"),
    ("class_weight", {"1": -1}, "must be from 0 up"),
    ("class_weight", [1.0], "a mapping"),
    ("sample_weight", "../x", "must be a name"),
    ("weighted_metrics", {"score_diff": [3]}, "takes text"),
    ("early_stopping_options", {"patience": 3}, "unknown field 'patience'"),
    ("early_stopping_options", {"min_delta": "small"}, "takes a number"),
    ("early_stopping_options", 3, "a mapping"),
    ("model_checkpoint", {"filepath": "a/b.keras"}, "must be a file name"),
    ("model_checkpoint", {"filepath": "{epoch:9999}.keras"}, "must be a file name"),
    ("model_checkpoint", {"filepath": 3}, "takes text"),
    ("model_checkpoint", {"save_freq": 3}, "filepath is missing"),
    ("model_checkpoint", {"filepath": "x.keras", "save_freq": "step"}, "takes a whole number"),
    ("model_checkpoint", {"filepath": "x.keras", "save_best_only": 1}, "takes True or False"),
    ("search", {"epoch": ["int", 1, 2]}, "unknown field 'epoch'"),
    ("search", {"epochs": ["int", 0, 2]}, "epochs must be at least 1"),
    ("search", {"learning_rate": ["log", 0.1, HUGE]}, "must fit into 64 bits"),
    ("search", {"learning_rate": 0.1}, "takes a list"),
    ("by_source", {"league": {"epoch": 3}}, "did you mean epochs"),
    ("by_source", {"league": {"epochs": 0}}, "epochs must be at least 1"),
    ("by_source", {"league": {"reduce_lr": 2}}, "reduce_lr needs schedule=constant"),
    ("by_source", {"league": 3}, "takes a mapping"),
]

GOOD: list[tuple[str, Any, Any]] = [
    ("name", "my-recipe_2.b", "my-recipe_2.b"),
    ("optimizer", "adamw", "adamw"),
    ("monitor", "val_main_output_log_loss", "val_main_output_log_loss"),
    ("stacked_on", "my-recipe_2.b", "my-recipe_2.b"),
    ("stacked_on", "", ""),
    ("epochs", 3, 3),
    ("epochs", 2**31 - 1, 2**31 - 1),
    ("early_stopping", 0, 0),
    ("learning_rate", 1, 1.0),
    ("learning_rate", 1e-9, 1e-9),
    ("validation_split", 0, 0.0),
    ("ema", 0.999, 0.999),
    ("schedule", "constant", "constant"),
    ("engine", "fit", "fit"),
    ("engine", "auto", "auto"),
    ("precision", "mixed_bfloat16", "mixed_bfloat16"),
    ("threads", 1, 1),
    ("loss", {"score_diff": "mse"}, {"score_diff": "mse"}),
    ("metrics", {"score_diff": ["mae", "mse"]}, {"score_diff": ("mae", "mse")}),
    ("metrics", {}, {}),
    ("columns", {"game": ["seed of team 1"]}, {"game": ("seed of team 1",)}),
    ("loss_weights", {"score_diff": 0}, {"score_diff": 0.0}),
    ("arguments", {"widths": [8, [4]], "l2": None}, {"widths": (8, (4,)), "l2": None}),
    ("optimizer_options", {"nesterov": True}, {"nesterov": True}),
    ("decay", 0, 0.0),
    ("initial_epoch", 7, 7),
    ("steps_per_epoch", 0, 0),
    ("validation_freq", 8, 8),
    ("class_weight", {"1": 2, "malignant": 0.5}, {"1": 2.0, "malignant": 0.5}),
    ("sample_weight", "weight", "weight"),
    ("weighted_metrics", {"score_diff": ["mae"]}, {"score_diff": ("mae",)}),
    ("metrics", {"score_diff": ["AUC"]}, {"score_diff": ("AUC",)}),
    (
        "early_stopping_options",
        {"min_delta": 1, "baseline": None},
        {"min_delta": 1.0, "baseline": None},
    ),
    (
        "model_checkpoint",
        {"filepath": "{epoch:02d}-{val_loss:.2f}.weights.h5", "save_freq": "epoch"},
        {"filepath": "{epoch:02d}-{val_loss:.2f}.weights.h5", "save_weights_only": True},
    ),
    ("expect", {"league": {"mae": 8}}, {"league": {"mae": 8.0}}),
    ("search", {"epochs": ["int", 1, 2]}, {"epochs": ("int", 1, 2)}),
    ("by_source", {"league": {"epochs": 3}}, {"league": {"epochs": 3}}),
]


def _fields(field: str, value: Any) -> dict[str, Any]:
    return vars(BASE) | {field: value}


def by_python(field: str, value: Any, _folder: Path) -> Recipe:
    return Recipe(**_fields(field, value))


def by_dict(field: str, value: Any, _folder: Path) -> Recipe:
    return Recipe.from_dict({**BASE.to_dict(), field: value})


def by_file(field: str, value: Any, folder: Path) -> Recipe:
    (folder / "recipe.json").write_text(json.dumps({**BASE.to_dict(), field: value}))
    return read_recipe(folder / "recipe.json")


def by_override(field: str, value: Any, _folder: Path) -> Recipe:
    return BASE.override({field: value})


def by_text(field: str, value: Any, _folder: Path) -> Recipe:
    """As `--set` gives it. Text needs no quotes, and every value of a text field is text."""
    return BASE.override({field: value if isinstance(value, str) else repr(value)})


Door = Callable[[str, Any, Path], Recipe]
DOORS: tuple[Door, ...] = (by_python, by_dict, by_file, by_override, by_text)


def _can_give(door: Door, field: str, value: Any) -> bool:
    """Whether the way in can give the value at all: a command line gives text fields text."""
    is_text = isinstance(getattr(BASE, field), str)
    return door is not by_text or not is_text or isinstance(value, str)


def _takes(door: Door, field: str) -> bool:
    """What a recipe is called and what is said about it cannot be overridden."""
    return field not in FIXED or door not in (by_override, by_text)


@pytest.mark.parametrize(
    ("door", "field", "value", "message"),
    [(door, *case) for door in DOORS for case in BAD if _can_give(door, *case[:2])],
)
def test_the_same_values_are_can_give(
    door: Door, field: str, value: Any, message: str, tmp_path: Path
) -> None:
    if not _takes(door, field):
        message = "cannot be overridden"
    with pytest.raises(RecipeError, match=message) as caught:
        door(field, value, tmp_path)
    told = str(caught.value)
    assert field in told
    assert "\n" not in told
    assert len(told) < 250 + len(str(tmp_path))


@pytest.mark.parametrize(
    ("door", "field", "value", "held"),
    [(door, *case) for door in DOORS for case in GOOD if _takes(door, case[0])],
)
def test_the_same_values_are_accepted(
    door: Door, field: str, value: Any, held: Any, tmp_path: Path
) -> None:
    found = getattr(door(field, value, tmp_path), field)
    assert repr(found) == repr(held)


def test_every_field_is_in_the_table() -> None:
    held = {"report", "dataset_options", "limit"}  # checked as others are
    assert set(vars(BASE)) == {field for field, _, _ in (*BAD, *GOOD)} | held
