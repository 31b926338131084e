"""The recipes by name."""

from __future__ import annotations

from zoo.core.registry import Registry
from zoo.recipes.recipe import Recipe

RECIPES: Registry[Recipe] = Registry("recipe", listed_by="zoo.list_recipes()")


def add(*recipes: Recipe) -> None:
    """Register recipes under their names.

    Raises:
        ValueError: a name is taken.
    """
    for entry in recipes:
        RECIPES.add(entry.name, entry)


def list_recipes(pattern: str = "*") -> list[str]:
    """Names of the registered recipes that match a shell wildcard."""
    return RECIPES.names(pattern)


def recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        UnknownNameError: no such recipe; the message gives the nearest known ones.
    """
    return RECIPES.get(name)
