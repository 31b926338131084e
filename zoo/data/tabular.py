"""Any CSV table as a dataset: a plug-in says which columns make up which array.

Every problem is named by file, line (the header is line 1) and column.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zoo.core.columns import NO_COLUMNS
from zoo.core.errors import DataError
from zoo.data import cells as table_cells
from zoo.data.csv import Table, as_number, damage, read_csv, some
from zoo.data.learned import learned
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, Source, TablePath
from zoo.data.splits import parted
from zoo.data.table_splits import RANDOM, SPLIT, SplitBy, rows_by_split
from zoo.data.text import encoding
from zoo.data.text.encoding import tokens

_TARGETS = {"label": "classes", "flag": "binary", "number": "number"}
AS_THEY_ARE = ("number", "date", "category", "text", "picture")  # kinds of inputs with a port


@dataclass(frozen=True)
class Field:
    """An array of the dataset: the table's columns it is made of, and how they are read.

    Attributes:
        columns: Header names, in the array's order (the last axis runs fastest).
        kind: `number`; `flag`, 0 or 1, or one of two words, the first by alphabet for 0; `label`,
            a word whose place in the vocabulary is kept; of one column, sentences that a model
            reads as `words`, `vectors` or `characters` (`zoo.data.text.encoding`); or, of one
            column with a port, what the model itself takes apart: a `date` (in days since
            1970-01-01), a `category` or a `text` (as it is), a `picture` (the path of one).
        shape: Shape of one row's array; by default as long as there are columns.
        vocabulary: Name of the list of a label's words; fields may share one.
        target: Whether a model is to predict it: then the data gives the score of guessing.
        length: Of a text: how many words or characters are kept; with a port, at least.
        port: The input of an architecture that the column, as it is, is a part of.
        missing: Whether cells may be empty; a row without a target is then left out.
        format: How a date is written, as in `datetime.strptime`.
    """

    columns: tuple[str, ...]
    kind: str = "number"
    shape: tuple[int, ...] = ()
    vocabulary: str = ""
    target: bool = False
    length: int = 0
    port: str = ""
    missing: bool = False
    format: str = ""


@dataclass(frozen=True)
class Description:
    """How a table is read.

    Attributes:
        fields: Name of each array -> what it is made of.
        sizes: Builder argument -> vocabulary whose length it takes.
        split: What decides the split, where the table has no column `split`.
    """

    fields: Mapping[str, Field]
    sizes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    split: SplitBy = RANDOM

    @property
    def as_they_are(self) -> bool:
        """Whether the model takes the columns as they are."""
        return any(each.port for each in self.fields.values())


def table_source(path: Path, described: Description) -> Source:
    """The source of a dataset that is one table; the option `file` takes another one.

    The rows are split by the column `split`, else as described, 70/15/15.

    Args:
        path: A file that `read_csv` reads, with a header line.
        described: How it is read.
    """
    fields = described.fields

    def load(request: Request) -> Content:
        table, notes = with_targets(read_csv(Path(request.options["file"])), fields)
        splits, vocabularies = read_splits(table, fields, request.seed, described.split)
        as_they_are = described.as_they_are
        return Content(
            splits,
            sizes={size: len(vocabularies[label]) for size, label in described.sizes.items()},
            columns=learned(fields, splits["train"], vocabularies) if as_they_are else NO_COLUMNS,
            notes=(*notes, *one_sided(splits, fields)),
            labels={**_zero_and_one(fields), **vocabularies},
            targets={key: _TARGETS[field.kind] for key, field in fields.items() if field.target},
            origin=f"{table.path.name}, {len(table):,} rows; for another table: "
            "--set dataset_options.file=FILE",
        )

    return Source("csv", load, options={"file": TablePath(path)})


def one_sided(
    splits: Mapping[str, Mapping[str, np.ndarray]], fields: Mapping[str, Field]
) -> Iterator[str]:
    """What a split makes impossible: to learn a target that does not vary, to score at all."""
    for name, field in fields.items():
        if field.target and len(np.unique(splits["train"][name])) == 1:
            yield (
                f"every training row has the same {field.columns[0]}, so that nothing can be "
                "learned; choose another split"
            )
    missing = [split for split in ("validation", "test") if not len(_rows(splits.get(split)))]
    if missing:
        yield f"no row is for {' and '.join(missing)}: see the column {SPLIT}"


def _rows(split: Mapping[str, np.ndarray] | None) -> np.ndarray | tuple[()]:
    return next(iter(split.values())) if split else ()


def with_targets(table: Table, fields: Mapping[str, Field]) -> tuple[Table, tuple[str, ...]]:
    """The rows that have every target, and a note where some have not.

    Raises:
        DataError: a column is missing, or no row has the targets.
    """
    known = np.ones(len(table), bool)
    gaps = []
    for each in fields.values():
        if each.target and each.missing:
            gap = np.array([table_cells.is_missing(cell) for cell in table.texts(each.columns[0])])
            gaps += [each.columns[0]] if gap.any() else []
            known &= ~gap
    if known.all():
        return table, ()
    if not known.any():
        raise damage(table.path, "no row has a value", 1, gaps[0])
    lost = np.count_nonzero(~known)
    note = f"{lost:,} of {len(table):,} rows left out: no value in {' or '.join(gaps)}"
    return table.chosen(np.flatnonzero(known)), (note,)


def read_splits(
    table: Table, fields: Mapping[str, Field], seed: int = 0, by: SplitBy = RANDOM
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
    parts = rows_by_split(table, seed, by, _classes(fields, arrays))
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


def _classes(fields: Mapping[str, Field], arrays: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Class of each row (rows,), where the model takes the columns as they are and predicts one."""
    targets = [name for name, each in fields.items() if each.target]
    if len(targets) != 1 or fields[targets[0]].kind == "number":
        return None
    if not any(each.port for each in fields.values()):
        return None
    return arrays[targets[0]][:, 0]


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


