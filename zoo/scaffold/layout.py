"""How an architecture's ports lie in a CSV table, and which builder arguments make them fit."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.data.csvtext import damage
from zoo.data.table import SPLIT, CsvTable, Field, vocabulary
from zoo.errors import BuildError, UnknownNameError, ZooError
from zoo.recipe import Recipe
from zoo.recipe import recipe as find_recipe
from zoo.registry import Architecture, Port, build, list_models, spec
from zoo.unallocated import unallocated

MOST_COLUMNS = 4096  # a wider table is not for people
HANDY = 128  # columns from which on the example takes the architecture's small size
SPARSE = "sparse_categorical_crossentropy"
IDS, CLASSES = 12, 3  # words of the example's vocabularies, of inputs and of outputs
LENGTH = 12  # time steps of the example where the architecture takes any number


@dataclass(frozen=True)
class Layout:
    """An architecture fitted to a table.

    Attributes:
        entry: The architecture that the project starts from.
        arguments: Builder arguments that differ from its defaults.
        inputs, outputs: The ports at these arguments.
        count: Parameters at these arguments.
        losses: Output port -> Keras loss.
        fields: Port -> what it takes from the table.
        sizes: Builder argument -> vocabulary whose length decides it when data is loaded.
    """

    entry: Architecture
    arguments: dict[str, Any]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    count: int
    losses: dict[str, str]
    fields: dict[str, Field]
    sizes: dict[str, str]

    @property
    def columns(self) -> list[str]:
        """All columns of the table, inputs first."""
        return list(dict.fromkeys(name for each in self.fields.values() for name in each.columns))


@dataclass(frozen=True)
class _Sized:
    """The ports and parameters of a model at given arguments."""

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    count: int


def base_recipe(entry: Architecture) -> Recipe | None:
    """The recipe that a project of this architecture starts from, if it has one."""
    return find_recipe(entry.recipe) if entry.recipe else None


def usable() -> list[str]:
    """Names of the architectures whose ports hold numbers, classes or ids alone."""
    return [name for name in list_models() if not _obstacle(spec(name))]


def example_layout(entry: Architecture, given: Mapping[str, Any]) -> Layout:
    """The layout of an example table: at the recipe's arguments, or small where that is wide.

    Args:
        given: Builder arguments that the user sets.

    Raises:
        BuildError: the architecture reads what a table of numbers cannot hold.
    """
    _refuse_unusable(entry)
    recipe = base_recipe(entry)
    chosen = dict(recipe.arguments) if recipe else {}
    sized = _sized(entry, {**chosen, **given})
    if _width(entry, sized) > HANDY:
        chosen |= entry.tiny
        sized = _sized(entry, {**chosen, **given})
    if _width(entry, sized) > MOST_COLUMNS:
        raise BuildError(
            f"{entry.name} would need a table of {_width(entry, sized):,} columns, more than "
            f"{MOST_COLUMNS:,}; give it smaller sizes with --set"
        )
    if "length" in entry.defaults and any(None in port.shape for port in sized.inputs):
        chosen["length"] = LENGTH
    arguments = {**chosen, **given}
    sizes = _vocabulary_sizes(entry, _sized(entry, arguments), arguments)
    inputs = {port.vocabulary for port in entry.inputs}
    small = {key: IDS if name in inputs else CLASSES for key, name in sizes.items()}
    arguments = {**arguments, **small, **given}
    sized = _sized(entry, arguments)
    fields = {
        port.name: _field(entry, port, _column_names(entry, port, target), target)
        for port, target in _with_side(sized)
    }
    return _finished(entry, arguments, sized, fields, sizes)


def table_layout(
    entry: Architecture,
    path: Path,
    columns: Mapping[str, Sequence[str]],
    given: Mapping[str, Any],
) -> Layout:
    """The layout that fits a user's own table.

    Args:
        columns: Port -> columns, where the user says so; others are found by name.
        given: Builder arguments that the user sets.

    Raises:
        BuildError: the architecture reads what a table of numbers cannot hold, or cannot be
            made as wide as the table is.
        DataError: a column is missing; file, line and column are named.
        UnknownNameError: `columns` names no port.
    """
    _refuse_unusable(entry)
    recipe = base_recipe(entry)
    arguments = {**(recipe.arguments if recipe else {}), **given}
    sized = _sized(entry, arguments)
    ports = [port.name for port, _ in _with_side(sized)]
    for name in columns:
        if name not in ports:
            raise UnknownNameError(f"port of {entry.name}", name, ports)
    table = CsvTable(path)
    found = _found(entry, sized, table, columns)
    fields: dict[str, Field] = {}
    for port, target in _with_side(sized):
        fields[port.name] = _field(entry, port, found[port.name], target)
    sizes = _vocabulary_sizes(entry, sized, arguments)
    for argument, name in sizes.items():
        words = [
            word
            for field in fields.values()
            if field.vocabulary == name
            for column in field.columns
            for word in table.words(column)
        ]
        arguments[argument] = len(vocabulary(words))
    for port, target in _with_side(sized):
        if _needed(entry, port, target) != len(found[port.name]):
            arguments |= _widened(entry, port, target, len(found[port.name]), arguments, path)
    sized = _sized(entry, arguments)
    fields = {
        port.name: _field(entry, port, found[port.name], target)
        for port, target in _with_side(sized)
    }
    return _finished(entry, arguments, sized, fields, sizes)


def _finished(
    entry: Architecture,
    arguments: Mapping[str, Any],
    sized: _Sized,
    fields: dict[str, Field],
    sizes: dict[str, str],
) -> Layout:
    for port, target in _with_side(sized):
        columns = len(fields[port.name].columns)
        if _needed(entry, port, target) != columns:
            raise BuildError(
                f"{entry.name} takes {_needed(entry, port, target):,} columns for its port "
                f"{port.name!r}, not {columns:,}"
            )
    changed = {key: value for key, value in arguments.items() if entry.defaults[key] != value}
    losses = {port.name: _loss(entry, port) for port in sized.outputs}
    return Layout(entry, changed, sized.inputs, sized.outputs, sized.count, losses, fields, sizes)


def _obstacle(entry: Architecture) -> str:
    """Why a table cannot feed this architecture; empty if it can."""
    if not entry.count:
        return "has no weights to train"
    for port in entry.inputs:
        if port.vocabulary == "word":
            return f"reads text at its port {port.name!r}, which a table of numbers does not hold"
        if None in port.shape and "length" not in entry.defaults:
            return f"has no fixed size at its port {port.name!r}"
    return ""


def _refuse_unusable(entry: Architecture) -> None:
    reason = _obstacle(entry)
    if reason:
        raise BuildError(f"{entry.name} {reason}; --from takes {', '.join(usable())}")


def _sized(entry: Architecture, arguments: Mapping[str, Any]) -> _Sized:
    """The ports that the model has at these arguments, in the card's words where it has them."""
    with unallocated():
        model = build(entry.name, **arguments)
    known = {port.name: port for port in (*entry.inputs, *entry.outputs)}

    def ports(tensors: Sequence[Any], names: Sequence[str]) -> tuple[Port, ...]:
        return tuple(
            dataclasses.replace(known.get(name, Port(name, ())), shape=tuple(tensor.shape[1:]))
            for tensor, name in zip(tensors, names, strict=True)
        )

    from zoo.training.engine import output_names

    return _Sized(
        ports(model.inputs, [tensor.name for tensor in model.inputs]),
        ports(model.outputs, output_names(model)),
        model.count_params(),
    )


