"""How a run is repeated: the command line or, for data in memory, the call in Python."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from zoo.recipes.functions import named
from zoo.recipes.recipe import Recipe


def command_line(recipe: list[str], data: str, seed: int, overrides: Mapping[str, Any]) -> str:
    """The command line that repeats this run."""
    words = ["python", "-m", "zoo.train", *recipe, "--data", data, "--seed", str(seed)]
    for key, value in overrides.items():
        words += ["--set", f"{key}={_as_text(value, key)}"]
    return shlex.join(words)


def call(recipe: Recipe, seed: int, overrides: Mapping[str, Any]) -> str:
    """The call in Python that repeats a run of data given in memory."""
    text = {key: _as_text(value, key) for key, value in overrides.items()}
    more = f", **{text!r}" if text else ""
    return f"zoo.fit({recipe.name!r}, data=..., seed={seed}{more})"


def _as_text(value: Any, where: str) -> Any:
    """An override with names for functions and Keras objects."""
    if isinstance(value, Mapping):
        return {key: _as_text(each, where) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_as_text(each, where) for each in value)
    return named(value, where)
