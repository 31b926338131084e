"""An architecture's ports at given builder arguments, and the arguments that size them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.core.errors import BuildError, ZooError
from zoo.data.csv import damage
from zoo.data.text.texts import VOCABULARIES
from zoo.models.abstract_build import abstract_build
from zoo.models.registry import build
from zoo.models.spec import ModelSpec, TensorSpec
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import recipe as find_recipe

MOST_COLUMNS = 4096  # a wider table is not for people, nor is a longer text
SPARSE = "sparse_categorical_crossentropy"
LENGTH = 12  # time steps of the example where the architecture takes any number


@dataclass(frozen=True)
class Sized:
    """The ports and parameters of a model at given arguments."""

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    count: int


def base_recipe(entry: ModelSpec) -> Recipe | None:
    """The recipe that a project of this architecture starts from, if it has one."""
    return find_recipe(entry.recipe) if entry.recipe else None


def sized_at(entry: ModelSpec, arguments: Mapping[str, Any]) -> Sized:
    """The ports that the model has at these arguments, in the card's words where it has them."""
    with abstract_build():
        model = build(entry.name, **arguments)
    known = {port.name: port for port in (*entry.inputs, *entry.outputs)}

    def ports(tensors: Sequence[Any], names: Sequence[str]) -> tuple[TensorSpec, ...]:
        return tuple(
            dataclasses.replace(
                known.get(name, TensorSpec(name, ())), shape=tuple(tensor.shape[1:])
            )
            for tensor, name in zip(tensors, names, strict=True)
        )

    from zoo.training.engine import output_names

    return Sized(
        ports(model.inputs, [tensor.name for tensor in model.inputs]),
        ports(model.outputs, output_names(model)),
        model.count_params(),
    )


def with_side(sized: Sized) -> list[tuple[TensorSpec, bool]]:
    """Every port, and whether it is an output."""
    return [(port, False) for port in sized.inputs] + [(port, True) for port in sized.outputs]


def loss_of(entry: ModelSpec, port: TensorSpec) -> str:
    """The recipe's loss of an output; without one, what its unit suggests."""
    recipe = base_recipe(entry)
    if recipe and port.name in recipe.loss:
        return recipe.loss[port.name]
    if port.unit != "probability":
        return "mse"
    return "binary_crossentropy" if port.shape[-1] == 1 else SPARSE


def value_shape(entry: ModelSpec, port: TensorSpec, target: bool) -> tuple[int, ...]:
    """Shape of what the table gives for a port: a class in place of its probabilities."""
    if port.text:
        return (1,)
    shape = tuple(LENGTH if size is None else size for size in port.shape)
    if target and loss_of(entry, port) == SPARSE:
        return shape[:-1] or (1,)  # pyright: ignore[reportReturnType]
    return shape  # pyright: ignore[reportReturnType]


def needed_columns(entry: ModelSpec, port: TensorSpec, target: bool) -> int:
    """How many columns of a table a port takes."""
    return math.prod(value_shape(entry, port, target))


def lengths_for(
    entry: ModelSpec, arguments: Mapping[str, Any], wanted: Mapping[str, int]
) -> dict[str, int]:
    """The builder arguments that make ports take `wanted` steps, or the fewest from there on.

    Args:
        wanted: Input port -> steps; ports may share an argument.
    """
    found: dict[str, int] = {}
    for port, length in wanted.items():
        argument = argument_named(entry, port, "length")
        found[argument] = max(length, found.get(argument, 0))
    for argument, length in found.items():
        for longer in range(length, MOST_COLUMNS):  # what cannot be built is refused at once
            with suppress(BuildError):
                sized_at(entry, {**arguments, **found, argument: longer})
                found[argument] = longer
                break
    return found


def vocabulary_sizes(
    entry: ModelSpec, sized: Sized, arguments: Mapping[str, Any]
) -> dict[str, str]:
    """Builder argument -> vocabulary that decides it."""
    sizes = {}
    for port in sized.inputs:
        if port.text in VOCABULARIES:
            stem = "vocabulary" if port.text == "words" else "alphabet"
            sizes[argument_named(entry, port.name, stem)] = VOCABULARIES[port.text]
        elif port.dtype.startswith("int") and f"n_{port.vocabulary}s" in entry.defaults:
            sizes[f"n_{port.vocabulary}s"] = port.vocabulary
    for port in sized.outputs:
        if loss_of(entry, port) == SPARSE:
            argument = _argument_of(entry, port, -1, arguments)
            if argument:
                sizes[argument] = port.name
    return sizes


def widened(
    entry: ModelSpec,
    port: TensorSpec,
    target: bool,
    wide: int,
    arguments: Mapping[str, Any],
    path: Path,
) -> dict[str, Any]:
    """The argument that gives a port as many values as the table has columns for it."""
    needed = needed_columns(entry, port, target)
    others = needed // (port.shape[0] or LENGTH)  # pyright: ignore[reportOperatorIssue]
    if wide % others == 0:
        argument = _argument_of(entry, port, 0, arguments)
        if argument:
            return {argument: wide // others}
    raise damage(
        path,
        f"{entry.name} takes {needed:,} columns for its port {port.name!r} {port.shape}, and here "
        f"are {wide:,}; change the number of columns, or the builder's sizes with --set",
        1,
        port.name,
    )


def argument_named(entry: ModelSpec, port: str, what: str) -> str:
    """The builder argument that is a port's `length`, say: its own, the model's, or none: ""."""
    names = (f"{port}_{what}", what)
    return next((name for name in names if name in entry.defaults), "")


def _argument_of(
    entry: ModelSpec, port: TensorSpec, axis: int, arguments: Mapping[str, Any]
) -> str:
    """The builder argument that is the size of one axis of a port, found by trying, or ""."""
    for argument, default in entry.defaults.items():
        value = arguments.get(argument, default)
        if value is None and argument == "length":
            value = LENGTH
        if not isinstance(value, int) or isinstance(value, bool):
            continue
        try:
            sized = sized_at(entry, {**arguments, argument: value + 7})  # which little else adds
        except ZooError:
            continue
        now = next(each for each, _ in with_side(sized) if each.name == port.name)
        if len(now.shape) == len(port.shape) and port.shape[axis] != now.shape[axis] == value + 7:
            return argument
    return ""
