"""A recipe's settings for the source of its data; loads no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zoo.data.registry import choose_source
from zoo.recipes.recipe import Recipe


def for_source(recipe: Recipe, data: str, overrides: Mapping[str, Any]) -> tuple[Recipe, str]:
    """The recipe for the source that `data` means, the user's overrides last, and that source.

    Raises:
        UnknownNameError: no such source.
        RecipeError: an override that the recipe cannot take.
    """
    source = choose_source(recipe.dataset, data, None, recipe.dataset_options)
    return recipe.for_source(source).override(overrides), source
