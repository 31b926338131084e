"""From a dataset's columns to a model's inputs and targets by name, and the rows' weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.baselines.estimators import classifies
from zoo.core.errors import RecipeError, UnknownNameError
from zoo.models.registry import spec
from zoo.models.spec import Shape
from zoo.recipes.functions import takes_ids
from zoo.recipes.recipe import Recipe
from zoo.training.inference import output_names

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset

Arrays = Mapping[str, np.ndarray]
Split = tuple[dict[str, np.ndarray], dict[str, np.ndarray]]  # inputs, targets, by tensor name


@dataclass(frozen=True)
class Form:
    """A row of a tensor: its shape, in which None is any size, and dtype.

    Attributes:
        missing: Whether a number may be NaN, where the architecture says so.
    """

    shape: Shape
    dtype: str
    missing: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Tensors:
    """A model's inputs and outputs: name -> form."""

    inputs: Mapping[str, Form]
    outputs: Mapping[str, Form]


def tensors_of(model: keras.Model) -> Tensors:
    """Those of a model that is built."""
    read = {each.name: Form(tuple(each.shape[1:]), str(each.dtype)) for each in model.inputs}
    made = (Form(tuple(each.shape[1:]), str(each.dtype)) for each in model.outputs)
    return Tensors(read, dict(zip(output_names(model), made, strict=True)))


def tensors_for(recipe: Recipe, sizes: Mapping[str, Any]) -> Tensors:
    """Those of the recipe's model, without building it.

    Args:
        sizes: Builder arguments that the data decides.
    """
    sized = spec(recipe.architecture).resolved(arguments_for(recipe, sizes))
    read, made = (
        {each.name: Form(tuple(each.shape), each.dtype) for each in side}  # pyright: ignore[reportArgumentType]
        for side in (sized.inputs, sized.outputs)
    )
    return Tensors(read, made)


def decided_by(dataset: Dataset) -> dict[str, Any]:
    """Builder arguments that the data decides."""
    return {**dataset.sizes, **({"columns": dataset.columns} if dataset.columns else {})}


def arguments_for(recipe: Recipe, sizes: Mapping[str, Any]) -> dict[str, Any]:
    """The builder's arguments: the sizes that the data decides, then the recipe's own."""
    known = spec(recipe.architecture).defaults
    return {**{name: size for name, size in sizes.items() if name in known}, **recipe.arguments}


def columns_of(recipe: Recipe, tensor: str) -> tuple[str, ...]:
    """The dataset columns that make up an input or output, side by side."""
    return tuple(recipe.columns.get(tensor, (tensor,)))


def feed(
    recipe: Recipe, dataset: Dataset, model: keras.Model, say: Callable[[str], None]
) -> dict[str, Split]:
    """Split -> inputs and targets by name; rows with an unknown value are dropped, with a note.

    A model may have fewer inputs and outputs than its architecture lists.

    Unknown is an id below 0 or a number that is NaN, in a column that the recipe uses, except
    NaN in an input that takes missing values. Splits without rows are dropped too. Class ids
    become one-hot rows where the loss is one of Keras's that does not take ids, such as
    `categorical_crossentropy`.

    Raises:
        RecipeError: the recipe names a column that the data does not have, or gives columns to
            an input or output that the architecture does not have.
    """
    return feed_tensors(recipe, dataset, tensors_of(model), say)


def feed_tensors(
    recipe: Recipe, dataset: Dataset, tensors: Tensors, say: Callable[[str], None]
) -> dict[str, Split]:
    """As `feed`, for a model that need not be there."""
    entry = spec(recipe.architecture)
    names = {
        *tensors.inputs,
        *tensors.outputs,
        *(each.name for each in (*entry.inputs, *entry.outputs)),
    }
    for name in recipe.columns:
        if name not in names:
            unknown = UnknownNameError("input or output", name, names)
            raise RecipeError(f"{recipe.name}, columns: {unknown}")
    wanted, certain = _wanted(recipe, tensors), _certain(recipe, tensors)
    result: dict[str, Split] = {}
    for split, arrays in dataset.splits.items():
        for column in wanted:
            if column not in arrays:
                raise RecipeError(
                    f"{recipe.name} needs column {column!r}; {dataset.name} has {', '.join(arrays)}"
                )
        known = known_rows(arrays, certain)
        if not known.all():
            gaps = [column for column in certain if not known_rows(arrays, [column]).all()]
            say(
                f"note: {split}: {np.count_nonzero(~known):,} of {len(known):,} rows dropped: "
                f"no value in {' or '.join(gaps)}"
            )
        if known.any():
            targets = _gathered(recipe, arrays, [*tensors.outputs], known)
            for name, array in targets.items():
                width = tensors.outputs[name].shape[-1] or 0
                if array.dtype.kind in "iu" and _takes_one_hot(
                    recipe.loss.get(name, ""), array, width
                ):
                    targets[name] = one_hot(array, width)
            result[split] = _gathered(recipe, arrays, [*tensors.inputs], known), targets
    return result