def _with_side(sized: _Sized) -> list[tuple[Port, bool]]:
    """Every port, and whether it is an output."""
    return [(port, False) for port in sized.inputs] + [(port, True) for port in sized.outputs]


def _loss(entry: Architecture, port: Port) -> str:
    """The recipe's loss of an output; without one, what its unit suggests."""
    recipe = base_recipe(entry)
    if recipe and port.name in recipe.loss:
        return recipe.loss[port.name]
    if port.unit != "probability":
        return "mse"
    return "binary_crossentropy" if port.shape[-1] == 1 else SPARSE


def _value_shape(entry: Architecture, port: Port, target: bool) -> tuple[int, ...]:
    """Shape of what the table gives for a port: a class in place of its probabilities."""
    shape = tuple(LENGTH if size is None else size for size in port.shape)
    if target and _loss(entry, port) == SPARSE:
        return shape[:-1] or (1,)
    return shape


def _needed(entry: Architecture, port: Port, target: bool) -> int:
    return math.prod(_value_shape(entry, port, target))


def _width(entry: Architecture, sized: _Sized) -> int:
    return sum(_needed(entry, port, target) for port, target in _with_side(sized))


def _column_names(entry: Architecture, port: Port, target: bool) -> tuple[str, ...]:
    """Names for the columns of a port: the recipe's own, else by number."""
    needed = _needed(entry, port, target)
    recipe = base_recipe(entry)
    known = recipe.columns.get(port.name, ()) if recipe else ()
    if len(known) == needed:
        return tuple(known)
    return (port.name,) if needed == 1 else tuple(f"{port.name}_{at}" for at in range(needed))


