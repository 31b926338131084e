"""Weights that ship with the zoo: one file for each recipe whose model is small.

`zoo/weights/` holds Keras weight files and `manifest.json`, which says of each what it was
trained on, from which recipe, and how it scored. `scripts/weights.py` writes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.core.errors import BuildError, DataError, UnknownNameError
from zoo.models.registry import build as build_plain
from zoo.models.registry import list_models, spec
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import list_recipes
from zoo.recipes.registry import recipe as find_recipe

if TYPE_CHECKING:
    import keras

FOLDER = Path(__file__).parents[1] / "weights"
MANIFEST = FOLDER / "manifest.json"
EMBEDDED = "embedded"
LIMIT = 1_000_000  # bytes of a file that still ships


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


def build(name: str, weights: str, arguments: Mapping[str, Any]) -> keras.Model:
    """The model of a recipe with the weights that ship; what `zoo.build(weights=...)` calls.

    Args:
        name: A recipe, or an architecture for its default recipe.
        weights: `embedded`; there are no others.
        arguments: May repeat the arguments that the weights were trained with, not change them.

    Raises:
        UnknownNameError: no such recipe or architecture.
        BuildError: no weights ship for it (the message says how to train them), other
            arguments, or a damaged file.
    """
    if weights != EMBEDDED:
        raise BuildError(f"weights={weights!r}: the zoo has weights={EMBEDDED!r}, or none")
    recipe = recipe_for(name)
    entry = shipped(recipe.name)
    if entry is None:
        raise BuildError(_how_to_train(recipe))
    card = spec(recipe.architecture)
    trained_with = {key: _as_argument(value) for key, value in entry["arguments"].items()}
    for key, value in arguments.items():
        if key not in card.defaults:
            raise BuildError(f"{card.name}: {UnknownNameError('argument', key, card.defaults)}")
        needed = trained_with.get(key, card.defaults[key])
        if _as_argument(value) != needed:
            raise BuildError(
                f"the embedded weights of {recipe.name} are for {key}={needed!r}, not {value!r}; "
                f"leave {key} out, or build without weights"
            )
    model = build_plain(card.name, **trained_with)
    path = _verified(recipe.name, entry)
    try:
        model.load_weights(path)
    except Exception as error:  # h5py and Keras each raise their own
        reason = str(error).partition("\n")[0]
        raise BuildError(f"{path} does not fit {card.name}: {reason}") from error
    return model


def recipe_for(name: str) -> Recipe:
    """The recipe of that name, or the default one of the architecture of that name.

    Raises:
        UnknownNameError: neither is there.
        BuildError: the architecture has no recipe.
    """
    recipes = list_recipes()
    if name in recipes:
        return find_recipe(name)
    models = list_models(name)  # finds aliases as well
    if not models:
        raise UnknownNameError("architecture or recipe", name, {*recipes, *list_models()})
    card = spec(name)
    if card.recipe is None:
        raise BuildError(f"{card.name} has no recipe, so there are no weights to load")
    return find_recipe(card.recipe)


def fingerprint(recipe: Recipe) -> str:
    """The recipe's fingerprint, and that of the recipe whose prediction it reads, if any."""
    if not recipe.stacked_on:
        return recipe.fingerprint
    return f"{recipe.fingerprint}+{find_recipe(recipe.stacked_on).fingerprint}"


def score(name: str) -> dict[str, float]:
    """Test scores of the weights that ship for a recipe, on the data that they were trained on.

    Raises:
        BuildError: no weights ship for it.
        DataError: the generated data is not what it was at the training.
    """
    from zoo.core.console import Reporter
    from zoo.experiments import evaluation, setup
    from zoo.experiments.feeding import ported
    from zoo.experiments.stacking import add_prediction
    from zoo.training.compile import compile_model

    recipe = recipe_for(name)
    model = build(recipe.name, EMBEDDED, {})
    data = manifest()["weights"][recipe.name]["data"]
    silent = Reporter(silent=True)
    dataset = setup.load(recipe, data["source"], silent)
    if dataset.fingerprint != data["fingerprint"]:
        raise DataError(
            f"{recipe.name}: {dataset.name} ({dataset.source}) is not what the weights were "
            "trained on"
        )
    if recipe.stacked_on:
        upstream = build(recipe.stacked_on, EMBEDDED, {})
        dataset = add_prediction(dataset, upstream, find_recipe(recipe.stacked_on))
    compile_model(model, recipe, 1)
    splits = ported(recipe, dataset, model, silent.line)
    split = scored_split(splits)
    return evaluation.score(model, {split: splits[split]})[split]


def scored_split(splits: Mapping[str, Any]) -> str:
    """The split that is reported: the test rows, where there are any."""
    return "test" if "test" in splits else "train"


def facts(recipes: list[str]) -> list[str]:
    """A line for an architecture's card for each of these recipes whose weights ship."""
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


def _how_to_train(recipe: Recipe) -> str:
    """What to do where no weights ship."""
    larger = manifest()["larger"].get(recipe.name)
    why = f"they are {larger['bytes'] / 1e6:,.1f} MB, and " if larger else ""
    return (
        f"no weights of {recipe.name} ship with the zoo: {why}only those of its own settings under "
        f"{LIMIT / 1e6:g} MB do; "
        f"train them with `zoo train {recipe.name}` and take "
        f"zoo.load_run({recipe.name!r}).model"
    )


def _verified(recipe: str, entry: Mapping[str, Any]) -> Path:
    """The file, after its sha256 has been compared."""
    path = FOLDER / f"{recipe}.weights.h5"
    try:
        found = sha256(path)
    except OSError as error:
        raise BuildError(f"{path}: {error.strerror or error}; install the zoo again") from error
    if found != entry["sha256"]:
        raise BuildError(f"{path} is damaged: its sha256 is not the manifest's")
    return path


def sha256(path: Path) -> str:
    """The file's sha256 in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _as_argument(value: Any) -> Any:
    """JSON's lists as the tuples that builders take."""
    return tuple(map(_as_argument, value)) if isinstance(value, list | tuple) else value
