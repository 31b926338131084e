"""`docs/recipes.md`: every command on it is one that a recipe takes."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

import zoo
from zoo.training.compile import direction

PAGE = Path(__file__).parents[2] / "docs" / "recipes.md"
COMMANDS = [
    line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("zoo train ")
]


def test_the_page_has_commands() -> None:
    assert len(COMMANDS) >= 12


@pytest.mark.parametrize("command", COMMANDS)
def test_settings_are_taken(command: str) -> None:
    name, *options = shlex.split(command.removeprefix("zoo train "))
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert set(given) <= {"--set", "--engine", "--data"}
    pairs = zip(options[::2], options[1::2], strict=True)
    changes = dict(value.split("=", 1) for option, value in pairs if option == "--set")
    if "--engine" in given:
        changes["engine"] = given["--engine"]
    recipe = zoo.recipe(name).override(changes)
    assert recipe != zoo.recipe(name)
    assert direction(recipe) in ("min", "max")
