"""Recipes in JSON and TOML files, and what a command says of a damaged one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import zoo
from zoo.cli.root import cli, run
from zoo.recipes.registry import read_recipe, write_recipe

NAME = "basketball"


def error_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a wrong command prints."""
    assert run(cli, list(arguments)) != 0
    printed = capsys.readouterr().err
    assert printed.startswith("error: ")
    assert printed.count("\n") == 1
    return printed


def test_recipes_survive_their_files(tmp_path: Path) -> None:
    for name in zoo.list_recipes():
        write_recipe(zoo.recipe(name), tmp_path / "recipe.json")
        assert read_recipe(tmp_path / "recipe.json") == zoo.recipe(name)
    toml = tmp_path / "recipe.toml"
    toml.write_text(
        'name = "mine"\narchitecture = "mlp"\ndataset = "binary_narrow"\nsummary = ""\n'
        'learning_rate = 1\n[loss]\nlabel = "binary_crossentropy"\n[metrics]\nlabel = ["accuracy"]'
    )
    assert read_recipe(toml).metrics == {"label": ("accuracy",)}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ("{", "is damaged"),
        ("[]", "Recipe takes a mapping, not []"),
        ({"epochs": None}, "epochs takes a whole number, not None"),
        ({"epochs": True}, "epochs takes a whole number, not True"),
        ({"learning_rate": "fast"}, "learning_rate takes a number"),
        ({"momentum": 0.9}, "unknown field 'momentum'"),
        ({"name": "../../x"}, "name must be at most 100 letters"),
        ({"name": 3}, "name takes text"),
        ({"loss": "mae"}, "loss takes a mapping"),
        ({"metrics": {"score_diff": 3}}, "metrics.score_diff takes a list"),
        ({"metrics": {"score_diff": "mae"}}, "metrics.score_diff takes a list"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"search": {"learning_rate": ["log", 0, 1]}}, "above 0"),
    ],
)
def test_a_broken_recipe_file_is_one_line(
    changes: Any, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "recipe.json"
    fields = {**zoo.recipe(NAME).to_dict(), **(changes if isinstance(changes, dict) else {})}
    path.write_text(changes if isinstance(changes, str) else json.dumps(fields))
    told = error_of(capsys, "train", "--recipe", str(path))
    assert f"recipe file {path}" in told
    assert message in told


def test_a_recipe_file_that_lacks_something(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "recipe.json"
    assert "No such file" in error_of(capsys, "train", "--recipe", str(path))
    path.write_text('{"name": "x"}')
    assert "architecture is missing" in error_of(capsys, "train", "--recipe", str(path))
    assert "give a recipe's name" in error_of(capsys, "train", NAME, "--recipe", str(path))
