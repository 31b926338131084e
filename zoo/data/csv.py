"""Comma-separated files: every problem is named by file, line (the header is line 1) and column.

pandas parses plain files, Python's csv module those with quotes or blank lines, or with damage.
All cells are kept as text until a column is asked for as numbers or words. Line numbers are
counted only for an error message.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zoo.core.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

_WHOLE_NUMBER = re.compile(r"([+-]?\d{1,1000})(\.0*)?", re.ASCII)
_CELL = re.compile(r'"[^"]*(?:""[^"]*)*"(?=[,\n]|\Z)|(?!")[^,\n]*')  # well-formed
_CUT = "; the file seems to be cut short"


def damage(path: Path, problem: str, line: int, column: str | None = None) -> DataError:
    """The error that names file, line (the header is line 1) and column."""
    place = f", column {column!r}" if column else ""
    return DataError(f"{path}, line {line}{place}: {problem}")


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """The file's text with LF line ends and without a byte-order mark.

    Args:
        path: The file.
        encoding: `utf-8`, or one in which every byte is a character: a byte that it does not
            know becomes a replacement character, and a lone CR a blank.

    Raises:
        DataError: the file cannot be read, or is not text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    if encoding != "utf-8":
        text = content.decode(encoding, errors="replace")
        return text.replace("\r\n", "\n").replace("\r", " ")
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


@dataclass
class Table:
    """The cells of a CSV file as text, rows numbered from 0.

    Attributes:
        path: The file.
        header: The titles of its columns.
        values: Column -> what `words`, `whole` or `numbers` returned last.
    """

    path: Path
    header: Sequence[str]
    _text: str
    _places: Mapping[str, int] | None  # of the columns that were asked for; None: all titles
    _frame: pd.DataFrame  # columns are named by their place in the file
    _titled: bool  # whether the file has a header line
    values: dict[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._frame)

    def texts(self, column: str) -> list[str]:
        """The cells of a column as they stand; they may be empty."""
        return self._frame[self._place(column)].tolist()

    def frame(self) -> pd.DataFrame:
        """The cells that were read, as text."""
        return self._frame.rename(columns=dict(enumerate(self.header)))

    def words(self, column: str) -> NDArray[np.object_]:
        """The cells of a column without blanks around them, none of them empty."""
        known, codes = self._cells(column)
        return self._keep(column, np.array(known, object)[codes])

    def whole(self, column: str, low: int, high: int) -> NDArray[np.int64]:
        """The cells of a column as whole numbers from `low` to `high`."""
        cells = self._frame[self._place(column)]
        if cells.dtype == np.int64:
            numbers = cells.to_numpy()
            if numbers.min() >= low and numbers.max() <= high:
                return self._keep(column, numbers)
        return self._parsed(column, True, low, high)

    def numbers(
        self, column: str, low: float = -math.inf, high: float = math.inf
    ) -> NDArray[np.float64]:
        """The cells of a column as finite numbers from `low` to `high`."""
        return self._parsed(column, False, low, high)

    def line(self, row: int) -> int:
        """The line of the file on which a row ends."""
        return _rows(self.path, self._text)[row + self._titled][0]

    def wrong(self, row: int, column: str, problem: str) -> DataError:
        """The error that names the file and a cell's line and column."""
        return damage(self.path, problem, self.line(row), self.header[self._place(column)])

    def refuse(self, bad: np.ndarray, column: str, problem: str) -> None:
        """Raise DataError for the first row where `bad` (rows,) holds.

        `problem` may use {value} and, in braces, names of columns in `values`.
        """
        if bad.any():
            row = int(np.argmax(bad))
            values = {name: cells[row] for name, cells in self.values.items()}
            raise self.wrong(row, column, problem.format(value=values[column], **values))

    def _keep(self, column: str, cells: np.ndarray) -> np.ndarray:
        self.values[column] = cells
        return cells

    def _parsed(self, column: str, whole: bool, low: float, high: float) -> np.ndarray:
        known, codes = self._cells(column)
        numbers, problems = np.zeros(len(known), np.int64 if whole else np.float64), {}
        for at, word in enumerate(known):
            number = _whole_number(word) if whole else as_number(word)
            if number is None:
                problems[at] = f"{word!r} is not a {'whole number' if whole else 'number'}"
            elif isinstance(number, float) and not math.isfinite(number):
                problems[at] = f"{word!r} is not a finite number"
            elif low <= number <= high:
                numbers[at] = number
            else:
                problems[at] = f"{word} is outside {low:.9g} to {high:.9g}"
        self._refuse_cells(column, codes, problems)
        return self._keep(column, numbers[codes])

    def _cells(self, column: str) -> tuple[list[str], np.ndarray]:
        """The different cells of a column without blanks around them, and which of them each is."""
        codes, cells = self._frame[self._place(column)].factorize()
        known = [str(cell).strip() for cell in cells]
        self._refuse_cells(column, codes, {at: "no value" for at, c in enumerate(known) if not c})
        return known, codes

    def _refuse_cells(self, column: str, codes: np.ndarray, problems: Mapping[int, str]) -> None:
        """Raise for the first row whose code has a problem."""
        if problems:
            row = int(np.argmax(np.isin(codes, list(problems))))
            raise self.wrong(row, column, problems[int(codes[row])])

    def _place(self, column: str) -> int:
        if self._places is not None:
            return self._places[column]
        return _place(self.path, self.header, (column,))


