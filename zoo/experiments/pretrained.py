"""Models with the weights that ship with the zoo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zoo.core.errors import BuildError, DataError, UnknownNameError, check_text
from zoo.models.registry import build as build_plain
from zoo.models.registry import list_models, spec
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import list_recipes
from zoo.recipes.registry import recipe as find_recipe
from zoo.recipes.shipped_weights import EMBEDDED, shipped, verified, why_not

if TYPE_CHECKING:
    import keras


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
        raise BuildError(f"weights must be {EMBEDDED!r} or None, not {weights!r}")
    recipe = recipe_for(name)
    entry = shipped(recipe.name)
    if entry is None:
        raise BuildError(why_not(recipe.name))
    known = spec(recipe.architecture)
    trained_with = {key: _as_argument(value) for key, value in entry["arguments"].items()}
    for key, value in arguments.items():
        if key not in known.defaults:
            raise BuildError(f"{known.name}: {UnknownNameError('argument', key, known.defaults)}")
        needed = trained_with.get(key, known.defaults[key])
        if _as_argument(value) != needed:
            raise BuildError(
                f"the embedded weights of {recipe.name} are for {key}={needed!r}, not {value!r}; "
                f"leave {key} out, or build without weights"
            )
    model = build_plain(known.name, **trained_with)
    path = verified(recipe.name, entry)
    try:
        model.load_weights(path)
    except Exception as error:  # h5py and Keras each raise their own
        reason = str(error).partition("\n")[0]
        raise BuildError(f"{path} does not fit {known.name}: {reason}") from error
    return model


def recipe_for(name: str) -> Recipe:
    """The recipe of that name, or the default one of the architecture of that name.

    Raises:
        UnknownNameError: neither is there.
        BuildError: the architecture has no recipe.
    """
    check_text("the name of the recipe or architecture", name)
    recipes = list_recipes()
    if name in recipes:
        return find_recipe(name)
    models = list_models(name)  # finds aliases as well
    if not models:
        known_names = {*recipes, *list_models()}
        commands = ("zoo list", "zoo recipes")
        raise UnknownNameError("architecture or recipe", name, known_names, *commands)
    known = spec(name)
    if known.recipe is None:
        raise BuildError(f"{known.name} has no recipe, so there are no weights to load")
    return find_recipe(known.recipe)


def score(name: str) -> dict[str, float]:
    """Test scores of the weights that ship for a recipe, on the data that they were trained on.

    Raises:
        BuildError: no weights ship for it.
        DataError: the generated data is not what it was at the training.
    """
    from zoo.core.console import Reporter
    from zoo.experiments import evaluation, setup
    from zoo.experiments.feeding import feed
    from zoo.experiments.setup import add_prediction
    from zoo.training.compile import compile_model

    recipe = recipe_for(name)
    model = build(recipe.name, EMBEDDED, {})
    entry = shipped(recipe.name)
    assert entry is not None, "build found it"
    data = entry["data"]
    recipe = recipe.for_source(data["source"])
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
    splits = feed(recipe, dataset, model, silent.line)
    split = scored_split(splits)
    return evaluation.score(model, {split: splits[split]})[split]


def scored_split(splits: Mapping[str, Any]) -> str:
    """The split whose scores are reported: the test rows, where there are any."""
    return "test" if "test" in splits else "train"


def _as_argument(value: Any) -> Any:
    """JSON's lists as the tuples that builders take."""
    return tuple(map(_as_argument, value)) if isinstance(value, list | tuple) else value
