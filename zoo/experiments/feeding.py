"""From a dataset's columns to a model's ports, as a recipe says."""

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
Split = tuple[dict[str, np.ndarray], dict[str, np.ndarray]]  # inputs, targets, by port


def build_for(recipe: Recipe, dataset: Dataset) -> keras.Model:
    """The recipe's model, with the sizes that the data decides."""
    known = spec(recipe.architecture).defaults
    sizes = {name: size for name, size in dataset.sizes.items() if name in known}
    return build(recipe.architecture, **{**sizes, **recipe.arguments})


def columns_of(recipe: Recipe, port: str) -> tuple[str, ...]:
    """The dataset columns that make up a port, side by side."""
    return tuple(recipe.columns.get(port, (port,)))


def labels_for(recipe: Recipe, dataset: Dataset) -> dict[str, Sequence[str]]:
    """The dataset's vocabularies by name, and by the name of each input port that uses one."""
    own = {
        port.name: dataset.labels[port.vocabulary]
        for port in spec(recipe.architecture).inputs
        if port.vocabulary in dataset.labels
    }
    return {**own, **dataset.labels}


def ported(
    recipe: Recipe, dataset: Dataset, model: keras.Model, say: Callable[[str], None]
) -> dict[str, Split]:
    """Split -> inputs and targets by port; rows with an unknown value are left out, aloud.

    A model may have fewer inputs and outputs than its architecture's card lists.

    Unknown is an id below 0 or a number that is NaN, in a column that the recipe uses. Splits
    without rows are left out too.

    Raises:
        RecipeError: the recipe names a column that the data does not have.
    """
    inputs = [tensor.name for tensor in model.inputs]
    outputs = output_names(model)
    wanted = [column for port in (*inputs, *outputs) for column in columns_of(recipe, port)]
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
                f"note: {split}: {np.count_nonzero(~known):,} of {len(known):,} rows left out, "
                f"for want of {' or '.join(gaps)}"
            )
        if known.any():
            result[split] = (
                _gathered(recipe, arrays, inputs, known),
                _gathered(recipe, arrays, outputs, known),
            )
    return result


def known_rows(arrays: Arrays, columns: Sequence[str]) -> np.ndarray:
    """Which rows have a value in every one of `columns`, shape (rows,)."""
    unknown = np.stack([_unknown(arrays[column]) for column in columns])
    return np.count_nonzero(unknown, axis=0) == 0


def _unknown(array: np.ndarray) -> np.ndarray:
    flat = array.reshape(len(array), -1)
    unknown = flat < 0 if flat.dtype.kind == "i" else np.isnan(flat)
    return np.count_nonzero(unknown, axis=1) > 0


def _gathered(
    recipe: Recipe, arrays: Arrays, ports: Sequence[str], known: np.ndarray
) -> dict[str, np.ndarray]:
    gathered = {}
    for port in ports:
        parts = [arrays[column][known] for column in columns_of(recipe, port)]
        gathered[port] = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)
    return gathered
