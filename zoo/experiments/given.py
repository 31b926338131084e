"""Data that a user gives in memory, under the names of a model's tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count, takewhile
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.baselines.estimators import classifies
from zoo.core.errors import DataError, UnknownNameError
from zoo.data.dataset import Arrays, Dataset
from zoo.data.references import trivial_scores
from zoo.experiments.feeding import Form, Tensors, columns_of, tensors_for
from zoo.experiments.fitted import as_days, as_target, as_tensor
from zoo.experiments.id_limits import id_limits
from zoo.experiments.record import RunRecord
from zoo.models.registry import spec
from zoo.models.spec import TensorSpec
from zoo.recipes.functions import custom
from zoo.recipes.recipe import Recipe
from zoo.training.arrays import as_arrays, is_stream, read

if TYPE_CHECKING:
    import keras

MEMORY = "memory"  # the source of such data, in run.json
SPLIT = "given"  # the split whose scores `evaluate` gives for rows
WEIGHTS = "sample_weight"  # the column of the rows' weights
HELD_OUT = 0.15  # of the rows, for validation, where neither recipe nor user says which
_REPORTS = ("", "images", "signals")  # the others need the labels of a dataset


def dataset_of(
    recipe: Recipe, data: Any, validation_data: Any, seed: int
) -> tuple[Recipe, Dataset]:
    """What a recipe is trained on and how, where the user gives the rows.

    Args:
        recipe: With the user's settings.
        data: (inputs, targets) or (inputs, targets, weights), both as arrays, lists of arrays,
            mappings by name or DataFrames; one mapping or DataFrame with all of them; or a
            finite `tf.data.Dataset` with batches of such pairs.
        validation_data: The same, or None.
        seed: Draws the rows that are held out, where no one says which.

    Returns:
        The recipe, with the sizes that the arrays decide, and the rows as a dataset whose columns
        have the names of the model's tensors.

    Raises:
        DataError: what does not fit.
    """
    data = _whole(recipe, data)
    recipe = replace(
        recipe,
        arguments={**_sizes(recipe, data), **recipe.arguments},
        report=recipe.report if recipe.report in _REPORTS else "",
        sample_weight="" if data[2] is None else WEIGHTS,
        stacked_on="",
    )
    tensors = tensors_for(recipe, {})
    whole = rows_of(recipe, tensors, data)
    rows = len(next(iter(whole.values())))
    splits, told = {"train": whole}, f"{rows:,} rows"
    if validation_data is not None:
        splits["validation"] = rows_of(recipe, tensors, validation_data)
        if (WEIGHTS in whole) != (WEIGHTS in splits["validation"]):
            raise DataError("give weights of the training and of the validation rows, or of none")
    elif not recipe.validation_split:
        held = round(HELD_OUT * rows) or 1
        if held == rows:
            raise DataError("1 row is too few to hold out a share of them for validation")
        order = np.random.default_rng(seed).permutation(rows)
        parts = {"train": np.sort(order[held:]), "validation": np.sort(order[:held])}
        splits = {
            part: {name: array[chosen] for name, array in whole.items()}
            for part, chosen in parts.items()
        }
        told += f", {held:,} of them held out for validation"
    return recipe, Dataset(
        name="the data in memory",
        source=MEMORY,
        splits=splits,
        references={"trivial": trivial_scores(splits, _kinds(recipe, whole))},
        origin=f"data: given in memory ({told})",
    )


def rows_of(recipe: Recipe, tensors: Tensors, data: Any) -> dict[str, np.ndarray]:
    """Inputs, targets and weights by name; `data` as in `dataset_of`.

    Raises:
        DataError: what does not fit.
    """
    x, y, weights = _whole(recipe, data)
    found = inputs_of(recipe, tensors, x, both=x is y)
    for name, value in _named(recipe, [*tensors.outputs], y, "target", both=x is y).items():
        found[name] = as_target(name, tensors.outputs[name], recipe.loss.get(name, ""), value)
    if weights is not None:
        found[WEIGHTS] = as_tensor("weights", Form((1,), "float32"), as_arrays(weights), "the")
        if found[WEIGHTS].min(initial=0) < 0:
            raise DataError(f"weights must be 0 or more, not {found[WEIGHTS].min():g}")
    counts = {name: len(array) for name, array in found.items()}
    if len({*counts.values()}) > 1:
        told = ", ".join(f"{name} {rows:,}" for name, rows in counts.items())
        raise DataError(f"the numbers of rows differ: {told}")
    if not any(counts.values()):
        raise DataError("the data has no rows")
    return found


def inputs_of(
    recipe: Recipe, tensors: Tensors, x: Any, *, both: bool = False
) -> dict[str, np.ndarray]:
    """Inputs by name, each of the shape and type that the model takes.

    Args:
        both: Whether `x` holds the targets too.

    Raises:
        DataError: what does not fit.
    """
    entry = spec(recipe.architecture)
    gaps = {each.name for each in entry.inputs if each.missing}
    dated = {each.name: each.format for each in entry.inputs if each.format}
    found = {}
    for name, array in _named(recipe, [*tensors.inputs], x, "input", both=both).items():
        value = as_days(name, dated[name], array) if name in dated else array
        found[name] = as_tensor(name, replace(tensors.inputs[name], missing=name in gaps), value)
    return found


def check_ids(model: keras.Model, inputs: Arrays) -> None:
    """Refuse ids that an embedding has no row for; on a GPU TensorFlow would take zeros.

    Raises:
        DataError: the message names the input and the ids that it takes.
    """
    for name, limit in id_limits(model).items():
        ids = inputs[name]
        wrong = ids[(ids < 0) | (ids >= limit)]
        if wrong.size:
            raise DataError(
                f"input {name!r} takes ids from 0 to {limit - 1:,}, not {int(wrong[0]):,}: the "
                "model has no more; arguments.NAME=SIZE makes a larger one"
            )


def both_given(names: Sequence[str]) -> DataError:
    """The error for rows and a single case in one call."""
    return DataError(f"give rows or one case ({', '.join(names)}), not both")


def record_data(record: RunRecord, data: Any, validation_data: Any) -> str | Dataset:
    """What a run was trained on: its source, or, given once more, the rows in memory.

    Raises:
        DataError: rows for a run that has a source, or none for one that has not.
    """
    if record.data.source != MEMORY:
        if data is not None:
            raise DataError(
                f"the run reads {record.data.name} ({record.data.source}) itself: leave data out"
            )
        return record.data.source
    if data is None:
        raise needed(record.recipe, "data=... as zoo.fit was given")
    _, dataset = dataset_of(record.recipe, data, validation_data, record.seed)
    return dataset


def needed(recipe: Recipe, how: str) -> DataError:
    """The error where the rows of a run are gone."""
    return DataError(
        f"{recipe.name} was trained on data given in memory, which no file holds: give it again, "
        f"in Python, with {how}"
    )


def _whole(recipe: Recipe, data: Any) -> tuple[Any, Any, Any]:
    """Inputs, targets and weights; a mapping or DataFrame of all tensors serves for both sides."""
    if is_stream(data):
        _check_batches(recipe, data)
        data = read(data)
    if is_table(data):
        return data, data, None
    if not isinstance(data, tuple | list) or len(data) not in (2, 3):
        what = f"{len(data)} parts" if isinstance(data, tuple | list) else type(data).__name__
        raise DataError(
            "data takes the name of a source, (inputs, targets), one mapping or DataFrame with "
            f"both, or a tf.data.Dataset of such pairs, not {what}"
        )
    x, y, weights = (*data, None)[:3]
    if x is None or y is None:
        raise DataError(f"data has no {'inputs' if x is None else 'targets'}")
    return x, y, weights


def is_table(value: Any) -> bool:
    """Whether arrays or columns are found in it by name."""
    return isinstance(value, Mapping) or hasattr(value, "columns")


def _check_batches(recipe: Recipe, stream: Any) -> None:
    """Refuse a `tf.data.Dataset` of single rows, whose axis 0 would be taken for the rows."""
    first = getattr(stream, "element_spec", None)
    while isinstance(first, Mapping | tuple) and first:
        first = next(iter(first.values() if isinstance(first, Mapping) else first))
    shape = getattr(first, "shape", None)
    expected = next(iter(tensors_for(recipe, {}).inputs.values())).shape
    if shape is not None and shape.rank == len(expected) and shape.rank and shape[0] is not None:
        raise DataError("the tf.data.Dataset gives single rows: call its batch() first")


def _named(
    recipe: Recipe, names: Sequence[str], value: Any, side: str, *, both: bool = False
) -> dict[str, Any]:
    """The arrays of one side by tensor name.

    Args:
        names: The side's tensors, in the model's order.
        value: An array where there is one tensor, a list in the model's order, a mapping by name,
            or a DataFrame with the tensors or the dataset's columns that they are made of.
        side: `input` or `target`, for messages.
        both: The table holds inputs and targets: columns serve by their names alone.

    Raises:
        DataError: a tensor has no array, or there are too many or too few.
    """
    if is_table(value):
        table = {str(key): value[key] for key in value}
        found = {name: _in_table(recipe, name, table) for name in names}
        missing = [name for name, array in found.items() if array is None]
        if missing and len(names) == 1 and not both and hasattr(value, "columns"):
            return {names[0]: as_arrays(value)}  # a table of nothing but this tensor's numbers
        if missing:
            unknown = UnknownNameError(side, missing[0], table)
            hint = str(unknown).partition("; ")[2].replace("did you mean", "is it")
            raise DataError(f"{side} {missing[0]!r} is missing from the data; {hint}")
        return found
    if len(names) == 1:
        held = as_arrays(value)
        return {names[0]: held[0] if isinstance(held, tuple) and len(held) == 1 else held}
    if isinstance(value, list | tuple) and len(value) == len(names):
        return {name: as_arrays(each) for name, each in zip(names, value, strict=True)}
    told = f"a list of {len(value)}" if isinstance(value, list | tuple) else "one array"
    raise DataError(
        f"{recipe.architecture} has the {side}s {', '.join(names)}: give arrays by name or as a "
        f"list in this order, not {told}"
    )


def _in_table(recipe: Recipe, name: str, table: Mapping[str, Any]) -> Any:
    """A tensor's array: its own column, the dataset's, or `NAME_0`, `NAME_1` ...; or None."""
    numbered = takewhile(table.__contains__, (f"{name}_{place}" for place in count()))
    for parts in ((name,), columns_of(recipe, name), (*numbered,)):
        if parts and all(part in table for part in parts):
            arrays = [as_arrays(table[part]) for part in parts]
            if len(arrays) == 1:
                return arrays[0]
            return np.concatenate([each.reshape(len(each), -1) for each in arrays], axis=-1)
    return None


def _sizes(recipe: Recipe, data: tuple[Any, Any, Any]) -> dict[str, Any]:
    """Builder arguments that the arrays decide: those that size an axis of a tensor.

    The number of classes follows from one-hot rows alone: among ids the highest may be missing.
    """
    entry = spec(recipe.architecture)
    present = tensors_for(recipe, {})
    found: dict[str, Any] = {}
    for side, tensors, forms, value in (
        ("input", entry.inputs, present.inputs, data[0]),
        ("target", entry.outputs, present.outputs, data[1]),
    ):
        named = _named(recipe, [*forms], value, side, both=data[0] is data[1])
        for tensor in tensors:
            shape = getattr(named.get(tensor.name), "shape", ())[1:]
            if len(shape) == len(forms.get(tensor.name, Form((), "")).shape):
                found = {**_sized(tensor, shape, entry.defaults, side == "target"), **found}
    return found


def _sized(
    tensor: TensorSpec, shape: tuple[int, ...], defaults: Mapping[str, Any], target: bool
) -> dict[str, Any]:
    """Argument -> size, of one tensor; an argument for any length keeps its None."""
    if target and shape[-1:] == (1,):
        return {}
    (first, *others) = tensor.shape
    if isinstance(first, str) and not others and isinstance(defaults[first], tuple):
        return {first: shape}
    pairs = zip(tensor.shape, shape, strict=False)
    return {
        axis: size for axis, size in pairs if isinstance(axis, str) and type(defaults[axis]) is int
    }


def _kinds(recipe: Recipe, rows: Arrays) -> dict[str, str]:
    """Target -> what it holds, for the trivial scores: only of one value a row."""
    found = {}
    for name, loss in recipe.loss.items():
        if name in rows and rows[name].shape[1:] == (1,) and not custom(loss):
            ids = rows[name].dtype.kind in "iu"
            found[name] = "classes" if ids else "binary" if classifies(loss) else "number"
    return found
