"""What a run changes of its recipe: setting by setting, and as part of a folder's name."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from zoo.data.registry import DATASETS
from zoo.recipes.changes import differences
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import RECIPES

LONGEST = 60  # characters of a folder's name; Windows allows 260 for a whole path
SHORTENED = ("arguments.", "dataset_options.", "optimizer_options.")  # what remains is clear
ENSEMBLE = "_ensemble"  # ends the name of the recipe that an ensemble's record holds


def changes(recipe: Recipe, source: str, command: str) -> dict[str, str]:
    """Setting -> value, for what differs from the registered recipe on that source.

    Of a recipe that is not registered they are the `--set` options of the command.
    """
    name = recipe.name.removesuffix(ENSEMBLE)
    if name in RECIPES.names():
        return differences(recipe, RECIPES.get(name).for_source(source))
    words = shlex.split(command)
    found: dict[str, str] = {}
    for option, given in pairwise(words):
        if option == "--set":
            name, _, found[name] = given.partition("=")
    return found


def source_changed(recipe: Recipe, source: str) -> dict[str, str]:
    """The data's source, where it is not the one that comes with the zoo."""
    embedded = DATASETS.get(recipe.dataset).sources[-1].name
    return {} if source == embedded else {"data": source}


def in_a_name(changed: Mapping[str, Any], longest: int = LONGEST) -> str:
    """The changes with characters that every system takes in a file's name; empty for none.

    What would make it too long is counted: `epochs=2-and_3_more`.
    """
    said = [f"{_short(key)}={_safe(value)}" for key, value in changed.items()]
    for kept in range(len(said), -1, -1):
        left = len(said) - kept
        more = [f"and_{left}_more" if kept else f"{left}_changes"] if left else []
        name = "-".join((*said[:kept], *more))
        if len(name) <= longest:
            return name
    return ""


def _short(key: str) -> str:
    start = next((each for each in SHORTENED if key.startswith(each)), "")
    return _safe(key.removeprefix(start))


def _safe(value: object) -> str:
    return re.sub(r"[^A-Za-z0-9_.+-]+", "_", str(value)).strip("_.") or "none"
