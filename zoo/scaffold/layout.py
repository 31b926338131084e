"""Which columns of a CSV table an architecture takes, and which arguments make it fit the table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from zoo.core.errors import BuildError, UnknownNameError
from zoo.data.csv import Table, damage, read_csv, some
from zoo.data.kinds import CALLED, COUNTED, guesses
from zoo.data.table_splits import HELD_OUT, SPLIT
from zoo.data.tabular import Field, read_splits, sentences
from zoo.data.text.encoding import SPECIAL, WIDTH, steps
from zoo.models.registry import list_models, spec
from zoo.models.spec import ModelSpec
from zoo.scaffold.advice import check_name, renamed
from zoo.scaffold.slots import (
    BINARY,
    LENGTH,
    MOST_COLUMNS,
    SPARSE,
    Slot,
    base_recipe,
    lengths_for,
    parameters,
    slots_of,
    vocabulary_sizes,
    widened,
)
from zoo.scaffold.wanted import Wanted

HANDY = 128  # columns from which on the example takes the architecture's small size
IDS, CLASSES = 12, 3  # words of the example's vocabularies, of inputs and of outputs
ROWS = 120  # of the example
LETTERS = 48  # characters of a text in the example
MOST_STEPS = 200  # words or characters of a text that are read, unless the user says otherwise
WORDS = ("ash", "elm", "fir", "oak", "yew", "beech", "birch", "cedar", "hazel", "larch", "pine")


@dataclass(frozen=True)
class Layout:
    """An architecture fitted to a table.

    Attributes:
        entry: The architecture that the project starts from.
        arguments: Builder arguments that differ from its defaults.
        slots: The inputs and outputs at these arguments.
        count: Parameters at these arguments.
        fields: Input or output -> what it takes from the table.
        sizes: Builder argument -> vocabulary whose length decides it when data is loaded.
        left_out: Column of the table that no input takes, as it numbers the rows -> what to say.
        rows: Training rows.
    """

    entry: ModelSpec
    arguments: dict[str, Any]
    slots: list[Slot]
    count: int
    fields: dict[str, Field]
    sizes: dict[str, str]
    left_out: dict[str, str] = field(default_factory=dict)
    rows: int = ROWS - 2 * round(HELD_OUT * ROWS)


def usable() -> list[str]:
    """Names of the architectures whose tensors hold numbers, classes, ids or texts."""
    return [name for name in list_models() if not _obstacle(spec(name))]


def example_layout(entry: ModelSpec, given: Mapping[str, Any]) -> Layout:
    """The layout of an example table: at the recipe's arguments, or small where that is wide.

    Args:
        given: Builder arguments that the user sets.

    Raises:
        BuildError: the architecture reads what a table cannot hold.
    """
    chosen = _starting_point(entry, given)
    if _width(entry, chosen) > HANDY:
        chosen |= {**entry.tiny, **given}
    if _width(entry, chosen) > MOST_COLUMNS:
        raise BuildError(
            f"{entry.name} would need a table of {_width(entry, chosen):,} columns, more than "
            f"{MOST_COLUMNS:,}; give it smaller sizes with --set"
        )
    wanted = {
        slot.first: LETTERS if slot.spec.text == "characters" else LENGTH
        for slot in slots_of(entry, chosen)
        if slot.first and not slot.loss and (slot.spec.text or None in slot.sizes)
    }
    arguments = {**chosen, **lengths_for(entry, chosen, wanted), **given}
    sizes = vocabulary_sizes(entry, arguments)
    known = {tensor.vocabulary: IDS for tensor in entry.inputs}
    known |= {"word": len(SPECIAL) + len(WORDS), "character": len(set(" ".join(WORDS)))}
    arguments |= {key: known.get(vocabulary, CLASSES) for key, vocabulary in sizes.items()}
    arguments |= given
    columns = {slot.name: _column_names(entry, slot) for slot in slots_of(entry, arguments)}
    return _finished(entry, arguments, columns, sizes)


def table_layout(entry: ModelSpec, wanted: Wanted, given: Mapping[str, Any]) -> Layout:
    """The layout that fits a user's own table.

    Args:
        entry: The architecture.
        wanted: The table, and input or output -> columns; others are found by name.
        given: Builder arguments that the user sets.

    Raises:
        BuildError: the architecture reads what a table cannot hold, or cannot be made as wide
            as the table is.
        DataError: the file or a column is missing, or a cell cannot be read; file, line and
            column are named.
        UnknownNameError: `columns` names no input or output.
    """
    table, slots, arguments, found = found_columns(entry, wanted, given)
    parameters(entry, arguments)  # from here on, models are built
    longest: dict[str, int] = {}
    for slot in slots:
        if slot.spec.text:
            length = _longest(table, slot, found[slot.name])
            longest[slot.first] = max(length, longest.get(slot.first, 0))
    arguments |= {**lengths_for(entry, arguments, longest), **given}
    sizes = vocabulary_sizes(entry, arguments)
    splits, vocabularies = read_splits(table, _fields(entry, arguments, found))
    arguments |= {argument: len(vocabularies[name]) for argument, name in sizes.items()}
    taken = {name for names in found.values() for name in names}
    left_out = {name: why for name, why in _row_numbers(table).items() if name not in taken}
    rows = len(next(iter(splits["train"].values())))
    return replace(_finished(entry, arguments, found, sizes), left_out=left_out, rows=rows)


def found_columns(
    entry: ModelSpec, wanted: Wanted, given: Mapping[str, Any]
) -> tuple[Table, list[Slot], dict[str, Any], dict[str, tuple[str, ...]]]:
    """The table, the inputs and outputs, their arguments, and the columns of each; builds nothing.

    Raises:
        BuildError, DataError, UnknownNameError: as `table_layout`.
    """
    assert wanted.table is not None
    check_usable(entry)
    check_names(entry, given)
    recipe = base_recipe(entry)
    arguments = {**(recipe.arguments if recipe else {}), **given}
    slots = slots_of(entry, arguments)
    names = [slot.name for slot in slots]
    for name in wanted.columns:
        slots_ = {"columns": lambda near, old=name: renamed(wanted.columns, old, near)}
        check_name(f"input or output of {entry.name}", name, names, wanted, **slots_)
    table = read_csv(wanted.table)
    found = _found(entry, slots, table, wanted)
    for slot in slots:
        if not slot.spec.text and slot.width != len(found[slot.name]):
            arguments |= widened(entry, slot, len(found[slot.name]), table.path)
    return table, slots, {**arguments, **given}, found


def check_usable(entry: ModelSpec) -> None:
    """Raise BuildError for an architecture that a table cannot feed."""
    reason = _obstacle(entry)
    if reason:
        raise BuildError(f"{entry.name} {reason}; --from takes {', '.join(usable())}")


def check_names(entry: ModelSpec, arguments: Mapping[str, Any]) -> None:
    """Raise BuildError for an argument that the builder does not have."""
    for name in arguments:
        if name not in entry.defaults:
            unknown = UnknownNameError("argument", name, entry.defaults)
            raise BuildError(f"{entry.name}: {unknown}")


def _starting_point(entry: ModelSpec, given: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe's arguments and the given ones, from which the model can be built."""
    check_usable(entry)
    recipe = base_recipe(entry)
    arguments = {**(recipe.arguments if recipe else {}), **given}
    parameters(entry, arguments)
    return arguments


