"""Tables in text files: every problem is named by file, line (the header is line 1) and column.

Cells are kept as text until a column is asked for as numbers or words.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zoo.core.errors import DataError
from zoo.core.files import is_device
from zoo.data.dialect import SEPARATORS, as_number, separator, with_points

if TYPE_CHECKING:
    import pandas as pd

_WHOLE_NUMBER = re.compile(r"([+-]?\d{1,1000})(\.0*)?", re.ASCII)
_QUOTES = {
    "unexpected end of data": "a cell opens with a quote that is never closed",
    "expected after": "a cell opens with a quote that is never closed, or has text behind it",
    "field larger than field limit": "a cell of more than 131,072 characters",
}
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # marks that such a text begins with
_CUT = "; the file seems to be cut short"


def damage(path: Path, problem: str, line: int, column: str | None = None) -> DataError:
    """The error that names file, line (the header is line 1) and column."""
    place = f", column {column!r}" if column else ""
    return DataError(f"{path}, line {line}{place}: {problem}")


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, unpacked where it is gzipped.

    Raises:
        DataError: the file cannot be read or unpacked.
    """
    try:
        if is_device(path):
            raise DataError(f"{path}: a device, not a file")
        content = path.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: damaged or cut short (gzip: {error})") from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """The file's text with LF line ends and without a byte-order mark.

    Args:
        path: The file, gzipped or not.
        encoding: `utf-8`, or one in which every byte is a character: a byte that it does not
            know becomes a replacement character, and a lone CR a blank.

    Raises:
        DataError: the file cannot be read, or is not text.
    """
    content = read_bytes(path).replace(b"\r\n", b"\n")
    if encoding != "utf-8":
        return content.decode(encoding, errors="replace").replace("\r", " ")
    content = content.replace(b"\r", b"\n")
    if content[:2] in UTF_16:
        raise damage(path, "UTF-16 text; save it as UTF-8", 1)
    try:
        text = content.decode("utf-8-sig").lstrip("\ufeff")
    except UnicodeDecodeError as error:
        problem = f"not UTF-8 text (byte {content[error.start]:#04x})"
        raise damage(path, problem, content.count(b"\n", 0, error.start) + 1) from error
    if "\0" in text:
        problem = "not a text file (it holds a zero byte)"
        raise damage(path, problem, text.count("\n", 0, text.index("\0")) + 1)
    return text


@dataclass
class Table:
    """The cells of a CSV file as text, rows numbered from 0.

    Attributes:
        path: The file.
        header: The titles of its columns.
        values: Column -> what `words`, `whole` or `numbers` returned last.
        separator: What is between the cells of the file.
    """

    path: Path
    header: Sequence[str]
    _columns: Mapping[str, str] | None  # as `read_csv` was given them
    _cells: Sequence[Sequence[str]] = ()  # by column
    _lines: Sequence[int] = ()  # on which each row ends
    values: dict[str, np.ndarray] = field(default_factory=dict)
    separator: str = ","

    def __len__(self) -> int:
        return len(self._cells[0])

    def texts(self, column: str) -> list[str]:
        """The cells of a column as they are; they may be empty."""
        return list(self._cells[self.place(column)])

    def chosen(self, rows: NDArray[np.int64]) -> Table:
        """The table with these of its rows."""
        places: list[int] = rows.tolist()
        cells = [[column[row] for row in places] for column in self._cells]
        lines = [self._lines[row] for row in places]
        return replace(self, _cells=cells, _lines=lines, values={})

    @property
    def notes(self) -> tuple[str, ...]:
        """What to say of how the file is written."""
        if self.separator == ",":
            return ()
        return (f"{self.path.name}: cells separated by {SEPARATORS[self.separator]}",)

    def frame(self) -> pd.DataFrame:
        """The cells as text."""
        import pandas as pd  # slow to import

        cells = pd.DataFrame(dict(enumerate(self._cells)), dtype=object)
        return cells.set_axis(list(self.header), axis=1)

    def words(self, column: str) -> NDArray[np.object_]:
        """The cells of a column without blanks around them, none of them empty."""
        return self._parsed(column, object, str)

    def whole(self, column: str, low: int, high: int) -> NDArray[np.int64]:
        """The cells of a column as whole numbers from `low` to `high`."""
        return self._parsed(column, np.int64, partial(_number, True, low, high))

    def numbers(
        self, column: str, low: float = -math.inf, high: float = math.inf
    ) -> NDArray[np.float64]:
        """The cells of a column as finite numbers from `low` to `high`."""
        return self._parsed(column, np.float64, partial(_number, False, low, high))

    def line(self, row: int) -> int:
        """The line of the file on which a row ends."""
        return self._lines[row]

    def wrong(self, row: int, column: str, problem: str) -> DataError:
        """The error that names the file and a cell's line and column."""
        return damage(self.path, problem, self._lines[row], self.header[self.place(column)])

    def refuse(self, bad: np.ndarray, column: str, problem: str) -> None:
        """Raise DataError for the first row where `bad` (rows,) holds.

        `problem` may use {value} and, in braces, names of columns in `values`.
        """
        if bad.any():
            row = int(np.argmax(bad))
            values = {name: cells[row] for name, cells in self.values.items()}
            raise self.wrong(row, column, problem.format(value=values[column], **values))

    def place(self, column: str) -> int:
        """Which column of the file it is, from 0.

        Raises:
            DataError: the file lacks it, or has it twice.
        """
        plain, wanted = str, [column]
        if self._columns and column in self._columns:
            plain, wanted = _plainly, self._columns[column].split("|")
        names = [plain(title) for title in self.header]
        for spelling in wanted:
            found = [at for at, name in enumerate(names) if name == plain(spelling)]
            if len(found) > 1:
                problem = "this column is in the header twice"
                raise damage(self.path, problem, 1, self.header[found[1]])
            if found:
                return found[0]
        near = get_close_matches(wanted[0], names, n=1, cutoff=0.6)
        hint = f"found: {some(self.header)}"
        if len(self.header) == 1 and "|" in str(self.header[0]):
            hint = "the cells seem to be separated by '|', not by commas, semicolons or tabs"
        elif near:
            hint = f"the nearest is {self.header[names.index(near[0])]!r}"
        raise damage(self.path, f"no column {' or '.join(map(repr, wanted))}; {hint}", 1)

    def _parsed(self, column: str, dtype: type, parse: Callable[[str], object]) -> np.ndarray:
        """What `parse`, which raises ValueError, makes of each cell."""
        cells = self._cells[self.place(column)]
        known: dict[str, object] = {}
        for cell in dict.fromkeys(cells):
            try:
                if not cell.strip():
                    raise ValueError("no value")
                known[cell] = parse(cell.strip())
            except ValueError as error:
                raise self.wrong(cells.index(cell), column, str(error)) from None
        self.values[column] = np.array([*map(known.__getitem__, cells)], dtype)
        return self.values[column]


