"""Any CSV table as a dataset: a plug-in says which columns make up which array.

Every problem is named by file, line (the header is line 1) and column.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from zoo.data.bayes import best_constant, class_scores, flag_scores, frequencies
from zoo.data.csvtext import csv_rows, damage, read_text
from zoo.data.dataset import Dataset
from zoo.data.home import card
from zoo.errors import DataError

KINDS = ("number", "flag", "label")
SPLIT = "split"  # the column that says which split a row belongs to, if the table has it
SPLITS = ("train", "validation", "test")
HELD_OUT = 0.15  # share of the rows for validation, and again for testing


@dataclass(frozen=True)
class Field:
    """An array of the dataset: the table's columns it is made of, and how they are read.

    Attributes:
        columns: Header names, in the array's order (the last axis runs fastest).
        kind: `number`; `flag`, 0 or 1; or `label`, a word whose place in the vocabulary is kept.
        shape: Shape of one row's array; by default as long as there are columns.
        vocabulary: Name of the list of a label's words; fields may share one.
        target: Whether a model is to predict it: then the data gives the score of guessing.
    """

    columns: tuple[str, ...]
    kind: str = "number"
    shape: tuple[int, ...] = ()
    vocabulary: str = ""
    target: bool = False


def number_fields(*columns: str, target: bool = False) -> dict[str, Field]:
    """A field of its own for every column of numbers."""
    return {column: Field((column,), target=target) for column in columns}


def read_dataset(
    name: str,
    path: Path,
    fields: Mapping[str, Field],
    *,
    sizes: Mapping[str, str] | None = None,
    seed: int = 0,
) -> Dataset:
    """Read a table and split its rows: by its column `split`, else at random, 70/15/15.

    Args:
        name: The dataset's name in the zoo.
        path: A comma-separated file with a header line.
        fields: Name of each array -> what it is made of.
        sizes: Builder argument -> vocabulary whose length it takes.
        seed: Fixes the random split.

    Raises:
        DataError: the file or a column is missing, or a cell cannot be read.
    """
    table = CsvTable(path)
    vocabularies = _vocabularies(table, fields)
    arrays = {key: _array(table, field, vocabularies) for key, field in fields.items()}
    splits = {
        split: {key: array[rows] for key, array in arrays.items()}
        for split, rows in _rows_by_split(table, seed).items()
    }
    return Dataset(
        name=name,
        source="csv",
        splits=splits,
        card=card(name),
        sizes={argument: len(vocabularies[label]) for argument, label in (sizes or {}).items()},
        labels=vocabularies,
        references={"trivial": _trivial(splits, fields, vocabularies)},
        origin=f"data: {path.name}, {len(table):,} rows; for another table: "
        "--set dataset_options.file=FILE",
    )


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


def vocabulary(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once: whole numbers by size, anything else by alphabet."""
    known = set(words)
    try:
        return tuple(sorted(known, key=lambda word: (int(word), word)))
    except ValueError:
        return tuple(sorted(known))


def _some(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _vocabularies(table: CsvTable, fields: Mapping[str, Field]) -> dict[str, tuple[str, ...]]:
    words: dict[str, set[str]] = {}
    for field in fields.values():
        if field.kind == "label":
            for column in field.columns:
                words.setdefault(field.vocabulary, set()).update(table.words(column))
    return {name: vocabulary(known) for name, known in words.items()}


def _array(
    table: CsvTable, field: Field, vocabularies: Mapping[str, tuple[str, ...]]
) -> np.ndarray:
    """The field's array, rows on axis 0."""
    columns: list[Sequence[float]] = []
    for column in field.columns:
        if field.kind == "label":
            place = {word: number for number, word in enumerate(vocabularies[field.vocabulary])}
            columns.append([place[word] for word in table.words(column)])
            continue
        numbers = table.numbers(column)
        if field.kind == "flag":
            for row, number in enumerate(numbers):
                if number not in (0, 1):
                    raise table.wrong(row, column, f"{number:g} is neither 0 nor 1")
        columns.append(numbers)
    kind = np.int32 if field.kind == "label" else np.float32
    array = np.stack([np.asarray(column, kind) for column in columns], axis=-1)
    return array.reshape(len(table), *(field.shape or (len(columns),)))


def _rows_by_split(table: CsvTable, seed: int) -> dict[str, np.ndarray]:
    """Split -> row numbers."""
    if SPLIT in table.header:
        words = table.words(SPLIT)
        for row, word in enumerate(words):
            if word not in SPLITS:
                raise table.wrong(row, SPLIT, f"{word!r} is none of {', '.join(SPLITS)}")
        if SPLITS[0] not in words:
            raise damage(table.path, f"no row is of the split {SPLITS[0]!r}", 1, SPLIT)
        return {name: np.flatnonzero(np.array(words) == name) for name in SPLITS if name in words}
    if len(table) < 10:
        raise DataError(f"{table.path}: {len(table)} rows are too few to split; 10 is the least")
    order = np.random.default_rng([seed, 0x7AB1E]).permutation(len(table))
    held = round(HELD_OUT * len(table))
    cuts = np.split(order, [len(table) - 2 * held, len(table) - held])
    return {name: np.sort(rows) for name, rows in zip(SPLITS, cuts, strict=True)}


def _trivial(
    splits: Mapping[str, Mapping[str, np.ndarray]],
    fields: Mapping[str, Field],
    vocabularies: Mapping[str, tuple[str, ...]],
) -> dict[str, dict[str, float]]:
    """Split -> score of the training rows' best constant, for every target."""
    scores: dict[str, dict[str, float]] = {split: {} for split in splits}
    for key, field in fields.items():
        if not field.target:
            continue
        train = splits["train"][key]
        for split, arrays in splits.items():
            if field.kind == "label":
                chance = frequencies(train, len(vocabularies[field.vocabulary]))
                scores[split] |= class_scores(key, arrays[key], chance)
            elif field.kind == "flag":
                scores[split] |= flag_scores(key, arrays[key], train.mean(axis=0))
            else:
                scores[split] |= best_constant(key, train, arrays[key])
    return scores
