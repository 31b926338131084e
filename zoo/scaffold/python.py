"""Python text for generated files, laid out as `ruff format` would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WIDTH = 100
STEP = 4


@dataclass(frozen=True, eq=False)
class Call:
    """A call to be written down, such as `TensorSpec("x", (1,), unit="cm")`.

    As the key of a mapping with the value None it is written without a colon: `**call()`.
    """

    name: str
    positional: tuple[Any, ...] = ()
    named: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Name:
    """An expression to be written down as it is."""

    text: str


def written(value: Any, indent: int = 0, before: int = 0, after: int = 1) -> str:
    """`value` as Python source: on one line if it fits, else one entry to a line.

    Args:
        indent: Columns that the line is indented by.
        before, after: Characters on the same line before and after the text.
    """
    line = _on_one_line(value)
    if indent + before + len(line) + after <= WIDTH or not _entries(value):
        return line
    opening, closing = _brackets(value)
    inner = " " * (indent + STEP)
    lines = [
        f"{inner}{prefix}{written(entry, indent + STEP, len(prefix))},"
        for prefix, entry in _entries(value)
    ]
    return "\n".join([opening, *lines, " " * indent + closing])


def _on_one_line(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Name):
        return value.text
    if isinstance(value, Call | Mapping | tuple | list):
        opening, closing = _brackets(value)
        parts = [prefix + _on_one_line(entry) for prefix, entry in _entries(value)]
        comma = "," if isinstance(value, tuple) and len(parts) == 1 else ""
        return f"{opening}{', '.join(parts)}{comma}{closing}"
    return repr(value)


def _entries(value: Any) -> list[tuple[str, Any]]:
    """What stands between the brackets: what is written before each entry, and the entry."""
    if isinstance(value, Call):
        named = [(f"{key}=", entry) for key, entry in (value.named or {}).items()]
        return [*(("", entry) for entry in value.positional), *named]
    if isinstance(value, Mapping):
        return [
            ("", key) if isinstance(key, Call) else (f"{_on_one_line(key)}: ", entry)
            for key, entry in value.items()
        ]
    return [("", entry) for entry in value] if isinstance(value, tuple | list) else []


def _brackets(value: Any) -> tuple[str, str]:
    if isinstance(value, Call):
        return f"{value.name}(", ")"
    if isinstance(value, Mapping):
        return "{", "}"
    return ("[", "]") if isinstance(value, list) else ("(", ")")
