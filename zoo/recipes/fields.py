"""What the fields of recipes and of run records take, by their type annotations.

`checked` is the only check, so Python, files, records and `--set` accept and refuse the same
values. Its messages begin with the field, or the entry of a mapping: `metrics.label`.
"""

from __future__ import annotations

import ast
import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from zoo.core.errors import RecipeError, UnknownNameError

T = TypeVar("T")


@dataclass(frozen=True)
class Rule:
    """What a value must be besides its type: `Annotated[int, Rule("at least 1", ...)]`."""

    wanted: str
    holds: Callable[[Any], object]


@dataclass(frozen=True)
class Convert:
    """What is made of a value, and of the name of its field, before it is checked."""

    made: Callable[[Any, str], Any]


def one_of(*choices: str) -> Rule:
    """Text that is one of some words."""
    return Rule(f"one of {', '.join(choices)}", choices.__contains__)


SAID = ("summary", "expect", "seconds", "note", "limit")  # about a recipe: nothing trains by it

ENGINES = ("fit", "resident", "resident-xla")
AUTO = "auto"  # the engine that suits the model and the machine
SCHEDULES = ("constant", "cosine")
PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")

_FOLDER = Rule(
    "at most 100 letters, digits, _, . and -, not starting with . or -",
    re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}").fullmatch,
)
_RUN = Rule(
    "at most 200 letters, digits, _, ., -, + and =, not starting with . or -",
    re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.=+-]{0,199}").fullmatch,
)
_WORD = Rule("a name of letters, digits and _", re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch)
_COUNTED = Rule("at most 2,147,483,647", lambda number: number < 2**31)  # by TensorFlow
_ONCE = Rule("one or more columns, each once", lambda names: 0 < len(names) == len(set(names)))
_PLAIN = Rule("a number, True, False or None", lambda it: not isinstance(it, str | tuple | dict))

Folder = Annotated[str, _FOLDER]
RunName = Annotated[str, _RUN]
Word = Annotated[str, _WORD]
FolderOrNone = Annotated[str, Rule(_FOLDER.wanted, lambda text: not text or _FOLDER.holds(text))]
WordOrNone = Annotated[str, Rule(_WORD.wanted, lambda text: not text or _WORD.holds(text))]
Engine = Annotated[str, one_of(*ENGINES, AUTO)]
Schedule = Annotated[str, one_of(*SCHEDULES)]
Precision = Annotated[str, one_of(*PRECISIONS)]
Count = Annotated[int, Rule("at least 1", lambda number: number >= 1), _COUNTED]
Patience = Annotated[int, Rule("at least 0 (off)", lambda number: number >= 0), _COUNTED]
Size = Annotated[int, Rule("0 or more", lambda number: number >= 0)]
Positive = Annotated[float, Rule("above 0", lambda number: number > 0)]
NotNegative = Annotated[float, Rule("from 0 up", lambda number: number >= 0)]
Share = Annotated[float, Rule("from 0 to below 1", lambda number: 0 <= number < 1)]
Columns = Annotated[tuple[str, ...], _ONCE]
Option = Annotated[Any, _PLAIN]  # Keras would refuse text in the first training step only

_LITERALS = {"true": True, "false": False, "none": None}
_WANTED = {str: "text", int: "a whole number", float: "a number", bool: "True or False"}


def checked(kind: Any, value: Any, where: str) -> Any:
    """The value as the annotation `kind` has it: lists as tuples, a whole number as float if due.

    Raises:
        RecipeError: a wrong type or a value out of range; the message begins with `where`.
    """
    try:
        return _checked(kind, value, where)
    except RecursionError:
        raise RecipeError(f"{where} is nested too deeply") from None


