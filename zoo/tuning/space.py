"""Which settings a search varies: the recipe's own space, or one that fits any recipe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zoo.models.registry import spec
from zoo.recipes.recipe import Recipe

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

Space = Mapping[str, tuple[Any, ...]]

RATES = 30  # the default space goes this many times below and above the recipe's learning rate


def space_of(recipe: Recipe) -> Space:
    """The recipe's `search`; if empty: learning rate, batch size and schedule around its own."""
    if recipe.search:
        return recipe.search
    rate, batch = recipe.learning_rate, recipe.batch_size
    common: dict[str, tuple[Any, ...]] = {
        "learning_rate": ("log", rate / RATES, rate * RATES),
        "batch_size": ("choice", *sorted({max(1, batch // 2), batch, batch * 2})),
    }
    if recipe.reduce_lr or recipe.decay:  # which take a constant schedule only
        return common
    return {**common, "schedule": ("choice", "constant", "cosine")}


def distributions(space: Space) -> dict[str, BaseDistribution]:
    """The space in Optuna's words."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    made: dict[str, BaseDistribution] = {}
    for key, (kind, *values) in space.items():
        if kind == "choice":
            made[key] = CategoricalDistribution(values)
        elif kind == "int":
            made[key] = IntDistribution(*values)
        else:
            made[key] = FloatDistribution(*values, log=kind == "log")
    return made


def own_settings(recipe: Recipe, space: Space) -> dict[str, Any]:
    """The recipe's present values of what is searched, where the space has them."""
    defaults = spec(recipe.architecture).defaults
    own: dict[str, Any] = {}
    for key, (kind, *values) in space.items():
        name, _, entry = key.partition(".")
        value = getattr(recipe, name)
        if entry:
            value = value.get(entry, defaults.get(entry) if name == "arguments" else None)
        if value is None:
            continue
        if value in values if kind == "choice" else values[0] <= value <= values[1]:
            own[key] = value
    return own
