"""Data that a user gives in memory, under the names of a model's tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.baselines.estimators import classifies
from zoo.core.errors import DataError
from zoo.data.dataset import Arrays, Dataset
from zoo.data.references import trivial_scores
from zoo.experiments.by_name import NO_NAMES, Names, arrays_by_name, is_table, names_of
from zoo.experiments.feeding import Form, Tensors, tensors_for
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
    names = _names(recipe, tensors, data)
    rows = len(next(iter(whole.values())))
    splits, told = {"train": whole}, f"{rows:,} rows"
    if validation_data is not None:
        splits["validation"] = rows_of(recipe, tensors, validation_data, names)
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
        names=names,
    )


def _names(recipe: Recipe, tensors: Tensors, data: tuple[Any, Any, Any]) -> Names:
    """Tensor -> the columns of the DataFrames that it was made of, where they have names."""
    x, y, _ = data
    made = names_of(recipe, [*tensors.inputs], x)
    return {**made, **names_of(recipe, [*tensors.outputs], y, least=2)}


def rows_of(
    recipe: Recipe, tensors: Tensors, data: Any, names: Names = NO_NAMES
) -> dict[str, np.ndarray]:
    """Inputs, targets and weights by name; `data` as in `dataset_of`, `names` as in `inputs_of`.

    Raises:
        DataError: what does not fit.
    """
    x, y, weights = _whole(recipe, data)
    found = inputs_of(recipe, tensors, x, both=x is y, names=names)
    targets = arrays_by_name(recipe, [*tensors.outputs], y, "target", both=x is y, trained=names)
    for name, value in targets.items():
        found[name] = as_target(name, tensors.outputs[name], recipe.loss.get(name, ""), value)
    if weights is not None:
        found[WEIGHTS] = as_tensor("weights", Form((1,), "float32"), as_arrays(weights), "the")
        if found[WEIGHTS].min(initial=0) < 0:
            raise DataError(f"weights must be 0 or more, not {found[WEIGHTS].min():g}")
    _check_rows(found)
    return found


def inputs_of(
    recipe: Recipe, tensors: Tensors, x: Any, *, both: bool = False, names: Names = NO_NAMES
) -> dict[str, np.ndarray]:
    """Inputs by name, each of the shape and type that the model takes.

    Args:
        x: As in `dataset_of`; of a `tf.data.Dataset` with targets the inputs are taken.
        both: Whether `x` holds the targets too.
        names: The columns of the DataFrames that the tensors were made of in training, if any:
            those of another DataFrame are then found by name.

    Raises:
        DataError: what does not fit.
        TrainingError: `x` comes batch by batch and cannot be read.
    """
    x = _read_inputs(recipe, x)
    entry = spec(recipe.architecture)
    gaps = {each.name for each in entry.inputs if each.missing}
    dated = {each.name: each.format for each in entry.inputs if each.format}
    given = arrays_by_name(recipe, [*tensors.inputs], x, "input", both=both, trained=names)
    found = {}
    for name, array in given.items():
        value = as_days(name, dated[name], array) if name in dated else array
        found[name] = as_tensor(name, replace(tensors.inputs[name], missing=name in gaps), value)
    _check_rows(found)
    return found


def _check_rows(found: Arrays) -> None:
    """Refuse arrays without rows, or with different numbers of them."""
    counts = {name: len(array) for name, array in found.items()}
    if len({*counts.values()}) > 1:
        told = ", ".join(f"{name} {rows:,}" for name, rows in counts.items())
        raise DataError(f"the numbers of rows differ: {told}")
    if not any(counts.values()):
        raise DataError("the data has no rows")


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
    return _read_inputs(recipe, x), y, weights


def _read_inputs(recipe: Recipe, x: Any) -> Any:
    """The inputs of a `tf.data.Dataset`, with or without targets, as arrays; others as they are."""
    if not is_stream(x):
        return x
    _check_batches(recipe, x)
    whole = read(x)
    return whole[0] if isinstance(whole, tuple) else whole


def _check_batches(recipe: Recipe, stream: Any) -> None:
    """Refuse a `tf.data.Dataset` of single rows, whose axis 0 would be taken for the rows."""
    first = getattr(stream, "element_spec", None)
    while isinstance(first, Mapping | tuple) and first:
        first = next(iter(first.values() if isinstance(first, Mapping) else first))
    shape = getattr(first, "shape", None)
    expected = next(iter(tensors_for(recipe, {}).inputs.values())).shape
    if shape is not None and shape.rank == len(expected) and shape.rank and shape[0] is not None:
        raise DataError("the tf.data.Dataset gives single rows: call its batch() first")


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
        named = arrays_by_name(recipe, [*forms], value, side, both=data[0] is data[1])
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
