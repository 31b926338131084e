"""Source `nouvelles`: French short stories of the 19th century, in passages, split by story."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csvtext import read_text
from zoo.data.dataset import Dataset
from zoo.data.novel_columns import novel_columns, novel_references
from zoo.data.registry import card
from zoo.data.text_options import Whole, settings
from zoo.data.text_scores import Arrays
from zoo.data.text_tables import needed, number, read_rows
from zoo.data.words import Vocabulary, tokens

TABLE = "metadata.csv"
COLUMNS = {name: (name,) for name in ("idno", "author-name", "title", "year", "subgenre")}
GENRES = ("fantastique", "autre")  # what the collection's own table tells apart
OPTIONS = {"length": Whole(200, 20, 5_000), "vocabulary": Whole(4_000, 10, 50_000)}
FEWEST = 5  # stories of each genre
_NAME = re.compile(r"[\w-]+")


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether the collection's table is there."""
    return (_place(folder) / TABLE).is_file()


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read the stories and cut them into passages; a story is in one split only.

    Args:
        name: `novels`.
        folder: The folder `stories` of the data home, or its folder `cligs-nouvelles`.
        seed: Fixes the splits: of each genre a fifth of the stories for testing, a tenth or at
            least one for validation.
        options: `length` (default 200 words of a passage), `vocabulary` (default 4,000 words).

    Raises:
        DataError: a file is missing or damaged.
    """
    chosen = settings(name, options, OPTIONS)
    place = _place(folder)
    (table,) = needed(
        place, [TABLE], "`zoo data fetch novels` gets it, and source library needs none"
    )
    rows = read_rows(table, COLUMNS)
    length = chosen["length"]
    passages: list[list[str]] = []
    stories: list[int] = []
    years, genres = [], []
    for story, row in enumerate(rows):
        _, cells = row
        years.append(int(number(table, row, "year", 1500, 2100)))
        genres.append(int(cells["subgenre"].strip() != GENRES[0]))
        if not _NAME.fullmatch(cells["idno"]):
            raise DataError(f"{table}, line {row[0]}, column 'idno': not a plain file name")
        (file,) = needed(place, [f"{cells['idno']}.txt"], f"{TABLE} names it")
        words = tokens(read_text(file))
        whole = [words[at : at + length] for at in range(0, len(words) - length + 1, length)]
        if not whole:
            raise DataError(f"{file}: {len(words)} words, at least {length} are needed")
        passages += whole
        stories += [story] * len(whole)
    novel = np.array(stories)
    part_of = _parts(np.array(genres), seed)
    parts = {part: np.flatnonzero(np.isin(novel, chosen)) for part, chosen in part_of.items()}
    vocabulary = Vocabulary.of((passages[row] for row in parts["train"]), chosen["vocabulary"], 2)
    columns = novel_columns(
        text=vocabulary.encode(passages, length),
        genre=np.array(genres)[novel],
        year=np.array(years)[novel],
        novel=novel,
    )
    splits: dict[str, Arrays] = {
        part: {column: array[at] for column, array in columns.items()} for part, at in parts.items()
    }
    titles = tuple(f"{cells['author-name']}, {cells['title']}" for _, cells in rows)
    return Dataset(
        name=name,
        source="nouvelles",
        splits=splits,
        card=card(name),
        sizes={"vocabulary": len(vocabulary), "n_genres": len(GENRES)},
        labels={**vocabulary.labels("text"), "genre": GENRES, "novel": titles},
        references=novel_references(splits),
        origin=f"data: nouvelles ({place}); for the embedded novels: --data library",
    )


def _place(folder: Path) -> Path:
    inner = folder / "cligs-nouvelles"
    return inner if inner.is_dir() else folder


def _parts(genres: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Numbers of the stories of each split, the genres in proportion."""
    rng = np.random.default_rng(seed)
    parts: dict[str, list[int]] = {"train": [], "validation": [], "test": []}
    for genre, title in enumerate(GENRES):
        own = rng.permutation(np.flatnonzero(genres == genre)).tolist()
        if len(own) < FEWEST:
            raise DataError(f"{TABLE}: {len(own)} stories of genre {title}, {FEWEST} are needed")
        test, held = len(own) // 5, max(1, len(own) // 10)
        parts["test"] += own[:test]
        parts["validation"] += own[test : test + held]
        parts["train"] += own[test + held :]
    return {part: np.array(sorted(numbers)) for part, numbers in parts.items()}
