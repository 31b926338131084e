"""How an architecture's ports lie in a CSV table, and which builder arguments make them fit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.core.errors import BuildError, UnknownNameError
from zoo.data.csv import Table, damage, read_csv
from zoo.data.tabular import SPLIT, Field, read_splits, sentences
from zoo.data.text.texts import steps
from zoo.data.text.word_vectors import WIDTH
from zoo.data.text.words import SPECIAL
from zoo.models.registry import list_models, spec
from zoo.models.spec import ModelSpec, TensorSpec
from zoo.scaffold.sizes import (
    LENGTH,
    MOST_COLUMNS,
    SPARSE,
    Sized,
    argument_named,
    base_recipe,
    lengths_for,
    loss_of,
    needed_columns,
    sized_at,
    value_shape,
    vocabulary_sizes,
    widened,
    with_side,
)

HANDY = 128  # columns from which on the example takes the architecture's small size
IDS, CLASSES = 12, 3  # words of the example's vocabularies, of inputs and of outputs
LETTERS = 48  # characters of a text in the example
MOST_STEPS = 200  # words or characters of a text that are read, unless the user says otherwise
WORDS = ("ash", "elm", "fir", "oak", "yew", "beech", "birch", "cedar", "hazel", "larch", "pine")


@dataclass(frozen=True)
class Layout:
    """An architecture fitted to a table.

    Attributes:
        entry: The architecture that the project starts from.
        arguments: Builder arguments that differ from its defaults.
        inputs, outputs: The ports at these arguments.
        count: Parameters at these arguments.
        losses: Output port -> Keras loss.
        fields: TensorSpec -> what it takes from the table.
        sizes: Builder argument -> vocabulary whose length decides it when data is loaded.
    """

    entry: ModelSpec
    arguments: dict[str, Any]
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    count: int
    losses: dict[str, str]
    fields: dict[str, Field]
    sizes: dict[str, str]

    @property
    def columns(self) -> list[str]:
        """All columns of the table, inputs first."""
        return list(dict.fromkeys(name for each in self.fields.values() for name in each.columns))


def usable() -> list[str]:
    """Names of the architectures whose ports hold numbers, classes, ids or texts."""
    return [name for name in list_models() if not _obstacle(spec(name))]


def example_layout(entry: ModelSpec, given: Mapping[str, Any]) -> Layout:
    """The layout of an example table: at the recipe's arguments, or small where that is wide.

    Args:
        given: Builder arguments that the user sets.

    Raises:
        BuildError: the architecture reads what a table cannot hold.
    """
    _refuse_unusable(entry)
    recipe = base_recipe(entry)
    chosen = dict(recipe.arguments) if recipe else {}
    sized = sized_at(entry, {**chosen, **given})
    if _width(entry, sized) > HANDY:
        chosen |= entry.tiny
        sized = sized_at(entry, {**chosen, **given})
    if _width(entry, sized) > MOST_COLUMNS:
        raise BuildError(
            f"{entry.name} would need a table of {_width(entry, sized):,} columns, more than "
            f"{MOST_COLUMNS:,}; give it smaller sizes with --set"
        )
    wanted = {
        port.name: LETTERS if port.text == "characters" else LENGTH
        for port in sized.inputs
        if port.text or None in port.shape
    }
    arguments = {**chosen, **lengths_for(entry, {**chosen, **given}, wanted), **given}
    sizes = vocabulary_sizes(entry, sized_at(entry, arguments), arguments)
    known = {port.vocabulary: IDS for port in entry.inputs}
    known |= {"word": len(SPECIAL) + len(WORDS), "character": len(set(" ".join(WORDS)))}
    small = {key: known.get(name, CLASSES) for key, name in sizes.items()}
    arguments = {**arguments, **small, **given}
    sized = sized_at(entry, arguments)
    columns = {port.name: _column_names(entry, port, target) for port, target in with_side(sized)}
    fields = _fields(entry, sized, columns)
    return _finished(entry, arguments, sized, fields, sizes)


def table_layout(
    entry: ModelSpec,
    path: Path,
    columns: Mapping[str, Sequence[str]],
    given: Mapping[str, Any],
) -> Layout:
    """The layout that fits a user's own table.

    Args:
        columns: TensorSpec -> columns, where the user says so; others are found by name.
        given: Builder arguments that the user sets.

    Raises:
        BuildError: the architecture reads what a table cannot hold, or cannot be made as wide
            as the table is.
        DataError: the file or a column is missing, or a cell cannot be read; file, line and
            column are named.
        UnknownNameError: `columns` names no port.
    """
    _refuse_unusable(entry)
    recipe = base_recipe(entry)
    arguments = {**(recipe.arguments if recipe else {}), **given}
    sized = sized_at(entry, arguments)
    ports = [port.name for port, _ in with_side(sized)]
    for name in columns:
        if name not in ports:
            raise UnknownNameError(f"port of {entry.name}", name, ports)
    table = read_csv(path)
    found = _found(entry, sized, table, columns)
    longest = {
        port.name: _longest(table, port, found[port.name]) for port in sized.inputs if port.text
    }
    arguments = {**arguments, **lengths_for(entry, arguments, longest), **given}
    for port, target in with_side(sized):
        if needed_columns(entry, port, target) != len(found[port.name]):
            arguments |= widened(entry, port, target, len(found[port.name]), arguments, path)
    sized = sized_at(entry, arguments)
    fields = _fields(entry, sized, found)
    sizes = vocabulary_sizes(entry, sized, arguments)
    _, vocabularies = read_splits(table, fields)
    arguments |= {argument: len(vocabularies[name]) for argument, name in sizes.items()}
    sized = sized_at(entry, arguments)
    return _finished(entry, arguments, sized, fields, sizes)


def _finished(
    entry: ModelSpec,
    arguments: Mapping[str, Any],
    sized: Sized,
    fields: dict[str, Field],
    sizes: dict[str, str],
) -> Layout:
    changed = {key: value for key, value in arguments.items() if entry.defaults[key] != value}
    losses = {port.name: loss_of(entry, port) for port in sized.outputs}
    return Layout(entry, changed, sized.inputs, sized.outputs, sized.count, losses, fields, sizes)


def _obstacle(entry: ModelSpec) -> str:
    """Why a table cannot feed this architecture; empty if it can."""
    if not entry.count:
        return "has no weights to train"
    for port in entry.inputs:
        if None in port.shape and not argument_named(entry, port.name, "length"):
            return f"has no fixed size at its port {port.name!r}"
    return ""


def _refuse_unusable(entry: ModelSpec) -> None:
    reason = _obstacle(entry)
    if reason:
        raise BuildError(f"{entry.name} {reason}; --from takes {', '.join(usable())}")


def _width(entry: ModelSpec, sized: Sized) -> int:
    return sum(needed_columns(entry, port, target) for port, target in with_side(sized))


def _column_names(entry: ModelSpec, port: TensorSpec, target: bool) -> tuple[str, ...]:
    """Names for the columns of a port: the recipe's own, else by number."""
    needed = needed_columns(entry, port, target)
    recipe = base_recipe(entry)
    known = recipe.columns.get(port.name, ()) if recipe else ()
    if len(known) == needed:
        return tuple(known)
    return (port.name,) if needed == 1 else tuple(f"{port.name}_{at}" for at in range(needed))


