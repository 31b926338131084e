"""Which weights ship with the zoo: one file for each recipe whose model is small.

`zoo/weights/` holds Keras weight files and `manifest.json`, which says of each what it was
trained on, from which recipe, and how it scored. `scripts/weights.py` writes them, and
`zoo.build(name, weights="embedded")` loads them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from zoo.core.errors import BuildError
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import recipe as find_recipe

FOLDER = Path(__file__).parents[1] / "weights"
MANIFEST = FOLDER / "manifest.json"
EMBEDDED = "embedded"
LIMIT = 1_000_000  # bytes of the largest file that ships


@cache
def manifest() -> dict[str, Any]:
    """What ships: `weights` by recipe, and `larger`, the recipes whose weights are too large.

    Raises:
        BuildError: the manifest is damaged.
    """
    if not MANIFEST.is_file():
        return {"weights": {}, "larger": {}}
    try:
        content = json.loads(MANIFEST.read_text(encoding="utf-8"))
        return {"weights": dict(content["weights"]), "larger": dict(content["larger"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BuildError(f"{MANIFEST} is damaged ({error!r}); install the zoo again") from error


def shipped(recipe: str) -> dict[str, Any] | None:
    """The manifest's entry of a recipe, if its weights ship."""
    return manifest()["weights"].get(recipe)


def fingerprint(recipe: Recipe) -> str:
    """The recipe's fingerprint, and that of the recipe whose prediction it reads, if any."""
    if not recipe.stacked_on:
        return recipe.fingerprint
    return f"{recipe.fingerprint}+{find_recipe(recipe.stacked_on).fingerprint}"


def facts(recipes: list[str]) -> list[str]:
    """For each of these recipes whose weights ship: how to load them, their size and scores."""
    lines = []
    for name in recipes:
        found = shipped(name)
        if found:
            scores = ", ".join(f"{metric} {value:.4g}" for metric, value in found["scores"].items())
            lines.append(
                f"zoo.build({name!r}, weights={EMBEDDED!r}): {found['bytes'] / 1000:,.0f} kB, "
                f"trained on {found['data']['source']}; {found['split']} {scores}"
            )
    return lines


def why_not(recipe: str) -> str:
    """Why no weights of this recipe ship, and how to train them."""
    larger = manifest()["larger"].get(recipe)
    size = f"they are {larger['bytes'] / 1e6:,.1f} MB, and " if larger else ""
    return (
        f"no weights of {recipe} ship with the zoo: {size}only weights under {LIMIT / 1e6:g} MB of "
        f"a recipe's own settings do; train them with `zoo train {recipe}` and use "
        f"zoo.load_run({recipe!r}).model"
    )


def verified(recipe: str, entry: Mapping[str, Any]) -> Path:
    """The file of a recipe's weights, after its sha256 has been compared with the manifest's.

    Raises:
        BuildError: the file is missing or damaged.
    """
    path = FOLDER / f"{recipe}.weights.h5"
    try:
        found = sha256(path)
    except OSError as error:
        raise BuildError(f"{path}: {error.strerror or error}; install the zoo again") from error
    if found != entry["sha256"]:
        raise BuildError(
            f"{path} is damaged: its sha256 differs from the manifest; install the zoo again"
        )
    return path


def sha256(path: Path) -> str:
    """The file's sha256 in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
