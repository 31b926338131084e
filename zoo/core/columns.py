"""Columns of a table as a model reads them: names, kinds, and what the training rows say of them.

A project of `zoo new --target` keeps them in `columns.json`; each run finds them anew. Only the
standard library is used, so that a project's model can be registered in no time.
"""

from __future__ import annotations

import dataclasses
import json
import keyword
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from zoo.core.errors import BuildError

INPUTS = ("number", "date", "category", "text", "picture")
TARGETS = ("number", "flag", "class")
NUMBERS = ("number", "date")
DAYS = "days since 1970-01-01"


@dataclass(frozen=True)
class Column:
    """One input or target of a model that reads a table.

    Attributes:
        name: Of the model's input or output layer.
        kind: One of `INPUTS`, of a target one of `TARGETS`.
        header: What the table calls it, where that is another name.
        port: The input of the architecture that reads it; empty for a target.
        missing: Whether cells of it may be empty.
        target: Whether the model predicts it.
        mean, std: Of a number or date, in the training rows: one value for each of its numbers.
        words: Of a category, target or text: what has an id, in the order of the ids. The
            category "" is an empty cell.
        length: Of a text: how many words are read.
        shape: Of a picture: height, width and channels.
        format: Of a date: how it is written, as in `datetime.strptime`.
    """

    name: str
    kind: str
    port: str = ""
    header: str = ""
    missing: bool = False
    target: bool = False
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    words: tuple[str, ...] = ()
    length: int = 0
    shape: tuple[int, ...] = ()
    format: str = ""


class Columns(tuple[Column, ...]):
    """The columns of a model, inputs first; shown as their number."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} columns>"


NO_COLUMNS = Columns()


def inputs_of(columns: Iterable[Column]) -> Columns:
    """The columns that the model reads."""
    return Columns(column for column in columns if not column.target)


def targets_of(columns: Iterable[Column]) -> Columns:
    """The columns that the model predicts."""
    return Columns(column for column in columns if column.target)


def to_json(columns: Iterable[Column]) -> str:
    """The text of `columns.json`: what is not a default, a column on each line."""
    entries = []
    for column in columns:
        blank = Column(column.name, column.kind)
        known = dataclasses.asdict(column)
        entries.append(
            {
                name: value
                for name, value in known.items()
                if name in ("name", "kind") or value != getattr(blank, name)
            }
        )
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    return f"[\n{lines}\n]\n"


def read_columns(path: Path) -> Columns:
    """The columns that `to_json` wrote.

    Raises:
        BuildError: the file is missing, or holds something else.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(entries, list):
            raise TypeError("expected a list")
        columns = Columns(Column(**_as_tuples(entry)) for entry in entries)
    except OSError as error:
        raise BuildError(f"{path}: {error.strerror or error}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise BuildError(f"{path} does not describe columns: {error}") from error
    for column in columns:
        if column.kind not in (TARGETS if column.target else INPUTS):
            raise BuildError(f"{path}: {column.name!r} has an unknown kind {column.kind!r}")
    return columns


def _as_tuples(entry: Any) -> dict[str, Any]:
    return {k: tuple(value) if isinstance(value, list) else value for k, value in entry.items()}


def safe_names(titles: Sequence[str]) -> dict[str, str]:
    """Title of a column -> a name that a layer, a Python argument and an option can have.

    Lower-case letters, digits and `_`; a name that is taken gets a number.

        >>> safe_names(["Sepal length (cm)", "2nd class", "class"])
        {'Sepal length (cm)': 'sepal_length_cm', '2nd class': 'column_2nd_class', 'class': 'class_'}
    """
    names: dict[str, str] = {}
    for place, title in enumerate(titles):
        plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
        name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or f"column_{place + 1}"
        name = f"column_{name}" if name[0].isdigit() else name
        name = f"{name}_" if keyword.iskeyword(name) else name
        taken = set(names.values())
        numbered = (f"{name}_{number}" for number in count(2))
        names[title] = name if name not in taken else next(n for n in numbered if n not in taken)
    return names