def _zero_and_one(fields: Mapping[str, Field]) -> dict[str, tuple[str, ...]]:
    """The names of the classes of targets written 0 and 1, where the columns are as they are."""
    if not any(field.port for field in fields.values()):
        return {}  # the architecture says what its own 1 means
    flags = (name for name, field in fields.items() if field.kind == "flag" and field.target)
    return dict.fromkeys(flags, ("0", "1"))


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
    if field.port:
        return _as_it_is(table, field)
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


def _as_it_is(table: Table, field: Field) -> np.ndarray:
    """A column, or numbers side by side, for a model that takes them as they are."""
    first, missing = field.columns[0], field.missing
    if field.kind == "picture":
        return table_cells.pictures(table, first, field.shape)
    if field.kind == "date":
        columns = [table_cells.dates(table, first, field.format, missing=missing)]
    elif field.kind == "number":
        columns = [table_cells.numbers(table, each, missing=missing) for each in field.columns]
    else:
        columns = [table_cells.words(table, first, missing=missing)]
    return np.stack(columns, axis=-1)


def read_description(path: Path) -> Description:
    """How a table is read, from a TOML file.

    An entry of `arrays` has the attributes of `Field`, and a name; without one, each of its
    columns is a separate array. `split` has the attributes of `SplitBy`.

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
            if whole.kind not in (AS_THEY_ARE if whole.port else (*_TARGETS, *encoding.KINDS)):
                raise ValueError(f"unknown kind {whole.kind!r}")
            parts = {column: replace(whole, columns=(column,)) for column in whole.columns}
            fields |= {name: whole} if name else parts
        sizes = {str(size): str(label) for size, label in described.get("sizes", {}).items()}
        return Description(fields, sizes, SplitBy(**described.get("split", {})))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{path} does not describe a table: {error}") from error


def register_table(name: str, folder: Path, summary: str = "a table") -> None:
    """Register the dataset of a project: table.csv, table.toml and README.md in `folder`.

    Raises:
        DataError: as `read_description`.
        ValueError: the name is taken.
    """
    source = table_source(folder / "table.csv", read_description(folder / "table.toml"))
    register(Entry(name, name, summary, (source,), described_in=str(folder)))
