"""From a dataset's columns to a model's inputs and targets, as a recipe says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.errors import RecipeError
from zoo.models.registry import build, spec
from zoo.training.engine import output_names

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset
    from zoo.recipes.recipe import Recipe

Arrays = Mapping[str, np.ndarray]
Split = tuple[dict[str, np.ndarray], dict[str, np.ndarray]]  # inputs, targets, by tensor name


def build_for(recipe: Recipe, dataset: Dataset) -> keras.Model:
    """The recipe's model, with the sizes that the data decides."""
    known = spec(recipe.architecture).defaults
    sizes = {name: size for name, size in dataset.sizes.items() if name in known}
    return build(recipe.architecture, **{**sizes, **recipe.arguments})


def columns_of(recipe: Recipe, tensor: str) -> tuple[str, ...]:
    """The dataset columns that make up an input or output, side by side."""
    return tuple(recipe.columns.get(tensor, (tensor,)))


def labels_for(recipe: Recipe, dataset: Dataset) -> dict[str, Sequence[str]]:
    """The dataset's vocabularies by name, and by the name of each input that uses one."""
    own = {
        tensor.name: dataset.labels[tensor.vocabulary]
        for tensor in spec(recipe.architecture).inputs
        if tensor.vocabulary in dataset.labels
    }
    return {**own, **dataset.labels}


def feed(
    recipe: Recipe, dataset: Dataset, model: keras.Model, say: Callable[[str], None]
) -> dict[str, Split]:
    """Split -> inputs and targets by name; rows with an unknown value are dropped, with a note.

    A model may have fewer inputs and outputs than its architecture lists.

    Unknown is an id below 0 or a number that is NaN, in a column that the recipe uses. Splits
    without rows are dropped too.

    Raises:
        RecipeError: the recipe names a column that the data does not have.
    """
    inputs = [tensor.name for tensor in model.inputs]
    outputs = output_names(model)
    wanted = [column for name in (*inputs, *outputs) for column in columns_of(recipe, name)]
    result: dict[str, Split] = {}
    for split, arrays in dataset.splits.items():
        for column in wanted:
            if column not in arrays:
                raise RecipeError(
                    f"{recipe.name} needs column {column!r}; {dataset.name} has {', '.join(arrays)}"
                )
        known = known_rows(arrays, wanted)
        if not known.all():
            gaps = [column for column in wanted if not known_rows(arrays, [column]).all()]
            say(
                f"note: {split}: {np.count_nonzero(~known):,} of {len(known):,} rows dropped, "
                f"no value in {' or '.join(gaps)}"
            )
        if known.any():
            result[split] = (
                _gathered(recipe, arrays, inputs, known),
                _gathered(recipe, arrays, outputs, known),
            )
    return result


def known_rows(arrays: Arrays, columns: Sequence[str]) -> np.ndarray:
    """Which rows have a value in every one of `columns`, shape (rows,)."""
    known = np.ones(len(arrays[columns[0]]), bool)
    for column in columns:
        values = arrays[column].reshape(len(known), -1)
        unknown = values < 0 if values.dtype.kind == "i" else np.isnan(values)
        known &= ~unknown.any(axis=1)
    return known


def _gathered(
    recipe: Recipe, arrays: Arrays, names: Sequence[str], known: np.ndarray
) -> dict[str, np.ndarray]:
    gathered = {}
    for name in names:
        parts = [arrays[column][known] for column in columns_of(recipe, name)]
        gathered[name] = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)
    return gathered