def _fields(
    entry: ModelSpec, sized: Sized, columns: Mapping[str, tuple[str, ...]]
) -> dict[str, Field]:
    """Port -> what it takes from its columns.

    Raises:
        BuildError: a port takes another number of columns, or texts or word vectors of no size.
    """
    fields = {}
    for port, target in with_side(sized):
        names = columns[port.name]
        if needed_columns(entry, port, target) != len(names):
            raise BuildError(
                f"{entry.name} takes {needed_columns(entry, port, target):,} columns for its port "
                f"{port.name!r}, not {len(names):,}"
            )
        if port.text and not port.shape[0]:
            raise BuildError(f"{entry.name} needs a fixed length of text at its port {port.name!r}")
        if port.text == "vectors" and port.shape[-1] != WIDTH:
            raise BuildError(
                f"the vectors of words have {WIDTH} numbers, and {entry.name} takes "
                f"{port.shape[-1]} for its port {port.name!r}"
            )
        fields[port.name] = _field(entry, port, names, target)
    return fields


def _field(entry: ModelSpec, port: TensorSpec, columns: tuple[str, ...], target: bool) -> Field:
    if port.text:
        return Field(columns, port.text, length=port.shape[0] or 0)  # pyright: ignore[reportArgumentType]
    shape = value_shape(entry, port, target)
    shape = () if len(shape) == 1 else shape
    if port.dtype.startswith("int"):
        return Field(columns, "label", shape, port.vocabulary or port.name, target)
    loss = loss_of(entry, port) if target else ""
    if loss == SPARSE:
        return Field(columns, "label", shape, port.name, target)
    kind = "flag" if loss == "binary_crossentropy" else "number"
    return Field(columns, kind, shape, "", target)


def _found(
    entry: ModelSpec, sized: Sized, table: Table, given: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Port -> columns of the table."""
    found: dict[str, tuple[str, ...]] = {}
    recipe = base_recipe(entry)
    for port, _ in with_side(sized):
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
    missing = [port for port, _ in with_side(sized) if port.name not in found]
    if len(missing) == 1 and missing[0] in sized.inputs:
        (port,) = missing
        taken = {SPLIT, *(name for names in found.values() for name in names)}
        rest = tuple(name for name in table.header if name not in taken)
        if len(rest) == 1 if port.text else rest and not port.dtype.startswith("int"):
            found[port.name] = rest
            missing = []
    if missing:
        port = missing[-1]
        side = "input" if port in sized.inputs else "output"
        told = "plain text" if port.text else port.meaning
        meaning = f", {told}" if told else ""
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


def _longest(table: Table, port: TensorSpec, columns: Sequence[str]) -> int:
    """Words or characters of the longest text that a port is given, at most MOST_STEPS."""
    if len(columns) > 1:
        problem = f"the port {port.name!r} takes one column of text, not {len(columns):,}"
        raise damage(table.path, problem, 1, columns[1])
    return min(
        MOST_STEPS, max(len(steps(port.text, text)) for text in sentences(table, columns[0]))
    )
