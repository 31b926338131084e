"""Models with the weights that ship with the zoo, and runs of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
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

    from zoo.data.dataset import Dataset
    from zoo.experiments.feeding import Split
    from zoo.experiments.runs import Run


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
    from zoo.experiments import evaluation
    from zoo.training.compile import compile_model

    recipe, model, _, splits = _with_data(name)
    compile_model(model, recipe, 1)
    split = scored_split(splits)
    return evaluation.score(model, {split: splits[split]})[split]


def run_of(name: str, logdir: Path) -> tuple[Run, Dataset, Mapping[str, Split]]:
    """A run folder as the training of the weights that ship would have left it.

    It holds what predictions and exports read: `run.json`, `model.keras`, the words and an
    example; no history, pictures or events.

    Args:
        name: A recipe, or an architecture for its default recipe.
        logdir: Where `RECIPE/RUN` is made.

    Returns:
        The run, its data, and the data's splits by the names of the model's tensors.

    Raises:
        BuildError: no weights ship for it.
        DataError: the generated data is not what it was at the training.

    Example:
        >>> from pathlib import Path
        >>> import zoo
        >>> run, _, _ = run_of("tiny_dense", Path("shipped"))
        >>> run.record.status, list(zoo.predict(run, a=[1, 2]))
        ('finished', ['b'])
    """
    from zoo.experiments import examples, runs, setup
    from zoo.experiments.record import RunRecord, Upstream

    recipe, model, dataset, splits = _with_data(name)
    entry = shipped(recipe.name)
    assert entry is not None, "build found it"
    folder = runs.create(logdir, recipe.name, entry["seed"])
    examples.keep(folder, recipe, splits, dataset)
    runs.write_model(folder, model)
    record = RunRecord(
        status="finished",
        command=f"zoo.build({recipe.name!r}, weights={EMBEDDED!r})",
        recipe=recipe,
        seed=entry["seed"],
        data=setup.data_record(dataset, entry["data"]["fingerprint"], splits),
        upstream=Upstream(recipe.stacked_on, EMBEDDED, "") if recipe.stacked_on else None,
        engine="fit",
        parameters=model.count_params(),
        metrics={entry["split"]: entry["scores"]},
        epochs_run=entry["epochs"],
    )
    record.write(folder)
    return runs.Run(folder, model, record), dataset, splits


def _with_data(name: str) -> tuple[Recipe, keras.Model, Dataset, Mapping[str, Split]]:
    """The recipe of shipped weights, its model with them, and what it was trained on."""
    from zoo.core.console import Reporter
    from zoo.experiments import setup
    from zoo.experiments.feeding import feed

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
        dataset = setup.add_prediction(dataset, upstream, find_recipe(recipe.stacked_on))
    return recipe, model, dataset, feed(recipe, dataset, model, silent.line)


def scored_split(splits: Mapping[str, Any]) -> str:
    """The split whose scores are reported: the test rows, where there are any."""
    return "test" if "test" in splits else "train"


def _as_argument(value: Any) -> Any:
    """JSON's lists as the tuples that builders take."""
    return tuple(map(_as_argument, value)) if isinstance(value, list | tuple) else value