def _finished(
    entry: ModelSpec,
    arguments: Mapping[str, Any],
    columns: Mapping[str, tuple[str, ...]],
    sizes: dict[str, str],
) -> Layout:
    changed = {key: value for key, value in arguments.items() if entry.defaults[key] != value}
    count = parameters(entry, arguments)
    fields = _fields(entry, arguments, columns)
    return Layout(entry, changed, slots_of(entry, arguments), count, fields, sizes)


def _obstacle(entry: ModelSpec) -> str:
    """Why a table cannot feed this architecture; empty if it can."""
    if not entry.count:
        return "has no weights to train"
    if entry.writes:
        return "learns from a whole text, not from the rows of a table"
    for slot in slots_of(entry, {}):
        if slot.spec.text == "sentences":
            return f"reads its {slot.side} sentence by sentence, which a table does not hold"
        if not slot.loss and None in slot.sizes and not slot.first:
            return f"has no fixed size at its {slot.side}"
    return ""


def _width(entry: ModelSpec, arguments: Mapping[str, Any]) -> int:
    return sum(slot.width for slot in slots_of(entry, arguments))


def _column_names(entry: ModelSpec, slot: Slot) -> tuple[str, ...]:
    """Names for the columns of a tensor: the recipe's own, else by number."""
    recipe = base_recipe(entry)
    known = recipe.columns.get(slot.name, ()) if recipe else ()
    if len(known) == slot.width:
        return tuple(known)
    if slot.width == 1:
        return (slot.name,)
    return tuple(f"{slot.name}_{at}" for at in range(slot.width))


