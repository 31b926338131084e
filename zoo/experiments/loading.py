"""`zoo.load_data`: a dataset, by its own name or by that of a recipe that trains on it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError, UnknownNameError, check_text
from zoo.data.dataset import Dataset, Fed
from zoo.data.registry import choose_source, dataset_names
from zoo.data.registry import load as load_plain
from zoo.experiments.feeding import Split, decided_by, feed_tensors, row_weights, tensors_for
from zoo.experiments.setup import joined, rows
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import RECIPES, list_recipes, resolved


def load_data(
    name: str | Recipe,
    source: str = "auto",
    home: str | Path | None = None,
    seed: int = 0,
    **options: Any,
) -> Dataset:
    """Load a dataset as splits of arrays with the rows on axis 0.

    Args:
        name: A recipe, for the data that it trains on with the recipe's options, or a dataset,
            which is read as the first recipe that trains on it reads it.
        source: A source of the dataset, or `auto`: real data where its files are on disk, the
            embedded data otherwise. `Dataset.origin` says which was taken.
        home: The data home; default `$ZOO_DATA_HOME`, else the user's cache folder.
        seed: Fixes the splits, and what an embedded source generates; not negative.
        **options: Options of the dataset, such as `train_until=2010` for `tournament`.

    Returns:
        The `zoo.Dataset`: `xy("train")` are a model's inputs and targets, `frame("train")` is a
        table, `tf_data("train")` gives batches.

    Raises:
        UnknownNameError: no such recipe, dataset, source or option.
        DataError: a file is missing or damaged (file, line and column are named), or an option
            has no usable value.

    Example:
        >>> import zoo
        >>> x, y = zoo.load_data("mlp", source="mixture").xy("train")
        >>> x.shape, y.shape
        ((8000, 10), (8000, 1))
    """
    recipe, dataset = _chosen(name)
    if recipe is not None:
        source = choose_source(dataset, source, home, {**recipe.dataset_options, **options})
        if name in (recipe, recipe.name):
            recipe = recipe.for_source(source)
            options = {**recipe.dataset_options, **options}
    loaded = load_plain(dataset, source, home, seed, **options)
    return dataclasses.replace(loaded, feed=lambda data, other: _fed(data, other or recipe))


def _chosen(name: str | Recipe) -> tuple[Recipe | None, str]:
    """The recipe that is asked for, or the first one of a dataset, if it has any; the dataset."""
    if not isinstance(name, Recipe):
        check_text("the name of the recipe or dataset", name)
    if isinstance(name, Recipe) or name in list_recipes():
        found = resolved(name)
        return found, found.dataset
    if name not in dataset_names():
        names = {*list_recipes(), *dataset_names()}
        commands = ("zoo recipes", "zoo data list")
        raise UnknownNameError("recipe or dataset", name, names, *commands)
    return next((each for each in RECIPES.values() if each.dataset == name), None), name


def _fed(dataset: Dataset, asked: str | Recipe | None) -> Fed:
    """Split -> inputs, targets and weights, as the epochs of a recipe take them."""
    if asked is None:
        raise DataError(f"no recipe trains on {dataset.name}: say which, xy(split, recipe=NAME)")
    recipe = resolved(asked)
    if recipe.dataset != dataset.name:
        raise DataError(f"{recipe.name} trains on {recipe.dataset}, not on {dataset.name}")
    recipe = recipe.for_source(dataset.source)
    tensors = tensors_for(recipe, decided_by(dataset))
    splits = feed_tensors(recipe, dataset, tensors, lambda _: None)
    weights = row_weights(recipe, dataset, tensors)
    if recipe.validation_split:
        _split_again(splits, weights, recipe.validation_split)
    return {split: (*arrays, weights.get(split)) for split, arrays in splits.items()}


def _split_again(splits: dict[str, Split], weights: dict[str, np.ndarray], share: float) -> None:
    """Make the last share of the training and validation rows the validation rows, in place."""
    parts = [split for split in ("train", "validation") if split in splits]
    whole = joined(splits["train"], splits.get("validation"))
    cut = int(rows(whole) * (1 - share))
    for split, taken in (("train", slice(cut)), ("validation", slice(cut, None))):
        inputs, targets = ({key: each[taken] for key, each in side.items()} for side in whole)
        splits[split] = inputs, targets
    if weights:
        weighed = np.concatenate([weights[split] for split in parts])
        weights |= {"train": weighed[:cut], "validation": weighed[cut:]}
