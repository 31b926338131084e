"""What each field of a recipe takes.

`checked` is the only check: `Recipe` calls it, so Python, files, records and `--set` accept and
refuse the same values. Its messages name the field, or the entry of a mapping: `metrics.label`.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from zoo.core.errors import RecipeError

ENGINES = ("fit", "resident", "resident-xla")
SCHEDULES = ("constant", "cosine")
LARGEST = 2**31 - 1  # TensorFlow counts steps and rows in 32 bits

Check = Callable[[str, Any], Any]  # field and value -> the value as the recipe holds it

_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def checked(name: str, value: Any) -> Any:
    """The value as the recipe holds it: lists as tuples, a whole number as float where one is due.

    Raises:
        RecipeError: a wrong type or a value out of range.
    """
    try:
        return _CHECKS[name](name, value)
    except RecursionError:
        raise RecipeError(f"{name} is nested too deeply") from None


def check_together(reduce_lr: int, schedule: str) -> None:
    """Refuse fields that exclude each other."""
    if reduce_lr and schedule != "constant":
        raise RecipeError("reduce_lr needs schedule=constant: a schedule sets the rate itself")


def literal(value: Any) -> Any:
    """The Python literal that a text holds, or else the text itself."""
    if not isinstance(value, str):
        return value
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value


def shown(value: Any) -> str:
    """A value for a message: one short line."""
    try:
        text = " ".join(repr(value).split())
    except (ValueError, RecursionError):  # thousands of digits, or of lists in lists
        return "a value too large to show"
    return text if len(text) <= 80 else f"{text[:60]}... ({len(text):,} characters)"


def finite(where: str, value: Any) -> float:
    """A number, whole or not, as float."""
    return _number("a finite number", math.isfinite)(where, value)


def _wrong(where: str, wanted: str, value: Any) -> RecipeError:
    return RecipeError(f"{where} takes {wanted}, not {shown(value)}")


def _text(where: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(where, "text", value)
    return value


def _folder(where: str, value: Any) -> str:
    if not _FOLDER.fullmatch(_text(where, value)):
        kind = "letters, digits, _, . and -, at most 100, the first no . or -"
        raise _wrong(where, kind, value)
    return value


def _word(where: str, value: Any) -> str:
    if not _WORD.fullmatch(_text(where, value)):
        raise _wrong(where, "a name of letters, digits and _", value)
    return value


def _or_none(check: Check) -> Check:
    return lambda where, value: check(where, value) if _text(where, value) else value


def _one_of(*choices: str) -> Check:
    def check(where: str, value: Any) -> str:
        if _text(where, value) not in choices:
            raise RecipeError(f"{where} must be one of {', '.join(choices)}, not {shown(value)}")
        return value

    return check


def _whole(least: int, meaning: str = "") -> Check:
    def check(where: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise _wrong(where, "a whole number", value)
        if value < least:
            raise RecipeError(f"{where} must be at least {least}{meaning}, not {shown(value)}")
        if value > LARGEST:
            raise RecipeError(f"{where} must be at most {LARGEST:,}, not {shown(value)}")
        return value

    return check


def _number(wanted: str, holds: Callable[[float], bool]) -> Check:
    def check(where: str, value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise _wrong(where, "a number", value)
        try:
            number = float(value)
        except OverflowError:  # a whole number of more than 308 digits
            number = math.inf
        if not holds(number):
            raise RecipeError(f"{where} must be {wanted}, not {shown(value)}")
        return number

    return check


def _list(wanted: str, entry: Check) -> Check:
    def check(where: str, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, tuple | list):
            raise _wrong(where, wanted, value)
        return tuple(entry(where, each) for each in value)

    return check


def _by(wanted: str, entry: Check) -> Check:
    """A mapping with text keys, each of whose values passes the check `entry`."""

    def check(where: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise _wrong(where, wanted, value)
        for key in value:
            if not isinstance(key, str) or not key.isprintable():
                raise RecipeError(f"{where} takes {wanted}; {shown(key)} is not a name")
        return {key: entry(f"{where}.{key}", each) for key, each in value.items()}

    return check


def _plain(where: str, value: Any) -> Any:
    """A value that JSON can hold."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, float):
        return finite(where, value)
    if isinstance(value, int):
        if abs(value) >= 2**63:
            raise RecipeError(f"{where} must fit into 64 bits, which {shown(value)} does not")
        return value
    if isinstance(value, tuple | list):
        return tuple(_plain(where, each) for each in value)
    if isinstance(value, Mapping):
        return _by("a mapping", _plain)(where, value)
    raise _wrong(where, "text, a number, True, False, None, or lists and mappings of them", value)


_NOT_NEGATIVE = _number("a number from 0 up", lambda number: 0 <= number < math.inf)
_TEXTS = _list("a list of column names", _text)
_WORDS = _list("a list of metric names", _word)
_OPTIONS = _by("a mapping of values by name", _plain)

_CHECKS: dict[str, Check] = {
    "name": _folder,
    "architecture": _word,
    "dataset": _word,
    "summary": _text,
    "loss": _by("a mapping of loss names by output", _word),
    "metrics": _by("a mapping of lists of metric names by output", _WORDS),
    "loss_weights": _by("a mapping of numbers by output", _NOT_NEGATIVE),
    "columns": _by("a mapping of lists of column names by tensor", _TEXTS),
    "arguments": _OPTIONS,
    "dataset_options": _OPTIONS,
    "optimizer": _word,
    "optimizer_options": _OPTIONS,
    "learning_rate": _number("a number above 0", lambda number: 0 < number < math.inf),
    "schedule": _one_of(*SCHEDULES),
    "epochs": _whole(1),
    "batch_size": _whole(1),
    "validation_split": _number("from 0 to below 1", lambda number: 0 <= number < 1),
    "ema": _number("from 0 (off) to below 1", lambda number: 0 <= number < 1),
    "monitor": _word,
    "early_stopping": _whole(0, " (off)"),
    "reduce_lr": _whole(0, " (off)"),
    "engine": _one_of(*ENGINES),
    "stacked_on": _or_none(_folder),
    "baseline": _or_none(_word),
    "report": _or_none(_word),
    "expect": _by("a mapping of bounds by source", _by("a mapping of bounds by metric", finite)),
    "seconds": _by("a mapping of seconds by source", _NOT_NEGATIVE),
    "note": _text,
    "limit": _text,
    "search": _by("a mapping of distributions by field", _plain),
    "by_source": _by("a mapping of fields by source", _OPTIONS),
}