def read_csv(
    path: Path,
    columns: Mapping[str, tuple[str, ...]] | None = None,
    *,
    whole: Collection[str] = (),
    encoding: str = "utf-8",
    header: Sequence[str] | None = None,
) -> Table:
    """Read a comma-separated file.

    Line ends may be LF, CRLF or CR; a byte-order mark and blank lines are skipped.

    Args:
        path: The file.
        columns: What the code calls a column -> how files may call it; case, underscores and
            blanks do not count. Other columns are not kept. Without it the table has all columns,
            under their own titles.
        whole: Those of `columns` that `Table.whole` will be asked for, which saves time.
        encoding: As in `read_text`.
        header: The titles, for a file without a header line.

    Raises:
        DataError: the file cannot be read, is empty or has only a header, lacks a column or has it
            twice, a quote is opened and not closed, or a row has too few or too many cells (as a
            file cut short ends with).
    """
    text = read_text(path, encoding)
    first = _rows(path, text, limit=1 if header else 2)
    if not first:
        names = ", ".join(spellings[0] for spellings in (columns or {}).values())
        needs = f"; it needs the columns {names}" if names else ""
        raise damage(path, f"the file is empty{needs}", 1)
    titles = [title.strip() for title in header or first[0][1]]
    if not header and len(first) == 1:
        raise damage(path, "no rows after the header", first[0][0] + 1)
    places = None
    if columns is not None:
        places = {name: _place(path, titles, known, plain=True) for name, known in columns.items()}
    kept = sorted(set(places.values())) if places else list(range(len(titles)))
    types = {place: "int64" if name in whole else object for name, place in (places or {}).items()}
    frame = _plain_frame(text, len(titles), kept, header is None, types)
    if frame is None:
        frame = _any_frame(path, text, titles, kept, header is None)
    return Table(path, titles, text, places, frame, header is None)


def as_number(word: str) -> float | None:
    """The number that a word writes, None for another word."""
    try:
        return float(word)
    except ValueError:
        return None


def _whole_number(word: str) -> int | None:
    match = _WHOLE_NUMBER.fullmatch(word)
    return int(match[1]) if match else None


