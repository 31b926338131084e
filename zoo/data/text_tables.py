"""Tables with free text in them: any encoding, quoted cells over several lines, named problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from zoo.core.errors import DataError
from zoo.data.csvtext import csv_rows, damage, read_text

Row = tuple[int, dict[str, str]]  # line on which the row ends, and its cells by column


def read_rows(
    path: Path,
    columns: Mapping[str, tuple[str, ...]],
    *,
    encoding: str = "utf-8",
    header: bool = True,
) -> list[Row]:
    """The wanted columns of a comma-separated file, row by row; cells may be empty.

    Args:
        path: The file.
        columns: What the code calls a column -> how the file may call it.
        encoding: `utf-8`, or one in which every byte is a character; a byte that it does not
            know becomes a replacement character.
        header: False where the file has none and its columns are `columns`, in that order.

    Raises:
        DataError: the file cannot be read, is empty, lacks a column, or has a row with too few or
            too many cells; the message names file, line and column.
    """
    rows = csv_rows(path, _text(path, encoding))
    if not rows:
        needs = ", ".join(spellings[0] for spellings in columns.values())
        raise damage(path, f"the file is empty; it needs the columns {needs}", 1)
    if header:
        titles = [title.strip() for title in rows[0][1]]
        places = {name: _place(path, titles, known) for name, known in columns.items()}
        rows = rows[1:]
        if not rows:
            raise damage(path, "no rows after the header", 2)
    else:
        titles = list(columns)
        places = {name: place for place, name in enumerate(columns)}
    for line, cells in rows:
        if len(cells) != len(titles):
            column = titles[min(len(cells), len(titles) - 1)]
            raise damage(path, f"{len(cells)} cells where there are {len(titles)}", line, column)
    return [(line, {name: cells[at] for name, at in places.items()}) for line, cells in rows]


def number(path: Path, row: Row, column: str, low: float, high: float) -> float:
    """A cell as a number in its range.

    Raises:
        DataError: it is none, or out of the range.
    """
    line, cells = row
    text = cells[column].strip()
    try:
        value = float(text)
    except ValueError:
        raise damage(path, f"{text!r} is no number", line, column) from None
    if not low <= value <= high:  # NaN is in no range
        raise damage(path, f"{text} is outside {low:g} to {high:g}", line, column)
    return value


def needed(folder: Path, names: Sequence[str], advice: str) -> list[Path]:
    """The paths of files that must be there.

    Raises:
        DataError: one is missing; `advice` says how to get it.
    """
    for name in names:
        if not (folder / name).is_file():
            raise DataError(f"{folder / name} is missing; {advice}")
    return [folder / name for name in names]


def _text(path: Path, encoding: str) -> str:
    if encoding == "utf-8":
        return read_text(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    return content.decode(encoding, errors="replace").replace("\r\n", "\n").replace("\r", " ")


def _place(path: Path, titles: list[str], known: tuple[str, ...]) -> int:
    for spelling in known:
        if spelling in titles:
            return titles.index(spelling)
    named = " or ".join(repr(spelling) for spelling in known)
    raise damage(path, f"no column {named}; found: {', '.join(titles)}", 1)
