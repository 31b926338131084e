"""A recipe's own checks, and what `--set`, `by_source` and a search change of it.

`recipe` is one everywhere here, or is about to be.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from zoo.core.errors import RecipeError
from zoo.recipes.fields import SAID, checked, kinds_of, known, literal, shown

FIXED = ("name", *SAID, "search", "by_source")
# A search compares trials by one value on the same rows: these would change either, or nothing.
_NOT_SEARCHED = (
    *(*FIXED, "architecture", "dataset", "dataset_options", "columns", "loss", "metrics"),
    *("monitor", "mode", "validation_split", "stacked_on", "baseline", "report"),
    *("weighted_metrics", "sample_weight", "validation_freq", "model_checkpoint"),
)


def check_recipe(recipe: Any) -> None:
    """Check each field of a recipe and those that depend on each other; its `__post_init__`."""
    kinds = kinds_of(type(recipe))
    checked(kinds["name"], recipe.name, "name")  # without a prefix of itself
    with _within(f"recipe {recipe.name}"):
        for name, kind in kinds.items():
            object.__setattr__(recipe, name, checked(kind, getattr(recipe, name), name))
        _check_together(vars(recipe))
        for key, distribution in recipe.search.items():
            with _within(f"search.{key}"):
                _check_search(recipe, key, distribution)
        for source, changes in recipe.by_source.items():
            with _within(f"by_source.{source}"):
                _check_together({**vars(recipe), **_changed(recipe, changes)})


def overridden(recipe: Any, changes: Mapping[str, Any]) -> Any:
    """What `Recipe.override` gives."""
    with _within(f"recipe {recipe.name}"):
        fields = _changed(recipe, changes)
    return dataclasses.replace(recipe, **fields)


def differences(recipe: Any, base: Any) -> dict[str, str]:
    """Setting -> value as text, for what trains differently than in `base`, as `--set` takes it.

    An entry that only `base` has is `none`.
    """
    found: dict[str, str] = {}
    others = base.to_dict()
    for name, value in recipe.to_dict().items():
        before = others.get(name)
        if value == before or name in (*FIXED, "report", "baseline"):
            continue
        if not isinstance(value, Mapping) or not isinstance(before, Mapping):
            found[name] = _text(value)
            continue
        for entry in (*value, *(set(before) - set(value))):
            if value.get(entry) != before.get(entry):
                found[f"{name}.{entry}"] = _text(value.get(entry))
    return found


def _text(value: Any) -> str:
    """A setting's value in as few characters as say it."""
    if value is None or value == "":
        return "none"
    if isinstance(value, list | tuple):
        return ",".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


@contextmanager
def _within(where: str) -> Iterator[None]:
    """Say in errors where they are."""
    try:
        yield
    except RecipeError as error:
        raise RecipeError(f"{where}: {error}") from None


def _check_together(fields: Mapping[str, Any]) -> None:
    """Refuse fields that exclude each other."""
    scheduled = fields["schedule"] != "constant"
    if fields["decay"] and scheduled:
        raise RecipeError("decay needs schedule=constant: either sets the rate at every step")
    if fields["reduce_lr"] and (scheduled or fields["decay"]):
        needed = "schedule=constant and decay=0" if fields["decay"] else "schedule=constant"
        raise RecipeError(f"reduce_lr needs {needed}: a schedule sets the rate itself")
    if fields["initial_epoch"] >= fields["epochs"]:
        raise RecipeError("initial_epoch must be below epochs: epochs is the number of the last")
    every = fields["validation_freq"]
    if fields["epochs"] // every == fields["initial_epoch"] // every:
        raise RecipeError(
            f"validation_freq={every} validates no epoch: none from {fields['initial_epoch'] + 1} "
            f"to {fields['epochs']} is a multiple of it"
        )
    if fields["class_weight"] and fields["sample_weight"]:
        raise RecipeError("class_weight and sample_weight exclude each other")
    if fields["early_stopping_options"] and not fields["early_stopping"]:
        raise RecipeError("early_stopping_options needs early_stopping, the patience in epochs")
    if fields["early_stopping_options"].get("start_from_epoch", 0) >= fields["epochs"]:
        raise RecipeError("early_stopping_options.start_from_epoch must be below epochs")
    if "save_freq" in fields["model_checkpoint"] and fields["engine"] != "fit":
        raise RecipeError("model_checkpoint.save_freq counts steps and needs engine=fit")
    for option in ("name", "source", "home", "seed"):  # arguments of zoo.load_data
        if option in fields["dataset_options"]:
            raise RecipeError(f"dataset_options.{option} is not an option of a dataset")


