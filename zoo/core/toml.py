"""Plain data as TOML text, which Python's own library can only read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
WIDTH = 100


def toml_text(values: Mapping[str, Any], path: str = "") -> str:
    """`values` as TOML: plain values first, then a section for every mapping.

    Args:
        values: Text, numbers, True, False, sequences of them, mappings, lists of mappings.
        path: Name of the section that they are in.
    """
    lines, sections = [], []
    for name, value in values.items():
        where = f"{path}.{_key(name)}" if path else _key(name)
        if isinstance(value, Mapping):
            sections.append(f"\n[{where}]\n{toml_text(value, where)}")
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            sections += [f"\n[[{where}]]\n{toml_text(each, where)}" for each in value]
        else:
            lines.append(f"{_key(name)} = {_value(value, len(name))}\n")
    return "".join([*lines, *sections])


def _value(value: Any, before: int = 0) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        parts = [_value(each) for each in value]
        line = f"[{', '.join(parts)}]"
        if before + len(line) <= WIDTH - 3:
            return line
        lines = [""]
        for part in parts:
            if len(lines[-1]) + len(part) > WIDTH - 6:
                lines.append("")
            lines[-1] += f" {part},"
        return "\n".join(["[", *(f"   {line}" for line in lines if line), "]"])
    return _quoted(value) if isinstance(value, str) else repr(value)


def _key(text: str) -> str:
    """A name; one of plain letters and digits needs no quotes."""
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)


def _quoted(text: str) -> str:
    escaped = _ESCAPED.sub(lambda match: rf"\u{ord(match[0]):04x}", text)
    return f'"{escaped}"'
