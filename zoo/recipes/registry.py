"""The recipes by name, and those in files: JSON or TOML, the fields of `Recipe` as plain data."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from zoo.core.errors import RecipeError
from zoo.core.files import write_text
from zoo.core.registry import Registry
from zoo.recipes.recipe import Recipe

RECIPES: Registry[Recipe] = Registry("recipe", listed_by="zoo recipes")
add = RECIPES.register


def list_recipes(pattern: str = "*") -> list[str]:
    """Names of the registered recipes that match a shell wildcard.

    Args:
        pattern: A name or wildcard, such as `"*_as_printed"`.

    Returns:
        The names, as a plain list.

    Example:
        >>> import zoo
        >>> zoo.list_recipes("basketball*")
        ['basketball', 'basketball_as_printed']
    """
    return RECIPES.names(pattern)


def recipe(name: str) -> Recipe:
    """The recipe of that name.

    Args:
        name: One of `list_recipes()`.

    Returns:
        The `zoo.Recipe`, which a notebook shows as a table of its settings.

    Raises:
        UnknownNameError: no such recipe; the message gives the nearest known ones.

    Example:
        >>> import zoo
        >>> zoo.recipe("basketball")
        <Recipe basketball: architecture basketball, dataset basketball, 8 epochs>
    """
    return RECIPES.get(name)


def resolved(recipe: str | Path | Recipe) -> Recipe:
    """The recipe of that name, the one in that file, or the one given.

    Raises:
        UnknownNameError: no such recipe.
        RecipeError: as `read_recipe`, or it is none of these.
    """
    if isinstance(recipe, str):
        return RECIPES.get(recipe)
    if isinstance(recipe, Path):
        return read_recipe(recipe)
    if not isinstance(recipe, Recipe):
        raise RecipeError(
            f"recipe takes a name, a pathlib.Path or a zoo.Recipe, not {type(recipe).__name__}"
        )
    return recipe


def write_recipe(recipe: Recipe, path: Path) -> None:
    """Write the recipe as JSON, whole or not at all."""
    write_text(path, json.dumps(recipe.to_dict(), indent=2, ensure_ascii=False) + "\n")


def read_recipe(path: Path) -> Recipe:
    """The recipe in a file; `.toml` is read as TOML, anything else as JSON.

    Raises:
        RecipeError: the file is missing or damaged, or holds no recipe; the message says why.
    """
    try:
        text = path.read_text(encoding="utf-8")
        fields = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        return Recipe.from_dict(fields)
    except OSError as error:
        raise RecipeError(f"recipe file {path}: {error.strerror}") from error
    except RecipeError as error:
        raise RecipeError(f"recipe file {path}: {error}") from error
    except (ValueError, RecursionError) as error:  # bad UTF-8 too
        raise RecipeError(f"recipe file {path} is damaged: {error}") from error