def _changed(recipe: Any, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Field -> new value, for changes whose keys may be dotted and whose values may be text."""
    kinds = kinds_of(type(recipe))
    changed: dict[str, Any] = {}
    for key, value in changes.items():
        name, dot, entry = key.partition(".")
        _check_field(name, kinds, recipe)
        if name in FIXED:
            raise RecipeError(f"{name} cannot be overridden")
        present = changed.get(name, getattr(recipe, name))
        if isinstance(present, Mapping):
            new = _merged(name, present, entry, value)
        elif dot:
            raise RecipeError(
                f"{name} is a single value: set it with {name}=VALUE, not {key}=VALUE"
            )
        else:
            new = value if isinstance(present, str) else literal(value)
        changed[name] = new
    # checked together: entries that need each other may come in any order
    return {name: checked(kinds[name], new, name) for name, new in changed.items()}


def _check_field(name: str, kinds: Mapping[str, Any], recipe: Any) -> None:
    """Refuse an unknown field, with the page of the recipe, or of one that has a page."""
    if name in kinds:
        return
    from zoo.recipes.registry import list_recipes  # which itself makes recipes

    names = list_recipes()
    page = recipe.name if recipe.name in names else next(iter(names), recipe.name)
    known(name, kinds, listed_by=f"zoo show --recipe {page}")


def _merged(name: str, present: Mapping[str, Any], entry: str, value: Any) -> Any:
    """`present` with one entry changed (`name.entry=value`), or the mapping that replaces it."""
    if name != "loss" or not entry:  # a loss is text in any case
        value = literal(value)
    if not entry:
        if not isinstance(value, Mapping):
            raise RecipeError(
                f"{name} is a mapping: set one entry with {name}.KEY=VALUE, not {shown(value)}"
            )
        return value
    before = present.get(entry)
    if isinstance(before, float):
        value = checked(float, value, f"{name}.{entry}")
    listed = isinstance(before, tuple) or name in ("metrics", "weighted_metrics", "columns")
    if listed and (isinstance(value, str) or callable(value)):
        value = (value,)  # a list of one may be given as its entry
    return {**present, entry: value}


def _check_search(recipe: Any, key: str, distribution: tuple[Any, ...]) -> None:
    """Refuse a distribution that has a value which the recipe could not take."""
    name, _, entry = key.partition(".")
    kinds = kinds_of(type(recipe))
    _check_field(name, kinds, recipe)
    if name in _NOT_SEARCHED:
        raise RecipeError(f"{name} cannot be searched")
    if name == "loss_weights" and recipe.monitor == "val_loss":
        raise RecipeError("loss_weights change what val_loss means; monitor one metric instead")
    present = getattr(recipe, name)
    if isinstance(present, Mapping) != bool(entry):
        raise RecipeError(
            "only a field with a single value, or one entry of a mapping, can be searched"
        )
    for value in _extremes(distribution):
        new = checked(kinds[name], {**present, entry: value} if entry else value, name)
        _check_together({**vars(recipe), name: new})


def _extremes(distribution: tuple[Any, ...]) -> tuple[Any, ...]:
    """All choices, or the two ends of a range."""
    if len(distribution) < 2:
        raise RecipeError(f"must be a kind and its values, not {shown(distribution)}")
    kind, *values = distribution
    if kind == "choice":
        if not all(isinstance(value, bool | int | float | str) for value in values):
            raise RecipeError("choices must be numbers, text, True or False")
        if len({(type(value), value) for value in values}) < len(values):
            raise RecipeError("a choice is given twice")
        return tuple(values)
    if kind not in ("float", "log", "int"):
        raise RecipeError(f"the kind must be choice, float, log or int, not {shown(kind)}")
    if len(values) != 2:
        raise RecipeError(f"{kind} takes a lowest and a highest value")
    low, high = (checked(int if kind == "int" else float, value, kind) for value in values)
    if not low < high:
        raise RecipeError(f"{low} is not below {high}")
    if kind == "log" and low <= 0:
        raise RecipeError("both ends of a log range must be above 0")
    return low, high
