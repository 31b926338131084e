"""Which of a user's arrays or columns each of a model's tensors is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count, takewhile
from types import MappingProxyType
from typing import Any

import numpy as np

from zoo.core.errors import DataError, UnknownNameError
from zoo.experiments.feeding import columns_of
from zoo.recipes.recipe import Recipe
from zoo.training.arrays import as_arrays

Names = Mapping[str, tuple[str, ...]]  # tensor -> the columns that make it up, side by side
NO_NAMES: Names = MappingProxyType({})


def names_of(
    recipe: Recipe, tensors: Sequence[str], value: Any, *, least: int = 1
) -> dict[str, tuple[str, ...]]:
    """Tensor -> the columns of a DataFrame that make it up, if it is the only tensor of a side.

    Args:
        tensors: The side's.
        least: Fewer columns than these are told by their place.
    """
    columns = [*getattr(value, "columns", ())]
    named = columns and all(isinstance(each, str) for each in columns)
    if not named or len(tensors) != 1 or len({*columns}) < len(columns):
        return {}
    found = _parts(recipe, tensors[0], columns) or tuple(columns)
    return {tensors[0]: found} if len(found) >= least else {}


def is_table(value: Any) -> bool:
    """Whether arrays or columns are found in it by name."""
    return isinstance(value, Mapping) or hasattr(value, "columns")


def arrays_by_name(
    recipe: Recipe,
    names: Sequence[str],
    value: Any,
    side: str,
    *,
    both: bool = False,
    trained: Names = NO_NAMES,
) -> dict[str, Any]:
    """The arrays of one side by tensor name.

    Args:
        names: The side's tensors, in the model's order.
        value: An array where there is one tensor, a list in the model's order, a mapping by name,
            or a DataFrame with the tensors or the dataset's columns that they are made of.
        side: `input` or `target`, for messages.
        both: The table holds inputs and targets: columns serve by their names alone.
        trained: Tensor -> the columns that it was made of in training, where they have names:
            those of another DataFrame are found by them.

    Raises:
        DataError: a tensor has no array, or there are too many or too few.
    """
    if is_table(value):
        table = {str(key): value[key] for key in value}
        if len(names) == 1 and names[0] in trained and hasattr(value, "columns"):
            return {names[0]: _by_trained(recipe, names[0], trained[names[0]], value, both=both)}
        found = {name: _in_table(recipe, name, table) for name in names}
        missing = [name for name, array in found.items() if array is None]
        if missing and len(names) == 1 and not both and hasattr(value, "columns"):
            return {names[0]: as_arrays(value)}  # a table of nothing but this tensor's numbers
        if missing:
            hint = _hint(side, missing[0], table)
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


def _hint(kind: str, name: str, known: Iterable[str]) -> str:
    """Which of the names that are there may be the missing one."""
    return UnknownNameError(kind, name, known).hint.replace("did you mean", "is it")


def _by_trained(
    recipe: Recipe, name: str, trained: Sequence[str], frame: Any, *, both: bool
) -> Any:
    """A tensor's array: the columns that it was made of in training, in that order.

    Further columns are left alone only where training would have left them too: where those that
    are due have the tensor's or the dataset's own names, or the targets are among the others.
    """
    present = [str(column) for column in frame.columns]
    others = [column for column in present if column not in trained]
    missing = [column for column in trained if column not in present]
    if missing:
        hint = _hint("column", missing[0], others or present)
        raise DataError(
            f"column {missing[0]!r}, which the model was trained on, is missing from the data; "
            f"{hint}"
        )
    if _parts(recipe, name, trained):
        return _in_table(recipe, name, {column: frame[column] for column in trained})
    if others and not both:
        unknown = str(UnknownNameError("column", others[0], trained))
        raise DataError(unknown.replace("; ", ", which the model was not trained on; ", 1))
    return as_arrays(frame[[*trained]])


def _in_table(recipe: Recipe, name: str, table: Mapping[str, Any]) -> Any:
    """A tensor's array, of the columns that its name or the dataset says; or None."""
    arrays = [as_arrays(table[part]) for part in _parts(recipe, name, table)]
    if len(arrays) < 2:
        return arrays[0] if arrays else None
    return np.concatenate([each.reshape(len(each), -1) for each in arrays], axis=-1)


def _parts(recipe: Recipe, name: str, known: Collection[str]) -> tuple[str, ...]:
    """A tensor's columns: its own, the dataset's, or `NAME_0`, `NAME_1` ...; or none."""
    numbered = takewhile(known.__contains__, (f"{name}_{place}" for place in count()))
    choices = ((name,), columns_of(recipe, name), (*numbered,))
    return next((each for each in choices if each and all(part in known for part in each)), ())
