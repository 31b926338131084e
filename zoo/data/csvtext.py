"""The text of a CSV file and its rows with their line numbers, for messages that point there."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from zoo.core.errors import DataError


def damage(path: Path, problem: str, line: int, column: str | None = None) -> DataError:
    """The error that names file, line (the header is line 1) and column."""
    place = f", column {column!r}" if column else ""
    return DataError(f"{path}, line {line}{place}: {problem}")


def read_text(path: Path) -> str:
    """The file's text with LF line ends and without a byte-order mark."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        problem = f"not UTF-8 text (byte {content[error.start]:#04x})"
        raise damage(path, problem, before.count(b"\n") + 1) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    before_zero, zero, _ = text.partition("\0")
    if zero:
        problem = "not a text file (it holds a zero byte)"
        raise damage(path, problem, before_zero.count("\n") + 1)
    return text


def csv_rows(path: Path, text: str, limit: int | None = None) -> list[tuple[int, list[str]]]:
    """(line on which it ends, fields) of the rows that are not blank, the header first.

    Raises:
        DataError: the text is not CSV, as after a quote that is never closed.
    """
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for fields in reader:
            if len(fields) > 1 or (fields and fields[0].strip()):
                rows.append((reader.line_num, fields))
                if len(rows) == limit:
                    break
    except csv.Error as error:
        raise damage(path, f"not CSV ({error})", reader.line_num) from error
    return rows
