"""Cells of a table that a model reads as they are: numbers with gaps, dates, words, pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from zoo.data.csv import Table, as_number
from zoo.data.dialect import is_missing

DATES = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y/%m/%d",
    "%Y-%m",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%m/%d/%y",
    "%d %b %Y",
    "%b %d %Y",
    "%b %d, %Y",
)
EPOCH = datetime(1970, 1, 1)
LARGEST = float(np.finfo(np.float32).max)
GRAY = 16  # levels of 255 that red, green and blue of a gray pixel may be apart, as in a JPEG file


def days(text: str, format: str) -> float | None:
    """Days from 1970-01-01 to a date written in this format or as 2001-12-31; None if it is not.

    >>> days("1970-01-02 12:00", "%Y-%m-%d %H:%M")
    1.5
    """
    for each in (format, DATES[0]):
        try:
            return (datetime.strptime(text.strip(), each) - EPOCH).total_seconds() / 86_400
        except ValueError:
            continue
    return None


def days_of(moment: date) -> float:
    """Days from 1970-01-01 to a date of Python, with the time of day if it has one."""
    return (datetime(*moment.timetuple()[:6]) - EPOCH).total_seconds() / 86_400


def date_text(value: float, format: str) -> str:
    """The opposite of `days`, to the second, minute or day that the format has.

    >>> date_text(1.5, "%Y-%m-%d %H:%M")
    '1970-01-02 12:00'
    """
    step = 1 if "%S" in format else 60 if "%M" in format else 86_400
    moment = EPOCH + timedelta(seconds=round(float(value) * 86_400 / step) * step)
    # some systems write the year 800 with three digits, which cannot be read again
    return moment.strftime(format.replace("%Y", f"{moment.year:04d}"))


def date_example(format: str) -> str:
    """A date in this format, to tell a person how to write one."""
    return datetime(2001, 12, 31, 8, 30).strftime(format)


def common_format(cells: Sequence[str]) -> str:
    """The one of `DATES` in which most cells are written; empty if no cell is a date."""
    counts = {format: sum(is_written(cell, format) for cell in cells) for format in DATES}
    best = max(DATES, key=lambda format: counts[format])
    return best if counts[best] else ""


def date_format(cells: Sequence[str]) -> str:
    """The first of `DATES` in which all cells are written; empty if there is none."""
    for format in DATES:
        if cells and all(is_written(cell, format) for cell in cells):
            return format
    return ""


def is_written(text: str, format: str) -> bool:
    """Whether a text is a date in this format."""
    try:
        datetime.strptime(text.strip(), format)
    except ValueError:
        return False
    return True


def number(cell: str) -> float:
    """The finite 32-bit number in a cell.

    Raises:
        ValueError: it holds something else.
    """
    value = as_number(cell)
    if value is None:
        raise ValueError(f"{cell!r} is not a number")
    if not np.isfinite(value):
        raise ValueError(f"{cell!r} is not a finite number")
    if abs(value) > LARGEST:
        raise ValueError(f"{cell!r} is too large for a 32-bit number")
    return value


def numbers(table: Table, column: str, *, missing: bool) -> np.ndarray:
    """float32 (rows,); NaN for a missing value where there may be one.

    Raises:
        DataError: a cell holds something else, or nothing.
    """
    return _read(table, column, number, missing=missing)


def dates(table: Table, column: str, format: str, *, missing: bool) -> np.ndarray:
    """Days since 1970-01-01, float32 (rows,); NaN for a missing date where there may be one.

    Raises:
        DataError: a cell holds something else, or nothing.
    """

    def read(cell: str) -> float:
        value = days(cell, format)
        if value is None:
            raise ValueError(f"{cell!r} is not a date such as {date_example(format)}")
        return value

    return _read(table, column, read, missing=missing)


def _read(table: Table, column: str, read: Callable[[str], float], *, missing: bool) -> np.ndarray:
    known: dict[str, float] = {}
    cells = table.texts(column)
    for row, cell in enumerate(cells):
        if cell in known:
            continue
        try:
            if not is_missing(cell):
                known[cell] = read(cell.strip())
            elif missing:
                known[cell] = np.nan
            else:
                raise ValueError("no value")
        except ValueError as error:
            raise table.wrong(row, column, str(error)) from None
    return np.array([known[cell] for cell in cells], np.float32)


def words(table: Table, column: str, *, missing: bool) -> np.ndarray:
    """The cells without blanks around them, objects (rows,); "" for a missing value.

    Raises:
        DataError: a value is missing where none may be.
    """
    cells = ["" if is_missing(cell) else cell.strip() for cell in table.texts(column)]
    for row, cell in enumerate(cells):
        if not cell and not missing:
            raise table.wrong(row, column, "no value")
    return np.array(cells, object)


def pictures(table: Table, column: str, shape: tuple[int, ...]) -> np.ndarray:
    """The pictures that a column of paths names: float32 (rows, height, width, channels), 0-1.

    A path is relative to the table's folder and stays below it.

    Raises:
        DataError: a file is missing, outside the folder, or not a picture.
    """
    folder = table.path.parent.resolve()
    found = []
    for row, cell in enumerate(table.texts(column)):
        path = (folder / cell.strip()).resolve()
        problem = ""
        if is_missing(cell):
            problem = "no value"
        elif Path(cell.strip()).is_absolute() or not path.is_relative_to(folder):
            problem = f"{cell!r} is not below the folder of the table"
        elif not path.is_file():
            problem = f"there is no file {cell!r} in {folder}"
        if not problem:
            try:
                found.append(read_picture(path, shape))
            except (OSError, ValueError) as error:
                problem = f"{cell!r} is not a picture that can be read: {error}"
        if problem:
            raise table.wrong(row, column, problem)
    return np.stack(found)


def read_picture(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """A PNG or JPEG file as float32 (height, width, channels), 0-1, resized to `shape`.

    Raises:
        OSError, ValueError: the file is missing, of another format, or damaged.
    """
    from PIL import Image

    height, width, channels = shape
    with Image.open(path, formats=("PNG", "JPEG")) as picture:
        converted = picture.convert("L" if channels == 1 else "RGB")
    if converted.size != (width, height):
        converted = converted.resize((width, height), Image.Resampling.BILINEAR)
    array = np.asarray(converted, np.float32) / 255
    return array.reshape(height, width, -1)


def has_color(path: Path) -> bool:
    """Whether a PNG or JPEG file has a pixel that is not gray.

    Raises:
        OSError, ValueError: as `read_picture`.
    """
    from PIL import Image

    with Image.open(path, formats=("PNG", "JPEG")) as picture:
        if picture.mode in ("1", "L", "LA", "I", "I;16", "F"):
            return False
        levels = np.asarray(picture.convert("RGB"), np.int16)
    return bool((np.ptp(levels, axis=-1) > GRAY).any())
