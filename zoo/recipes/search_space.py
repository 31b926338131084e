"""What `zoo tune` varies: the distributions in a recipe's `search`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zoo.core.errors import RecipeError
from zoo.recipes.fields import check_together, checked, finite, shown

if TYPE_CHECKING:
    from zoo.recipes.recipe import Recipe

# A search compares trials by one value on the same rows: these would change either, or nothing.
_NOT_SEARCHED = (
    *("name", "summary", "expect", "seconds", "note", "limit", "search", "by_source"),
    *("architecture", "dataset", "dataset_options", "columns", "loss", "metrics", "monitor"),
    *("validation_split", "stacked_on", "baseline", "report"),
)


def check(recipe: Recipe, key: str, distribution: Any) -> None:
    """Refuse a distribution that has a value which the recipe could not take.

    Args:
        recipe: Whose `search` it is.
        key: A field, or an entry of a mapping: `arguments.l2`.
        distribution: A kind and its values: `("log", 0.001, 0.1)`.

    Raises:
        RecipeError: the reason.
    """
    name, _, entry = key.partition(".")
    if name in _NOT_SEARCHED:
        raise RecipeError(f"{name} cannot be searched")
    if name == "loss_weights" and recipe.monitor == "val_loss":
        raise RecipeError("loss_weights change what val_loss means; monitor one metric instead")
    present = getattr(recipe, name)
    if isinstance(present, Mapping) != bool(entry):
        raise RecipeError("one entry of a mapping is searched, or a field with one value")
    for value in _extremes(distribution):
        new = checked(name, {**present, entry: value} if entry else value)
        together = {"reduce_lr": recipe.reduce_lr, "schedule": recipe.schedule}
        check_together(**{**together, name: new} if name in together else together)


def _extremes(distribution: Any) -> tuple[Any, ...]:
    """All choices, or the two ends of a range."""
    if not isinstance(distribution, tuple) or len(distribution) < 2:
        raise RecipeError(f"takes a kind and its values, not {shown(distribution)}")
    kind, *values = distribution
    if kind == "choice":
        if not all(isinstance(value, bool | int | float | str) for value in values):
            raise RecipeError("choices are numbers, texts, True or False")
        if len({(type(value), value) for value in values}) < len(values):
            raise RecipeError("a choice is given twice")
        return tuple(values)
    if kind not in ("float", "log", "int"):
        raise RecipeError(f"the kinds are choice, float, log and int, not {shown(kind)}")
    numbers = int if kind == "int" else int | float
    if len(values) != 2 or any(
        isinstance(value, bool) or not isinstance(value, numbers) for value in values
    ):
        raise RecipeError(f"{kind} takes its lowest and its highest value")
    low, high = values
    if not finite(kind, low) < finite(kind, high):
        raise RecipeError(f"{low} is not below {high}")
    if kind == "log" and low <= 0:
        raise RecipeError("the ends of a log range are above 0")
    return (low, high) if kind == "int" else (float(low), float(high))