def _checked(kind: Any, value: Any, where: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        for convert in (each for each in inner[1:] if isinstance(each, Convert)):
            value = convert.made(value, where)
        held = _checked(inner[0], value, where)
        for rule in inner[1:]:
            if isinstance(rule, Rule) and not rule.holds(held):
                raise RecipeError(f"{where} must be {rule.wanted}, not {shown(value)}")
        return held
    if origin in (Union, UnionType):  # X | None
        return None if value is None else _checked(inner[0], value, where)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return from_json(kind, value, where, complete=True)
    if kind is Any:
        return _plain(value, where)
    if origin in (Mapping, dict) and isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str) or not key.isprintable():
                raise RecipeError(f"{where}: {shown(key)} is not a name")
        return {key: _checked(inner[1], each, below(where, key)) for key, each in value.items()}
    if origin is tuple and isinstance(value, tuple | list):
        return tuple(_checked(inner[0], each, where) for each in value)
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value, where)
    if kind is int and type(value) is int and abs(value) >= 2**63:
        raise RecipeError(f"{where} must fit into 64 bits, not {shown(value)}")
    if kind in _WANTED and type(value) is kind:
        if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise RecipeError(f"{where} must be Unicode text, not {shown(value)}")
        return value
    wanted = _WANTED.get(kind, "a list" if origin is tuple else "a mapping")
    raise RecipeError(f"{where} takes {wanted}, not {shown(value)}")


def _plain(value: Any, where: str) -> Any:
    """A value of any type that JSON can hold."""
    if isinstance(value, Mapping):
        return _checked(Mapping[str, Any], value, where)
    if isinstance(value, tuple | list):
        return _checked(tuple[Any, ...], value, where)
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return _checked(kind, value, where)
    if value is not None:
        wanted = "text, a number, True, False, None, or lists and mappings of them"
        raise RecipeError(f"{where} takes {wanted}, not {shown(value)}")
    return None


def _finite(value: float, where: str) -> float:
    try:
        number = float(value)
    except OverflowError:  # a whole number of more than 308 digits
        number = math.inf
    if not math.isfinite(number):
        raise RecipeError(f"{where} must be a finite number, not {shown(value)}")
    return number


@cache
def kinds_of(kind: type) -> dict[str, Any]:
    """Field of a dataclass -> its type annotation."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def from_json(kind: type[T], content: Any, where: str = "", *, complete: bool = False) -> T:
    """A dataclass from a mapping of its fields, the opposite of `as_json`.

    Args:
        where: The field that it is the value of, for messages.
        complete: Fields with a default must be given too.

    Raises:
        RecipeError: a field that is unknown or missing, or a wrong value.
    """
    if not isinstance(content, Mapping):
        raise RecipeError(f"{where or kind.__name__} takes a mapping, not {shown(content)}")
    kinds = kinds_of(kind)
    for name in content:
        known(name, kinds, where, f"help({kind.__module__}.{kind.__name__})")
    for field in dataclasses.fields(kind):  # pyright: ignore[reportArgumentType]
        no_default = field.default is field.default_factory is dataclasses.MISSING
        if field.name not in content and (no_default or (complete and field.compare)):
            raise RecipeError(f"{below(where, field.name)} is missing")
    values = {
        name: checked(kinds[name], each, below(where, name)) for name, each in content.items()
    }
    return kind(**values)


def as_json(value: Any) -> Any:
    """Dataclasses, mappings and tuples as JSON's values, without fields that `==` leaves out."""
    if dataclasses.is_dataclass(value):
        fields = (each for each in dataclasses.fields(value) if each.compare)
        return {each.name: as_json(getattr(value, each.name)) for each in fields}
    if isinstance(value, Mapping):
        return {key: as_json(each) for key, each in value.items()}
    return [as_json(each) for each in value] if isinstance(value, tuple | list) else value


def known(name: Any, fields: Iterable[str], where: str = "", listed_by: str = "") -> None:
    """Refuse the name of a field that is not there; `listed_by` is the command that lists them."""
    if name not in fields:
        within = f"{where}: " if where else ""
        unknown = UnknownNameError("field", shown_key(name), fields, listed_by)
        raise RecipeError(f"{within}{unknown}")


def below(where: str, key: str) -> str:
    """The place of an entry, for messages."""
    return f"{where}.{shown_key(key)}" if where else shown_key(key)


def shown_key(key: object) -> str:
    """A key for a message, of no more than 40 characters."""
    return str(key)[:40] if str(key).isprintable() else shown(key)


def shown(value: Any) -> str:
    """A value for a message: one short line."""
    try:
        text = " ".join(repr(value).split())
    except (ValueError, RecursionError):  # thousands of digits, or of lists in lists
        return "a value too large to show"
    return text if len(text) <= 80 else f"{text[:60]}... ({len(text):,} characters)"


def literal(value: Any) -> Any:
    """The Python literal that a text holds, or else the text itself."""
    if not isinstance(value, str):
        return value
    if value.lower() in _LITERALS:
        return _LITERALS[value.lower()]
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value
