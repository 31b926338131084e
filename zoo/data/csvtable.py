"""A CSV file as columns of words, numbers or texts; every problem names file, line and column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from zoo.core.errors import DataError
from zoo.data.csvtext import csv_rows, damage, read_text
from zoo.data.words import tokens


class CsvTable:
    """A CSV file as text cells.

    Raises:
        DataError: the file cannot be read, has no rows, or a row of another length.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        rows = csv_rows(path, read_text(path))
        if len(rows) < 2:
            problem = "no rows after the header" if rows else "the file is empty"
            raise damage(path, problem, rows[0][0] + 1 if rows else 1)
        self.header = [name.strip() for name in rows[0][1]]
        self._lines = [line for line, _ in rows[1:]]
        self._cells = [cells for _, cells in rows[1:]]
        for line, cells in rows[1:]:
            if len(cells) != len(self.header):
                problem = f"{len(cells)} fields where the header has {len(self.header)}"
                column = self.header[min(len(cells), len(self.header) - 1)]
                raise damage(path, problem, line, column)

    def __len__(self) -> int:
        return len(self._cells)

    def words(self, column: str) -> list[str]:
        """The cells of a column, none of them empty."""
        place = self._place(column)
        words = [cells[place].strip() for cells in self._cells]
        for row, word in enumerate(words):
            if not word:
                raise self.wrong(row, column, "no value")
        return words

    def numbers(self, column: str) -> list[float]:
        """The cells of a column as finite numbers."""
        return [self._number(row, column, word) for row, word in enumerate(self.words(column))]

    def two_words(self, columns: Sequence[str]) -> set[str]:
        """The two words that columns of yes or no are written with; none if they hold numbers."""
        words = {word: column for column in columns for word in self.words(column)}
        if all(map(_is_number, words)):
            return set()
        if len(words) != 2:
            column = words[next(word for word in words if not _is_number(word))]
            several = f"{len(words)} different words, {_some(list(words), 4)}"
            raise damage(self.path, f"{several}; wanted are two, or 0 and 1", 1, column)
        return set(words)

    def texts(self, column: str) -> list[str]:
        """The cells of a column of text: each has a word, and not all of them are numbers."""
        cells = self.words(column)
        for row, cell in enumerate(cells):
            if not tokens(cell):
                raise self.wrong(row, column, f"there is no word in {cell!r}")
        if all(_is_number(cell) for cell in cells):
            raise self.wrong(
                0, column, f"text is wanted, and this column holds numbers: {cells[0]}"
            )
        return cells

    def wrong(self, row: int, column: str, problem: str) -> DataError:
        """The error that names the file and a cell's line and column."""
        return damage(self.path, problem, self._lines[row], column)

    def _number(self, row: int, column: str, word: str) -> float:
        try:
            number = float(word)
        except ValueError:
            raise self.wrong(row, column, f"{word!r} is not a number") from None
        if not math.isfinite(number):
            raise self.wrong(row, column, f"{word!r} is not a finite number")
        return number

    def _place(self, column: str) -> int:
        found = self.header.count(column)
        if found > 1:
            raise damage(self.path, "this column stands in the header twice", 1, column)
        if not found:
            near = get_close_matches(column, self.header, n=1, cutoff=0.6)
            hint = f"the nearest is {near[0]!r}" if near else f"found: {_some(self.header)}"
            raise damage(self.path, f"no column {column!r}; {hint}", 1)
        return self.header.index(column)


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _some(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