def _fields(
    entry: ModelSpec, arguments: Mapping[str, Any], columns: Mapping[str, tuple[str, ...]]
) -> dict[str, Field]:
    """Input or output -> what it takes from its columns.

    Raises:
        BuildError: it takes another number of columns, or texts or word vectors of no size.
    """
    fields = {}
    for slot in slots_of(entry, arguments):
        names = columns[slot.name]
        if slot.width != len(names):
            raise BuildError(
                f"{entry.name} takes {slot.width:,} columns for its {slot.side}, not {len(names):,}"
            )
        if slot.spec.text and not slot.sizes[0]:
            raise BuildError(f"{entry.name} needs text of a fixed length at its {slot.side}")
        if slot.spec.text == "vectors" and slot.sizes[-1] != WIDTH:
            raise BuildError(
                f"word vectors have {WIDTH} numbers, but {entry.name} takes "
                f"{slot.sizes[-1]} for its {slot.side}"
            )
        fields[slot.name] = _field(slot, names)
    return fields


def _field(slot: Slot, columns: tuple[str, ...]) -> Field:
    if slot.spec.text:
        return Field(columns, slot.spec.text, length=slot.sizes[0] or 0)
    shape = () if len(slot.shape) == 1 else slot.shape
    target = bool(slot.loss)
    if slot.loss == SPARSE or slot.spec.dtype.startswith("int"):
        return Field(columns, "label", shape, slot.spec.vocabulary or slot.name, target)
    return Field(columns, "flag" if slot.loss == BINARY else "number", shape, "", target)


def _found(
    entry: ModelSpec, slots: Sequence[Slot], table: Table, wanted: Wanted
) -> dict[str, tuple[str, ...]]:
    """Input or output -> columns of the table."""
    found: dict[str, tuple[str, ...]] = {}
    given, idle = wanted.columns, _row_numbers(table)
    recipe = base_recipe(entry)
    for name in (slot.name for slot in slots):
        known = tuple(recipe.columns.get(name, ())) if recipe else ()
        numbered = [each for each in table.header if re.fullmatch(rf"{re.escape(name)}_\d+", each)]
        if name in given:
            found[name] = tuple(given[name])
        elif known and set(known) <= set(table.header):
            found[name] = known
        elif name in table.header:
            found[name] = (name,)
        elif numbered:
            found[name] = tuple(sorted(numbered, key=lambda each: int(each.split("_")[-1])))
    missing = [slot for slot in slots if slot.name not in found]
    if len(missing) == 1 and not missing[0].loss:
        taken = {SPLIT, *(name for names in found.values() for name in names)}
        rest = tuple(name for name in table.header if name not in {*taken, *idle})
        spec = missing[0].spec
        if len(rest) == 1 if spec.text else rest and not spec.dtype.startswith("int"):
            found[spec.name] = rest
            missing = []
    if missing:
        name, spec = missing[-1].name, missing[-1].spec
        side = "output" if missing[-1].loss else "input"
        meaning = ", plain text" if spec.text else f", {spec.meaning}" if spec.meaning else ""
        raise damage(
            table.path,
            f"no column {name!r} for this {side} of {entry.name}{meaning}; found: "
            f"{some(table.header)}; choose columns with --columns {name}=COLUMN,...",
            1,
            name,
        )
    for names in found.values():
        for name in names:
            table.words(name)  # refuses a column that is missing or has empty cells
    return found


def _row_numbers(table: Table) -> dict[str, str]:
    """Columns that number the rows or name each of them -> what to say of them."""
    guessed = guesses(table, {})
    return {each.title: each.note for each in guessed if each.note in (COUNTED, CALLED)}


def _longest(table: Table, slot: Slot, columns: Sequence[str]) -> int:
    """Words or characters of the longest text that an input is given, at most MOST_STEPS."""
    if len(columns) > 1:
        problem = f"the {slot.side} takes one column of text, not {len(columns):,}"
        raise damage(table.path, problem, 1, columns[1])
    texts = sentences(table, columns[0])
    return min(MOST_STEPS, max(len(steps(slot.spec.text, text)) for text in texts))
