"""Any CSV table as a dataset: a plug-in says which columns make up which array.

Every problem is named by file, line (the header is line 1) and column.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csv import Table, as_number, damage, read_csv, some
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, Source, TablePath
from zoo.data.splits import PARTS, parted
from zoo.data.text import encoding
from zoo.data.text.encoding import tokens

SPLIT = "split"  # the column that says which split a row belongs to, if the table has it
_TARGETS = {"label": "classes", "flag": "binary", "number": "number"}
HELD_OUT = 0.15  # share of the rows for validation, and again for testing


@dataclass(frozen=True)
class Field:
    """An array of the dataset: the table's columns it is made of, and how they are read.

    Attributes:
        columns: Header names, in the array's order (the last axis runs fastest).
        kind: `number`; `flag`, 0 or 1, or one of two words, the first by alphabet for 0; `label`,
            a word whose place in the vocabulary is kept; or, of one column, sentences that a
            model reads as `words`, `vectors` or `characters` (`zoo.data.text.encoding`).
        shape: Shape of one row's array; by default as long as there are columns.
        vocabulary: Name of the list of a label's words; fields may share one.
        target: Whether a model is to predict it: then the data gives the score of guessing.
        length: Of a text: how many words or characters are kept.
    """

    columns: tuple[str, ...]
    kind: str = "number"
    shape: tuple[int, ...] = ()
    vocabulary: str = ""
    target: bool = False
    length: int = 0


def table_source(
    path: Path, fields: Mapping[str, Field], sizes: Mapping[str, str] | None = None
) -> Source:
    """The source of a dataset that is one table; the option `file` takes another one.

    The rows are split by the column `split`, else at random, 70/15/15.

    Args:
        path: A comma-separated file with a header line.
        fields: Name of each array -> what it is made of.
        sizes: Builder argument -> vocabulary whose length it takes.
    """

    def load(request: Request) -> Content:
        table = read_csv(Path(request.options["file"]))
        splits, vocabularies = read_splits(table, fields, request.seed)
        return Content(
            splits,
            sizes={size: len(vocabularies[label]) for size, label in (sizes or {}).items()},
            labels=vocabularies,
            targets={key: _TARGETS[field.kind] for key, field in fields.items() if field.target},
            origin=f"{table.path.name}, {len(table):,} rows; for another table: "
            "--set dataset_options.file=FILE",
        )

    return Source("csv", load, options={"file": TablePath(path)})


def read_splits(
    table: Table, fields: Mapping[str, Field], seed: int = 0
) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, tuple[str, ...]]]:
    """The arrays of every split, rows on axis 0, and the vocabularies of labels and texts.

    Labels are numbered over all rows; which words or characters of a text are known, the training
    rows alone decide.

    Raises:
        DataError: a column is missing, a cell cannot be read, or there are too few rows.
    """
    written = {
        key: sentences(table, field.columns[0])
        for key, field in fields.items()
        if field.kind in encoding.KINDS
    }
    vocabularies = _labels(table, fields)
    arrays = {
        key: _array(table, field, vocabularies.get(field.vocabulary or key, ()))
        for key, field in fields.items()
        if key not in written
    }
    parts = _rows_by_split(table, seed)
    seen: dict[str, list[str]] = {}  # kind of text -> training texts
    for key, cells in written.items():
        seen.setdefault(fields[key].kind, []).extend(cells[row] for row in parts["train"])
    known = {kind: encoding.learn(kind, cells) for kind, cells in seen.items()}
    for key, cells in written.items():
        field = fields[key]
        arrays[key] = encoding.encode(field.kind, cells, field.length, known[field.kind])
    names = encoding.VOCABULARIES
    vocabularies |= {names[kind]: steps for kind, steps in known.items() if kind in names}
    return parted(arrays, parts), vocabularies


def sentences(table: Table, column: str) -> list[str]:
    """The cells of a column of text: each has a word, and not all of them are numbers.

    Raises:
        DataError: the column is missing, or a cell is not such a text.
    """
    cells = table.words(column).tolist()
    for row, cell in enumerate(cells):
        if not tokens(cell):
            raise table.wrong(row, column, f"{cell!r} contains no words")
    if all(as_number(cell) is not None for cell in cells):
        raise table.wrong(0, column, f"expected text, but this column holds numbers: {cells[0]}")
    return cells


def _labels(table: Table, fields: Mapping[str, Field]) -> dict[str, tuple[str, ...]]:
    """The words of labels by vocabulary, and those of flags that are words by field."""
    words: dict[str, set[str]] = {}
    for key, field in fields.items():
        if field.kind == "label":
            for column in field.columns:
                words.setdefault(field.vocabulary, set()).update(table.words(column))
        elif field.kind == "flag":
            words[key] = _two_words(table, field.columns)
    return {name: vocabulary(known) for name, known in words.items() if known}


def vocabulary(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once: whole numbers by size, anything else by alphabet."""
    try:
        return tuple(sorted(set(words), key=lambda word: (int(word), word)))
    except ValueError:
        return tuple(sorted(set(words)))