def _plain_frame(
    text: str, width: int, kept: list[int], titled: bool, types: Mapping[int, Any]
) -> pd.DataFrame | None:
    """The kept columns by pandas, None where a cell is quoted or a row of another length."""
    content = (text if text.endswith("\n") else text + "\n").encode()
    letters = np.frombuffer(content, np.uint8)
    commas, ends = np.flatnonzero(letters == ord(",")), np.flatnonzero(letters == ord("\n"))
    lines = len(ends)
    if '"' in text or width < 2 or len(commas) != lines * (width - 1) or text.endswith(","):
        return None
    by_line = commas.reshape(lines, width - 1)
    if (by_line[:, -1] > ends).any() or (by_line[1:, 0] < ends[:-1]).any():
        return None
    import pandas as pd  # slow to import, and not every dataset needs it

    try:
        frame = pd.read_csv(
            io.BytesIO(content),
            header=0 if titled else None,
            names=list(range(width)),
            usecols=kept,
            dtype={place: types.get(place, object) for place in kept},  # object means text
            index_col=False,
            na_filter=False,
            engine="c",
        )
    except (ValueError, OverflowError):  # pandas raises a ValueError for rows too long
        return None
    return frame if len(frame) == lines - titled else None


def _any_frame(
    path: Path, text: str, titles: Sequence[str], kept: list[int], titled: bool
) -> pd.DataFrame:
    """The kept columns by Python's csv module; raises at the first row of another length."""
    import pandas as pd

    rows = _rows(path, text)[titled:]
    for number, (line, cells) in enumerate(rows, 1):
        if len(cells) != len(titles):
            cut = _CUT if number == len(rows) and len(cells) < len(titles) else ""
            cells_here = "1 cell" if len(cells) == 1 else f"{len(cells)} cells"
            right = f"the header has {len(titles)}" if titled else f"{len(titles)} should be"
            problem = f"{cells_here} where {right}{cut}"
            raise damage(path, problem, line, titles[min(len(cells), len(titles) - 1)])
    last = [cells[-1] for _, cells in rows]
    if text.endswith(",") and all(last[:-1]):  # only the row at the end lacks its last cell
        raise damage(path, f"no value{_CUT}", rows[-1][0], titles[-1])
    return pd.DataFrame({at: [cells[at] for _, cells in rows] for at in kept}, dtype=object)


def _rows(path: Path, text: str, limit: int | None = None) -> list[tuple[int, list[str]]]:
    """(line on which it ends, cells) of the rows that are not blank, the header first.

    Raises:
        DataError: the text is not CSV, as after a quote that is never closed.
    """
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    ended = 0
    try:
        for cells in reader:
            ended = reader.line_num
            if len(cells) > 1 or (cells and cells[0].strip()):
                rows.append((ended, cells))
                if len(rows) == limit:
                    break
    except csv.Error as error:
        line = _unclosed(text, ended)
        if line:
            raise damage(path, "a cell opens with a quote that is never closed", line) from error
        raise damage(path, f"not CSV ({error})", reader.line_num) from error
    return rows


def _unclosed(text: str, ended: int) -> int:
    """The line, after line `ended`, of the first cell that opens with a quote but does not close.

    Zero if there is none.
    """
    rest = text.split("\n", ended)[-1]
    place = 0
    while match := _CELL.match(rest, place):
        place = match.end() + 1
        if place > len(rest):
            return 0
    return ended + 1 + rest.count("\n", 0, place)


def _place(path: Path, titles: Sequence[str], wanted: Sequence[str], plain: bool = False) -> int:
    """Place of the first wanted title that is there."""
    names = [_plainly(title) for title in titles] if plain else list(titles)
    for spelling in map(_plainly, wanted) if plain else wanted:
        found = [place for place, name in enumerate(names) if name == spelling]
        if len(found) > 1:
            problem = "this column is in the header twice"
            raise damage(path, problem, 1, titles[found[1]])
        if found:
            return found[0]
    near = get_close_matches(wanted[0], names, n=1, cutoff=0.6)
    hint = f"the nearest is {titles[names.index(near[0])]!r}" if near else f"found: {some(titles)}"
    raise damage(path, f"no column {' or '.join(map(repr, wanted))}; {hint}", 1)


def _plainly(title: str) -> str:
    return title.lower().replace("_", "").replace(" ", "")


def some(names: Sequence[str], most: int = 8) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
