"""Recipes in files: JSON or TOML, the fields of `Recipe` as plain data."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from zoo.core.errors import RecipeError
from zoo.core.files import write_text
from zoo.recipes.recipe import FIELDS, Recipe
from zoo.recipes.registry import recipe as find_recipe

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")  # it becomes a folder's name


def write_recipe(recipe: Recipe, path: Path) -> None:
    """Write the recipe as JSON, whole or not at all."""
    write_text(path, json.dumps(recipe.to_dict(), indent=2, ensure_ascii=False) + "\n")


def read_recipe(path: Path) -> Recipe:
    """The recipe in a file; `.toml` is read as TOML, anything else as JSON.

    Raises:
        RecipeError: the file is missing, damaged, or holds no recipe; the message names what.
    """
    try:
        text = path.read_text(encoding="utf-8")
        fields = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise RecipeError(f"recipe file {path}: {error.strerror}") from error
    except ValueError as error:  # bad UTF-8 too
        raise RecipeError(f"recipe file {path} is damaged: {error}") from error
    try:
        return _recipe(fields)
    except RecipeError as error:
        raise RecipeError(f"recipe file {path}: {error}") from error


def resolved(recipe: str | Path | Recipe) -> Recipe:
    """The recipe of that name, the one in that file, or the one given.

    Raises:
        UnknownNameError: no such recipe.
        RecipeError: as `read_recipe`.
    """
    if isinstance(recipe, str):
        return find_recipe(recipe)
    return read_recipe(recipe) if isinstance(recipe, Path) else recipe


def _recipe(fields: Any) -> Recipe:
    if not isinstance(fields, dict):
        raise RecipeError("the fields of a recipe are wanted, by name")
    sample = Recipe("sample", "", "", "", loss={}, metrics={})
    for name, value in fields.items():
        if name in FIELDS:
            _check(name, getattr(sample, name), value)
    for name in ("name", "architecture", "dataset", "summary", "loss", "metrics"):
        if name not in fields:
            raise RecipeError(f"{name} is missing")
    if not _NAME.fullmatch(fields["name"]):
        raise RecipeError(f"name takes letters, digits, _, . and -, not {fields['name']!r}")
    return Recipe.from_dict(fields)  # names the fields that no recipe has


def _check(name: str, sample: Any, value: Any) -> None:
    """Refuse a value of another type than the field's."""
    if isinstance(sample, Mapping):
        entry, kind = _ENTRIES.get(name, (_anything, "a mapping"))
        if not isinstance(value, dict) or not all(map(entry, value.values())):
            raise RecipeError(f"{name} takes {kind}, not {value!r}")
        return
    kinds: dict[type, tuple[Callable[[Any], bool], str]] = {
        str: (_text, "text"),
        int: (_whole, "a whole number"),
        float: (_number, "a number"),
    }
    holds, kind = kinds.get(type(sample), (_anything, "a value"))
    if not holds(value):
        raise RecipeError(f"{name} takes {kind}, not {value!r}")


def _anything(_value: Any) -> bool:
    return True


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return _whole(value) or isinstance(value, float)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _numbers(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_number, value.values()))


# mapping field -> what each of its entries is
_ENTRIES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "loss": (_text, "a loss name by output"),
    "metrics": (_texts, "a list of metric names by output"),
    "loss_weights": (_number, "a number by output"),
    "columns": (_texts, "a list of column names by port"),
    "expect": (_numbers, "a bound by metric by source"),
    "seconds": (_number, "a number by source"),
}