def _takes_one_hot(loss: str, ids: np.ndarray, width: int) -> bool:
    """Whether a loss of Keras compares rows of `width` chances with rows of as many."""
    return bool(loss) and not takes_ids(loss) and width > 1 and ids.shape[-1] == 1


def _wanted(recipe: Recipe, tensors: Tensors) -> list[str]:
    """The dataset columns that the recipe's model and its row weights read."""
    names = (*tensors.inputs, *tensors.outputs)
    columns = [column for name in names for column in columns_of(recipe, name)]
    return [*columns, recipe.sample_weight] if recipe.sample_weight else columns


def _certain(recipe: Recipe, tensors: Tensors) -> list[str]:
    """Those of the wanted columns in which a value must not be missing."""
    inputs = spec(recipe.architecture).inputs
    free = {column for each in inputs if each.missing for column in columns_of(recipe, each.name)}
    return [column for column in _wanted(recipe, tensors) if column not in free]


def row_weights(recipe: Recipe, dataset: Dataset, tensors: Tensors) -> dict[str, np.ndarray]:
    """Split -> the weight of each row that `feed` keeps, shape (rows,); empty without weights.

    Raises:
        RecipeError: the column has not one number a row, or one below 0.
    """
    if not recipe.sample_weight:
        return {}
    weights = {}
    for split, arrays in dataset.splits.items():
        known = known_rows(arrays, _certain(recipe, tensors))
        found = arrays[recipe.sample_weight][known]
        if not known.any():
            continue
        if found.size != len(found) or found.dtype.kind not in "iuf" or found.min() < 0:
            raise RecipeError(
                f"{recipe.name}: sample_weight needs one number from 0 up in each row; column "
                f"{recipe.sample_weight!r} of {dataset.name} has shape {found.shape}, values "
                f"from {found.min()}"
            )
        weights[split] = found.reshape(-1).astype(np.float32)
    return weights


def class_weights(recipe: Recipe, dataset: Dataset, targets: Arrays) -> dict[int, float] | None:
    """Class id -> weight, the classes by id or by the labels that the data has for them.

    Raises:
        RecipeError: the model has not one output of classes, or a class is not known.
    """
    if not recipe.class_weight:
        return None
    output, *others = targets
    held = targets[output]
    steps = held.ndim > 2 or (held.dtype.kind in "iu" and held.shape[1] > 1)
    if others or not classifies(recipe.loss[output]) or steps:
        raise RecipeError(f"{recipe.name}: class_weight needs a model with one output, of classes")
    labels = [*dataset.labels.get(output, ())]
    count = held.shape[1] if held.shape[1] > 1 else max(int(held.max()) + 1, 2, len(labels))
    known = [*map(str, range(count)), *labels]
    for name in recipe.class_weight:
        if name not in known:
            raise RecipeError(
                f"{recipe.name}, class_weight: {UnknownNameError('class', name, known)}"
            )
    weights = {known.index(name) % count: weight for name, weight in recipe.class_weight.items()}
    if len(weights) < len(recipe.class_weight):
        raise RecipeError(f"{recipe.name}, class_weight: a class is given twice, by id and label")
    if len(weights) == count and not any(weights.values()):
        raise RecipeError(
            f"{recipe.name}, class_weight: nothing is learned if every class weighs 0"
        )
    return weights


def one_hot(ids: np.ndarray, classes: int) -> np.ndarray:
    """Class ids (..., 1) as rows of zeros and a one: float32 (..., classes)."""
    return np.eye(classes, dtype=np.float32)[ids[..., 0]]


def known_rows(arrays: Arrays, columns: Sequence[str]) -> np.ndarray:
    """Which rows have a value in every one of `columns`, shape (rows,)."""
    known = np.ones(len(next(iter(arrays.values()))), bool)
    for column in columns:
        values = arrays[column].reshape(len(known), -1)
        if values.dtype.kind in "OU":
            continue  # a text says itself that there is none
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
