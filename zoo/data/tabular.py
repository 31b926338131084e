"""Any CSV table as a dataset: a plug-in says which columns make up which array.

Every problem is named by file, line (the header is line 1) and column.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.core.errors import DataError
from zoo.data import texts
from zoo.data.csvtable import CsvTable
from zoo.data.csvtext import damage
from zoo.data.dataset import Dataset
from zoo.data.reference_scores import best_constant, class_scores, flag_scores, frequencies
from zoo.data.registry import card

SPLIT = "split"  # the column that says which split a row belongs to, if the table has it
SPLITS = ("train", "validation", "test")
HELD_OUT = 0.15  # share of the rows for validation, and again for testing


@dataclass(frozen=True)
class Field:
    """An array of the dataset: the table's columns it is made of, and how they are read.

    Attributes:
        columns: Header names, in the array's order (the last axis runs fastest).
        kind: `number`; `flag`, 0 or 1, or one of two words, the first by alphabet for 0; `label`,
            a word whose place in the vocabulary is kept; or, of one column, sentences that a
            model reads as `words`, `vectors` or `characters` (`zoo.data.texts`).
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
    splits, vocabularies = read_splits(table, fields, seed)
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


def read_splits(
    table: CsvTable, fields: Mapping[str, Field], seed: int = 0
) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, tuple[str, ...]]]:
    """The arrays of every split, rows on axis 0, and the vocabularies of labels and texts.

    Labels are numbered over all rows; which words or characters of a text are known, the training
    rows alone decide.

    Raises:
        DataError: a column is missing, a cell cannot be read, or there are too few rows.
    """
    written = {
        key: table.texts(field.columns[0])
        for key, field in fields.items()
        if field.kind in texts.KINDS
    }
    vocabularies = _labels(table, fields)
    arrays = {
        key: _array(table, field, vocabularies.get(field.vocabulary or key, ()))
        for key, field in fields.items()
        if key not in written
    }
    by_split = _rows_by_split(table, seed)
    read, known = _encoded(written, fields, by_split["train"])
    arrays |= read
    splits = {
        split: {key: array[rows] for key, array in arrays.items()}
        for split, rows in by_split.items()
    }
    return splits, {**vocabularies, **known}


def vocabulary(words: Iterable[str]) -> tuple[str, ...]:
    """Each word once: whole numbers by size, anything else by alphabet."""
    known = set(words)
    try:
        return tuple(sorted(known, key=lambda word: (int(word), word)))
    except ValueError:
        return tuple(sorted(known))


def _labels(table: CsvTable, fields: Mapping[str, Field]) -> dict[str, tuple[str, ...]]:
    """The words of labels by vocabulary, and those of flags that are words by field."""
    words: dict[str, set[str]] = {}
    for key, field in fields.items():
        if field.kind == "label":
            for column in field.columns:
                words.setdefault(field.vocabulary, set()).update(table.words(column))
        elif field.kind == "flag":
            words[key] = table.two_words(field.columns)
    return {name: vocabulary(known) for name, known in words.items() if known}


def _encoded(
    written: Mapping[str, Sequence[str]], fields: Mapping[str, Field], train: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, tuple[str, ...]]]:
    """The arrays of the texts, and the vocabularies that their training rows make."""
    seen: dict[str, list[str]] = {}  # kind -> training texts
    for key, cells in written.items():
        seen.setdefault(fields[key].kind, []).extend(cells[int(row)] for row in train)
    known = {kind: texts.learn(kind, cells) for kind, cells in seen.items()}
    arrays = {
        key: texts.encode(fields[key].kind, cells, fields[key].length, known[fields[key].kind])
        for key, cells in written.items()
    }
    return arrays, {name: known[kind] for kind, name in texts.VOCABULARIES.items() if kind in known}


def _array(table: CsvTable, field: Field, known: Sequence[str]) -> np.ndarray:
    """The field's array, rows on axis 0; the places of its words in `known`, if it has any."""
    place = {word: number for number, word in enumerate(known)}
    columns: list[Sequence[float]] = []
    for column in field.columns:
        if known:
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