def _two_words(table: Table, columns: Sequence[str]) -> set[str]:
    """The two words that columns of yes or no are written with; none if they hold numbers."""
    words = {word: column for column in columns for word in table.words(column).tolist()}
    named = [word for word in words if as_number(word) is None]
    if named and len(words) != 2:
        several = f"{len(words)} different words, {some(list(words), 4)}"
        problem = f"{several}; expected two, or 0 and 1"
        raise damage(table.path, problem, 1, words[named[0]])
    return set(words) if named else set()


def _array(table: Table, field: Field, known: Sequence[str]) -> np.ndarray:
    """The field's array, rows on axis 0; the places of its words in `known`, if it has any."""
    place = {word: number for number, word in enumerate(known)}
    columns: list[Sequence[float] | np.ndarray] = []
    for column in field.columns:
        if known:
            columns.append([place[word] for word in table.words(column)])
            continue
        numbers = table.numbers(column)
        if field.kind == "flag":
            table.refuse((numbers != 0) & (numbers != 1), column, "{value:g} is neither 0 nor 1")
        columns.append(numbers)
    array = np.stack(columns, axis=-1).astype(np.int32 if field.kind == "label" else np.float32)
    return array.reshape(len(table), *(field.shape or (len(columns),)))


def _rows_by_split(table: Table, seed: int) -> dict[str, np.ndarray]:
    """Split -> row numbers."""
    if SPLIT in table.header:
        words = table.words(SPLIT)
        unknown = ~np.isin(words, PARTS)
        table.refuse(unknown, SPLIT, "{value!r} is not one of " + ", ".join(PARTS))
        rows = {name: np.flatnonzero(words == name) for name in PARTS}
        if not len(rows["train"]):
            raise damage(table.path, "no row is in the split 'train'", 1, SPLIT)
        return {name: chosen for name, chosen in rows.items() if len(chosen)}
    if len(table) < 10:
        raise DataError(
            f"{table.path}: {len(table)} rows are too few to split; at least 10 are needed"
        )
    order = np.random.default_rng([seed, 0x7AB1E]).permutation(len(table))
    held = round(HELD_OUT * len(table))
    cuts = np.split(order, [len(table) - 2 * held, len(table) - held])
    return {name: np.sort(rows) for name, rows in zip(PARTS, cuts, strict=True)}


def read_description(path: Path) -> tuple[dict[str, Field], dict[str, str]]:
    """The arrays of a table, and builder argument -> vocabulary that sizes it, from a TOML file.

    An entry of `arrays` has the attributes of `Field`, and a name; without one, each of its
    columns is a separate array.

    Raises:
        DataError: the file is missing, or describes no table; the message says why.
    """
    try:
        described = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise DataError(f"{path} is not TOML: {error}") from error
    fields: dict[str, Field] = {}
    try:
        for entry in described["arrays"]:
            name = entry.pop("name", None)
            whole = Field(**{**entry, "columns": tuple(map(str, entry["columns"]))})
            whole = replace(whole, shape=tuple(map(int, whole.shape)))
            if whole.kind not in (*_TARGETS, *encoding.KINDS):
                raise ValueError(f"unknown kind {whole.kind!r}")
            parts = {column: replace(whole, columns=(column,)) for column in whole.columns}
            fields |= {name: whole} if name else parts
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{path} does not describe a table: {error}") from error
    return fields, {str(size): str(label) for size, label in described.get("sizes", {}).items()}


def register_table(name: str, folder: Path, summary: str = "a table") -> None:
    """Register the dataset of a project: table.csv, table.toml and README.md in `folder`.

    Raises:
        DataError: as `read_description`.
        ValueError: the name is taken.
    """
    source = table_source(folder / "table.csv", *read_description(folder / "table.toml"))
    register(Entry(name, name, summary, (source,), described_in=str(folder)))