def read_csv(
    path: Path,
    columns: Mapping[str, str] | None = None,
    *,
    encoding: str = "utf-8",
    header: Sequence[str] | None = None,
) -> Table:
    """Read a file of cells separated by commas, semicolons or tabs, as its header shows.

    With semicolons or tabs, a column of numbers may have decimal commas. Line ends may be LF, CRLF
    or CR; a byte-order mark and blank lines are skipped.

    Args:
        path: The file, gzipped or not.
        columns: What the code calls a column -> how files may call it, spellings separated by
            `|`; case, underscores and blanks do not count. Without it the table has all columns,
            under their own titles.
        encoding: As in `read_text`.
        header: The titles, for a file without a header line.

    Raises:
        DataError: the file cannot be read, is empty or has only a header, lacks a column or has it
            twice, a quote is opened and not closed, or a row has too few or too many cells (as a
            file cut short ends with).
    """
    return parse_csv(path, read_text(path, encoding), columns, header)


def parse_csv(
    path: Path,
    text: str,
    columns: Mapping[str, str] | None = None,
    header: Sequence[str] | None = None,
) -> Table:
    """As `read_csv`, of a text that was read already; `path` is for the messages."""
    mark = "," if header else separator(text)
    rows = _rows(path, text, mark)
    if not rows:
        names = ", ".join(known.partition("|")[0] for known in (columns or {}).values())
        needs = f"; it needs the columns {names}" if names else ""
        raise damage(path, f"the file is empty{needs}", 1)
    begun, titles = (0, header) if header else rows.pop(0)
    if not rows:
        raise damage(path, "no rows after the header", begun + 1)
    table = Table(path, [title.strip() for title in titles], columns, separator=mark)
    for name in columns or ():
        table.place(name)
    width = len(titles)
    widths = np.fromiter((len(cells) for _, cells in rows), int, len(rows))
    for number, (line, cells) in enumerate(rows, 1) if (widths != width).any() else ():
        if len(cells) != width:
            cut = _CUT if number == len(rows) and len(cells) < width else ""
            problem = f"{width} cells are needed, not {len(cells)}{cut}"
            raise damage(path, problem, line, table.header[min(len(cells), width - 1)])
    table._lines = [line for line, _ in rows]
    table._cells = list(zip(*(cells for _, cells in rows), strict=True))
    if text.endswith(mark) and all(table._cells[-1][:-1]):  # only the last row lacks its last cell
        raise damage(path, f"no value{_CUT}", table._lines[-1], table.header[-1])
    if mark != ",":
        table._cells = [with_points(cells) for cells in table._cells]
    return table


def some(names: Sequence[str], most: int = 8) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _rows(path: Path, text: str, mark: str) -> list[tuple[int, list[str]]]:
    """(line on which it ends, cells) of the rows that are not blank, the header first."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        if '"' in text:  # a cell may go over several lines
            for cells in reader:
                rows.append(cells)
                lines.append(reader.line_num)
        else:
            rows.extend(reader)
    except csv.Error as error:
        problem = str(error)  # the csv module's own words
        for words, plain in _QUOTES.items():
            if words in problem:
                problem = plain
        raise damage(path, problem, (lines[-1] if lines else len(rows)) + 1) from error
    numbered = zip(lines or range(1, len(rows) + 1), rows, strict=True)
    # a blank line has no cells, or blanks in one; a quoted empty cell is a row
    return [
        (line, cells)
        for line, cells in numbered
        if len(cells) > 1 or cells == [""] or (cells and cells[0].strip())
    ]


def _number(whole: bool, low: float, high: float, word: str) -> float:
    number = as_number(word)
    if whole:
        match = _WHOLE_NUMBER.fullmatch(word)
        number = int(match[1]) if match else None
    if number is None:
        raise ValueError(f"{word!r} is not a {'whole number' if whole else 'number'}")
    if isinstance(number, float) and not math.isfinite(number):
        raise ValueError(f"{word!r} is not a finite number")
    if not low <= number <= high:
        raise ValueError(f"{word} is outside {low:.9g} to {high:.9g}")
    return number


def _plainly(title: str) -> str:
    return title.lower().replace("_", "").replace(" ", "")
