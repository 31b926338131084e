"""Names that commands are given: architectures and recipes, and what to say of the others."""

from __future__ import annotations

from typing import Any

import click

from zoo.core.errors import RecipeError, UnknownNameError
from zoo.models.registry import MODELS, spec
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import RECIPES

SIMILAR = 4  # recipes that an error names


def is_pattern(text: str) -> bool:
    """Whether a text is a shell wildcard."""
    return any(mark in text for mark in "*?[")


def is_architecture(name: str) -> bool:
    """Whether a name or alias is an architecture's."""
    return any(name in (each.name, *each.aliases) for each in MODELS.values())


def find_recipe(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        RecipeError: it is an architecture's name; the message says which recipes there are.
        UnknownNameError: no such name; the message gives the nearest recipes.
    """
    if name in RECIPES.names() or not is_architecture(name):
        return RECIPES.get(name)
    from zoo.inspection.model_card import recipes_of, why_untrained

    entry = spec(name)
    if own := recipes_of(entry):
        raise RecipeError(f"{name!r} is no recipe; {entry.name} is trained by {', '.join(own)}")
    similar: dict[str, set[str]] = {}
    for other in (spec(each.architecture) for each in RECIPES.values()):
        if other.recipe and other.family != "applications":
            similar[other.recipe] = {*other.concepts} & {*entry.concepts}
    nearest = sorted(similar, key=lambda each: -len(similar[each]))[:SIMILAR]
    shown = [f"{each} ({', '.join(sorted(similar[each]))})" for each in nearest if similar[each]]
    train = f"; recipes with the same concepts: {'; '.join(shown)}" if shown else ""
    raise RecipeError(
        f"{entry.name} has no recipe: {why_untrained(entry)}{train}; `zoo recipes` lists them all"
    )


def architecture_of(name: str, arguments: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The architecture that a name means, and its arguments, those of a recipe first.

    A recipe's name stands for its architecture; a line on stderr says so.

    Raises:
        UnknownNameError: neither an architecture nor a recipe.
    """
    if is_architecture(name):
        return name, arguments
    if name not in RECIPES.names():
        raise unknown(name)
    recipe = RECIPES.get(name)
    given = ", ".join(f"{key}={value!r}" for key, value in recipe.arguments.items())
    with_arguments = f" with {given}" if given else ""
    click.echo(f"note: recipe {name}: architecture {recipe.architecture}{with_arguments}", err=True)
    return recipe.architecture, {**recipe.arguments, **arguments}


def unknown(name: str) -> UnknownNameError:
    """The error for a name that is neither an architecture nor a recipe."""
    known = {alias for each in MODELS.values() for alias in (each.name, *each.aliases)}
    names = {*known, *RECIPES.names()}
    return UnknownNameError("architecture or recipe", name, names, "zoo list", "zoo recipes")