def _field(entry: Architecture, port: Port, columns: tuple[str, ...], target: bool) -> Field:
    shape = _value_shape(entry, port, target)
    shape = () if len(shape) == 1 else shape
    if port.dtype.startswith("int"):
        return Field(columns, "label", shape, port.vocabulary or port.name, target)
    loss = _loss(entry, port) if target else ""
    if loss == SPARSE:
        return Field(columns, "label", shape, port.name, target)
    kind = "flag" if loss == "binary_crossentropy" else "number"
    return Field(columns, kind, shape, "", target)


def _found(
    entry: Architecture, sized: _Sized, table: CsvTable, given: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Port -> columns of the table."""
    found: dict[str, tuple[str, ...]] = {}
    recipe = base_recipe(entry)
    for port, _ in _with_side(sized):
        known = tuple(recipe.columns.get(port.name, ())) if recipe else ()
        numbered = [
            name for name in table.header if re.fullmatch(rf"{re.escape(port.name)}_\d+", name)
        ]
        if port.name in given:
            found[port.name] = tuple(given[port.name])
        elif known and set(known) <= set(table.header):
            found[port.name] = known
        elif port.name in table.header:
            found[port.name] = (port.name,)
        elif numbered:
            found[port.name] = tuple(sorted(numbered, key=lambda name: int(name.split("_")[-1])))
    missing = [port for port, _ in _with_side(sized) if port.name not in found]
    inputs = [port for port in missing if port in sized.inputs]
    if len(inputs) == 1 and inputs == missing and not inputs[0].dtype.startswith("int"):
        taken = {SPLIT, *(name for names in found.values() for name in names)}
        rest = tuple(name for name in table.header if name not in taken)
        if rest:
            found[inputs[0].name] = rest
            missing = []
    if missing:
        port = missing[-1]
        side = "input" if port in sized.inputs else "output"
        meaning = f", {port.meaning}" if port.meaning else ""
        raise damage(
            table.path,
            f"no column {port.name!r} for this {side} of {entry.name}{meaning}; found: "
            f"{', '.join(table.header[:8])}; name others with --columns {port.name}=COLUMN,...",
            1,
            port.name,
        )
    for names in found.values():
        for name in names:
            table.words(name)  # refuses a column that is missing or has empty cells
    return found


def _vocabulary_sizes(
    entry: Architecture, sized: _Sized, arguments: Mapping[str, Any]
) -> dict[str, str]:
    """Builder argument -> vocabulary that decides it."""
    sizes = {}
    for port in sized.inputs:
        if port.dtype.startswith("int") and f"n_{port.vocabulary}s" in entry.defaults:
            sizes[f"n_{port.vocabulary}s"] = port.vocabulary
    for port in sized.outputs:
        if _loss(entry, port) == SPARSE:
            argument = _argument_of(entry, port, -1, arguments)
            if argument:
                sizes[argument] = port.name
    return sizes


def _widened(
    entry: Architecture,
    port: Port,
    target: bool,
    wide: int,
    arguments: Mapping[str, Any],
    path: Path,
) -> dict[str, Any]:
    """The argument that gives a port as many values as the table has columns for it."""
    needed = _needed(entry, port, target)
    others = needed // (port.shape[0] or LENGTH)
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


def _argument_of(entry: Architecture, port: Port, axis: int, arguments: Mapping[str, Any]) -> str:
    """The builder argument that is the size of one axis of a port, found by trying, or ""."""
    for argument, default in entry.defaults.items():
        value = arguments.get(argument, default)
        if value is None and argument == "length":
            value = LENGTH
        if not isinstance(value, int) or isinstance(value, bool):
            continue
        try:
            sized = _sized(entry, {**arguments, argument: value + 7})  # which little else adds
        except ZooError:
            continue
        now = next(each for each, _ in _with_side(sized) if each.name == port.name)
        if len(now.shape) == len(port.shape) and now.shape[axis] == value + 7:
            return argument
    return ""
