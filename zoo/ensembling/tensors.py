"""Which inputs and outputs of several models belong together: by name, or by place without one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from zoo._keras import keras
from zoo.core.errors import BuildError
from zoo.inspection.diagram.graph import stable_names
from zoo.training.inference import output_names

Tensor = Any
AUTOMATIC = re.compile(r"(keras_tensor|input_layer)(_\d+)?(CLONE)?")  # names that Keras makes up


def output_tensors(model: keras.Model) -> dict[str, Tensor]:
    """A model's output tensors by name: the dict's keys, or the output layers' names.

    Several outputs of one layer are numbered: `memory`, `memory_2`.
    """
    return named_outputs(model, outputs_of(model))


def outputs_of(model: keras.Model) -> Any:
    """The outputs as the model gives them; a Sequential one has no `output` until called."""
    return model.outputs if isinstance(model, keras.Sequential) else model.output


def named_outputs(model: keras.Model, outputs: Any, *, stable: bool = False) -> dict[str, Tensor]:
    """Outputs that a model gives, by name, in its order.

    Args:
        stable: Number the names that Keras made up anew, so that equal models have equal names.
    """
    if isinstance(outputs, dict):
        return dict(outputs)
    names = output_names(model)
    if stable:
        makers = {tensor._keras_history.operation.name: tensor for tensor in model.outputs}
        made = [makers[name]._keras_history.operation for name in makers]
        renamed = dict(zip(makers, stable_names(made), strict=True))
        names = [renamed.get(name, name) for name in names]
    return dict(zip(_distinct(names), keras.tree.flatten(outputs), strict=True))


def named_alike(models: Sequence[keras.Model]) -> bool:
    """Whether the outputs of all models have the same names as they are.

    Raises:
        BuildError: they differ, and not in what Keras made up alone.
    """
    if _same([list(output_tensors(model)) for model in models]):
        return True
    stable = [list(named_outputs(model, outputs_of(model), stable=True)) for model in models]
    if not _same(stable):
        raise BuildError(_differ("outputs", models, stable))
    return False


def named_inputs(models: Sequence[keras.Model]) -> list[dict[str, Tensor]]:
    """Each model's input tensors by name, in its own order; unnamed ones by their place.

    Raises:
        BuildError: a model has other inputs than the first.
    """
    found = []
    for model in models:
        unnamed = 0
        names = []
        for tensor in model.inputs:
            automatic = AUTOMATIC.fullmatch(tensor.name)
            unnamed += automatic is not None
            names.append(f"input {unnamed}" if automatic else tensor.name)
        found.append(dict(zip(_distinct(names), model.inputs, strict=True)))
    if not _same([list(each) for each in found]):
        raise BuildError(_differ("inputs", models, [list(each) for each in found]))
    return found


def merged(what: str, tensors: Sequence[Tensor]) -> tuple[int | None, ...]:
    """Each size that any of the tensors fixes, the batch's apart; None where none does.

    Raises:
        BuildError: two of them fix different ones.
    """
    shapes = [tuple(tensor.shape[1:]) for tensor in tensors]
    fixed = [{size for size in sizes if size is not None} for sizes in zip(*shapes, strict=False)]
    if len({len(shape) for shape in shapes}) > 1 or any(len(sizes) > 1 for sizes in fixed):
        told = " and ".join(map(str, dict.fromkeys(shapes)))
        raise BuildError(f"cannot combine the models: {what} differs, {told}")
    return tuple(next(iter(sizes), None) for sizes in fixed)


def _same(names: Sequence[Sequence[str]]) -> bool:
    return all(sorted(each) == sorted(names[0]) for each in names)


def _differ(kind: str, models: Sequence[keras.Model], names: Sequence[Sequence[str]]) -> str:
    other = next(at for at, each in enumerate(names) if not _same([names[0], each]))
    first, second = (", ".join(names[at]) for at in (0, other))
    return (
        f"cannot combine {models[0].name} and {models[other].name}: their {kind} differ, "
        f"{first} and {second}"
    )


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, those that come again numbered from 2."""
    found: list[str] = []
    for name in names:
        number, distinct = 1, name
        while distinct in found or (number > 1 and distinct in names):
            number += 1
            distinct = f"{name}_{number}"
        found.append(distinct)
    return found
