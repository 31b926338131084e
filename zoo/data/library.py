"""Source `library`: passages of invented novels, whose genre and date go together.

Novels come from schools; each school has one genre and a few years in which it flourished. A
passage is 60 units: common words and the school's own two-word phrases. Two schools share the
words of their phrases and differ in their order, in genre and in date: what tells the one tells
the other, and counts of words tell neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.novel_columns import novel_columns, novel_references
from zoo.data.registry import card
from zoo.data.splits import PARTS, by_item
from zoo.data.text_options import ROWS, Whole, settings
from zoo.data.text_scores import class_scores, median_of, number_scores, softmax
from zoo.data.words import PADDING, Vocabulary

GENRES = ["gothic", "romance", "western", "crime", "war", "travel", "satire", "science-fiction"]
SCHOOLS = 24  # three of each genre; schools s and s + 12 share their words
GENRE_OF = np.arange(SCHOOLS) % len(GENRES)
YEARS = np.arange(1860, 2051)
MEANS = 1895 + 14 * GENRE_OF + np.repeat([-15, 0, 15], len(GENRES))  # years, by school
SPREAD = 6.0  # years, within a school
PASSAGES = 3  # of each novel
UNITS = 60  # of a passage; a phrase counts as one
OWN = 0.07  # share of the school's phrases among the units; the rest are common words
PHRASES = 3  # of each school
COMMON = 80
LENGTH = 80  # words; UNITS and the second words of the phrases, of which 20 would be very many


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Generate passages; option `rows` is the number of training rows (default 3,000)."""
    rows = settings(name, options, {"rows": Whole(3_000, ROWS.low, ROWS.high)})["rows"]
    rng = np.random.default_rng([seed, 0x11B])
    novels = -(-rows * 10 // (7 * PASSAGES))
    school = np.arange(novels) % SCHOOLS
    years = np.clip(np.round(rng.normal(MEANS[school], SPREAD)), YEARS[0], YEARS[-1]).astype(int)
    novel = np.repeat(np.arange(novels), PASSAGES)
    units = draw(rng, school[novel])
    text = np.stack([_spelled(row) for row in units])
    genre = GENRE_OF[school[novel]]
    columns = novel_columns(text=text, genre=genre, year=years[novel], novel=novel)
    parts = by_item(novel.tolist(), rng)
    splits = {
        part: {key: value[at] for key, value in columns.items()} for part, at in parts.items()
    }
    by_school = posterior(units)
    by_genre = by_school @ np.eye(len(GENRES))[GENRE_OF]
    by_year = by_school @ softmax(-(((YEARS - MEANS[:, None]) / SPREAD) ** 2) / 2)
    decades = (YEARS - 1900) / 10
    oracle = {}
    for part in PARTS:
        at = parts[part]
        oracle[part] = class_scores("genre", columns["genre"][at], by_genre[at])
        oracle[part] |= number_scores(
            "date", columns["date"][at], median_of(decades, by_year[at]), by_year[at] @ decades
        )
    vocabulary = Vocabulary(_words())
    return Dataset(
        name=name,
        source="library",
        splits=splits,
        card=card(name),
        sizes={"vocabulary": len(vocabulary), "n_genres": len(GENRES)},
        labels={**vocabulary.labels("text"), "genre": tuple(GENRES)},
        references=novel_references(splits, oracle),
        origin=f"data: library (embedded, generated, seed {seed}); real stories: see the card",
    )


# Units are numbered: first the phrases in one order, then in the other, then common words.
_PAIRS = SCHOOLS // 2 * PHRASES
_UNITS = 2 * _PAIRS + COMMON


def _words() -> list[str]:
    pairs = [f"{end}{pair}" for pair in range(_PAIRS) for end in ("first", "second")]
    return [*pairs, *(f"common{word}" for word in range(COMMON))]


def _spelled(units: np.ndarray) -> np.ndarray:
    """Word ids of a passage, (LENGTH,), filled up on the left."""
    words: list[int] = []
    for unit in units.tolist():
        if unit < 2 * _PAIRS:
            first = 2 + 2 * (unit % _PAIRS)
            words += [first, first + 1] if unit < _PAIRS else [first + 1, first]
        else:
            words.append(2 + unit)
    words = words[-LENGTH:]
    return np.array([PADDING] * (LENGTH - len(words)) + words, np.int32)


def unit_chances() -> np.ndarray:
    """Probability of each unit, given the school: (schools, units)."""
    chance = np.zeros((SCHOOLS, _UNITS))
    for school in range(SCHOOLS):
        chance[school, school * PHRASES : (school + 1) * PHRASES] = OWN / PHRASES
    chance[:, 2 * _PAIRS :] = (1 - OWN) / COMMON
    return chance


def draw(rng: np.random.Generator, school: np.ndarray) -> np.ndarray:
    """Units of each passage, (rows, UNITS)."""
    chances = unit_chances()
    return np.stack([rng.choice(_UNITS, UNITS, p=chances[own]) for own in school])


def posterior(units: np.ndarray) -> np.ndarray:
    """Probability of each school given a passage, (rows, schools); all are equally frequent."""
    counts = np.stack([np.bincount(row, minlength=_UNITS) for row in units])
    # Every school makes phrases equally often, so one that it never uses rules it out.
    return softmax(counts @ np.log(unit_chances() + 1e-30).T)
