"""Seasons as Kaggle's files write them: a year, or a letter as in 2014's files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from zoo.data.basketball.kaggle import year_of
from zoo.data.csv import Table, read_csv

_SEASON = re.compile(r"[A-Za-z]|[1-9]\d{3}", re.ASCII)
_YEARS = re.compile(r"\d{4}\s*-\s*(\d{4})", re.ASCII)


def season_of(word: str, letters: Mapping[str, int] | None = None) -> int:
    """The year in which a season ended, of `2016` or of a letter (A is 1996, S is 2014).

    Args:
        word: The season as a file has it.
        letters: Capital letter -> year, as `read_seasons` gives it, where it is not the usual.

    Raises:
        ValueError: it is neither, or a letter that `letters` lacks.
    """
    if not _SEASON.fullmatch(word):
        raise ValueError(f"{word!r} is not a season such as 2016, or S for 2014")
    if word.isdigit():
        return int(word)
    letter = word.upper()
    if letters is None:
        return year_of(letter)
    if letter not in letters:
        raise ValueError(f"no season {word!r}; known: {', '.join(letters) or 'none'}")
    return letters[letter]


def read_seasons(path: Path) -> dict[str, int]:
    """Season letter -> year, from a `seasons.csv` with columns season and years (`1995-1996`).

    Raises:
        DataError: the file is damaged, lacks a column, or gives one letter two years.
    """
    table = read_csv(path, {"season": "season", "years": "years"})
    words, years = table.words("season").tolist(), table.words("years").tolist()
    known: dict[str, int] = {}
    for row, (word, text) in enumerate(zip(words, years, strict=True)):
        found = _YEARS.fullmatch(text)
        if not found:
            raise table.wrong(row, "years", f"{text!r} is not of the form 1995-1996")
        if known.setdefault(word.upper(), int(found[1])) != int(found[1]):
            raise table.wrong(row, "years", f"season {word} already has other years")
    return known


def rows_of(table: Table, season: int, letters: Mapping[str, int] | None = None) -> list[int]:
    """The rows of a table whose column `season` is this one.

    Raises:
        DataError: a cell is no season, or there are no such rows.
    """
    words = table.words("season").tolist()
    years: dict[str, int] = {}
    for row, word in enumerate(words):
        if word not in years:
            try:
                years[word] = season_of(word, letters)
            except ValueError as error:
                raise table.wrong(row, "season", str(error)) from None
    seasons = np.array([years[word] for word in words])
    rows = np.flatnonzero(seasons == season)
    if not len(rows):
        problem = f"no rows of {season}; the file has {seasons.min()} to {seasons.max()}"
        raise table.wrong(len(words) - 1, "season", problem)
    return rows.tolist()
