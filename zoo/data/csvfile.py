"""CSV files read strictly: every problem is named by file, line and column.

A well-formed file goes through pandas' C parser. Whatever that does not take at once, such as
blank lines, quotes or a damaged row, goes through a slower reader that knows its lines and
either understands the file or says where it is wrong.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from zoo.data.csvtext import csv_rows, damage, read_text
from zoo.data.games import Ints

_WHOLE_NUMBER = re.compile(r"([+-]?\d+)(\.0*)?", re.ASCII)


@dataclass(frozen=True)
class Column:
    """A column to read.

    Attributes:
        name: What the code calls it.
        spellings: How files call it; case, underscores and blanks do not count.
        low, high: Range of a whole number; `low` None means text.
    """

    name: str
    spellings: tuple[str, ...]
    low: int | None = 0
    high: int = 0


@dataclass(frozen=True)
class Table:
    """The columns of one file, each of shape (rows,): int64, or object for text."""

    path: Path
    text: str
    columns: dict[str, np.ndarray]
    spelling: dict[str, str]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def integers(self, name: str) -> Ints:
        """A column of whole numbers."""
        return self.columns[name]

    def line(self, row: int) -> int:
        """The line of the file (the header is line 1) that a row ends on."""
        return csv_rows(self.path, self.text)[row + 1][0]

    def refuse(self, bad: np.ndarray, column: str, problem: str) -> None:
        """Raise DataError for the first row where `bad` holds.

        `problem` may use {value} and the names of the columns in braces.
        """
        rows = np.flatnonzero(bad)
        if len(rows):
            row = int(rows[0])
            values = {name: values[row] for name, values in self.columns.items()}
            message = problem.format(value=values[column], **values)
            raise damage(self.path, message, self.line(row), self.spelling[column])


def read_csv(path: Path, wanted: Sequence[Column]) -> Table:
    """Read the wanted columns of a comma-separated file with a header line.

    Line ends may be LF, CRLF or CR, a byte-order mark is skipped, blank lines too.

    Raises:
        DataError: the file cannot be read, is empty or has only a header, a column is missing
            or stands there twice, a row has too few or too many fields (as a file cut short
            ends with), or a value is not a whole number in its range.
    """
    text = read_text(path)
    header = _header(path, text, wanted)
    places = [_place(path, header, column) for column in wanted]
    values = _fast(text, header, wanted, places)
    if values is None:
        values = _careful(path, text, header, wanted, places)
    spelling = {
        column.name: header[place].strip() for column, place in zip(wanted, places, strict=True)
    }
    return Table(path, text, values, spelling)


def _header(path: Path, text: str, wanted: Sequence[Column]) -> list[str]:
    rows = csv_rows(path, text, limit=2)
    if not rows:
        names = ", ".join(column.spellings[0] for column in wanted)
        raise damage(path, f"the file is empty; it needs the columns {names}", 1)
    if len(rows) == 1:
        raise damage(path, "no rows after the header", rows[0][0] + 1)
    return rows[0][1]


def _place(path: Path, header: list[str], column: Column) -> int:
    """Position of a column in the header."""
    names = [_plain(name) for name in header]
    found = [place for place, name in enumerate(names) if name in column.spellings]
    if len(found) > 1:
        raise damage(path, "this column stands in the header twice", 1, header[found[1]].strip())
    if found:
        return found[0]
    spelling = " or ".join(repr(name) for name in column.spellings)
    near = get_close_matches(column.spellings[0], names, n=1, cutoff=0.5)
    hint = f"the nearest is {header[names.index(near[0])].strip()!r}" if near else "found: "
    if not near:
        hint += ", ".join(name.strip() for name in header)
    raise damage(path, f"no column {spelling} (case and underscores do not matter); {hint}", 1)


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "").replace(" ", "")


def _fast(
    text: str, header: list[str], wanted: Sequence[Column], places: list[int]
) -> dict[str, np.ndarray] | None:
    """The columns by pandas' C parser, or None where the file needs a closer look."""
    lines = text.count("\n") + (not text.endswith("\n"))
    if '"' in text or text.count(",") != lines * (len(header) - 1) or len(header) < 2:
        return None
    if text.endswith(","):  # perhaps cut short
        return None
    import pandas as pd  # looking whether files are there takes no pandas

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.StringIO(text),
                header=0,
                names=[str(place) for place in range(len(header))],
                usecols=[str(place) for place in places],
                dtype={
                    str(place): "category" if column.low is None else "int64"
                    for column, place in zip(wanted, places, strict=True)
                },
                index_col=False,
                na_filter=False,
                engine="c",
            )
    except (ValueError, OverflowError, pd.errors.ParserError, pd.errors.ParserWarning):
        return None
    if len(frame) != lines - 1:
        return None
    values: dict[str, np.ndarray] = {}
    for column, place in zip(wanted, places, strict=True):
        series = frame[str(place)]
        if column.low is None:
            words = np.array([str(word).strip() for word in series.cat.categories], dtype=object)
            if not all(words):
                return None
            values[column.name] = words[series.cat.codes.to_numpy()]
            continue
        values[column.name] = numbers = series.to_numpy()
        if ((numbers < column.low) | (numbers > column.high)).any():
            return None
    return values


def _careful(
    path: Path, text: str, header: list[str], wanted: Sequence[Column], places: list[int]
) -> dict[str, np.ndarray]:
    """The columns by the line-counting reader; raises at the first row that is wrong."""
    rows = csv_rows(path, text)[1:]
    for number, (line, fields) in enumerate(rows):
        if len(fields) != len(header):
            cut = number == len(rows) - 1 and len(fields) < len(header)
            column = header[min(len(fields), len(header) - 1)].strip()
            raise damage(
                path,
                f"{len(fields)} fields where the header has {len(header)}"
                + ("; the file seems to be cut short" if cut else ""),
                line,
                column,
            )
    last = [fields[-1] for _, fields in rows]
    if text.endswith(",") and all(last[:-1]):  # only the row at the end lacks its last field
        raise damage(path, "no value; the file seems to be cut short", rows[-1][0], header[-1])
    values: dict[str, np.ndarray] = {}
    for column, place in zip(wanted, places, strict=True):
        words = [fields[place].strip() for _, fields in rows]
        name = header[place].strip()
        for (line, _), word in zip(rows, words, strict=True):
            if not word:
                raise damage(path, "no value", line, name)
        if column.low is None:
            values[column.name] = np.array(words, dtype=object)
            continue
        numbers = np.zeros(len(words), np.int64)
        for row, word in enumerate(words):
            match = _WHOLE_NUMBER.fullmatch(word)
            if match is None:
                raise damage(path, f"{word!r} is not a whole number", rows[row][0], name)
            number = int(match[1])
            if not column.low <= number <= column.high:
                raise damage(
                    path, f"{word} is outside {column.low} to {column.high}", rows[row][0], name
                )
            numbers[row] = number
        values[column.name] = numbers
    return values
