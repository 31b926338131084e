"""Source `library`: passages of invented novels, whose genre and date go together.

A passage is 60 units: common words, fashionable words that come and go with the years, and
two-word phrases of the genre. Two genres share the words of their phrases and differ in their
order, and lie half a century apart, so the date tells what a count of words does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.home import card
from zoo.data.novel_columns import novel_columns, novel_references
from zoo.data.text_options import ROWS, Whole, settings
from zoo.data.text_scores import class_scores, median_of, number_scores, softmax
from zoo.data.text_splits import PARTS, by_item
from zoo.data.words import PADDING, Vocabulary

GENRES = ["gothic", "romance", "western", "crime", "war", "travel", "satire", "science-fiction"]
MEANS = np.array([1912, 1937, 1925, 1950, 1962, 1975, 1987, 1999]) - 0.0  # by genre, in GENRES
SPREAD = 12.0  # years
YEARS = np.arange(1860, 2051)
PASSAGES = 3  # of each novel
UNITS = 60  # of a passage; a phrase counts as one
GENRE, FASHION = 0.08, 0.15  # shares of the units; the rest are common words
COUPLES = 4  # genres g and g + 4 share their words
PHRASES = 5  # of each couple
FASHIONS = np.linspace(1890, 2020, 14)  # when each fashionable word is used most
FASHION_SD = 14.0
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
    genre = np.arange(novels) % len(GENRES)
    years = np.clip(np.round(rng.normal(MEANS[genre], SPREAD)), YEARS[0], YEARS[-1]).astype(int)
    novel = np.repeat(np.arange(novels), PASSAGES)
    units = draw(rng, genre[novel], years[novel] - YEARS[0])
    text = np.stack([_spelt(row) for row in units])
    columns = novel_columns(text=text, genre=genre[novel], year=years[novel], novel=novel)
    parts = by_item(novel.tolist(), rng)
    splits = {
        part: {key: value[at] for key, value in columns.items()} for part, at in parts.items()
    }
    joint = posterior(units)  # (rows, genres, years)
    decades = (YEARS - 1900) / 10
    oracle = {}
    for part in PARTS:
        at = parts[part]
        by_year = joint[at].sum(axis=1)
        oracle[part] = class_scores("genre", columns["genre"][at], joint[at].sum(axis=2))
        oracle[part] |= number_scores(
            "date", columns["date"][at], median_of(decades, by_year), by_year @ decades
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


# Units are numbered: first the phrases in one order, then in the other, fashionable words, common.
_PAIRS = COUPLES * PHRASES
_UNITS = 2 * _PAIRS + len(FASHIONS) + COMMON


def _words() -> list[str]:
    pairs = [f"{end}{pair}" for pair in range(_PAIRS) for end in ("first", "second")]
    fashions = [f"fashion{int(year)}" for year in FASHIONS]
    return [*pairs, *fashions, *(f"common{word}" for word in range(COMMON))]


def _spelt(units: np.ndarray) -> np.ndarray:
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
    """Probability of each unit, given genre and year: (genres, years, units)."""
    chance = np.zeros((len(GENRES), len(YEARS), _UNITS))
    for genre in range(len(GENRES)):
        first = (genre // COUPLES) * _PAIRS + (genre % COUPLES) * PHRASES
        chance[genre, :, first : first + PHRASES] = GENRE / PHRASES
    near = softmax(-(((YEARS[:, None] - FASHIONS) / FASHION_SD) ** 2) / 2)
    chance[:, :, 2 * _PAIRS : 2 * _PAIRS + len(FASHIONS)] = FASHION * near
    chance[:, :, 2 * _PAIRS + len(FASHIONS) :] = (1 - GENRE - FASHION) / COMMON
    return chance


def draw(rng: np.random.Generator, genre: np.ndarray, year: np.ndarray) -> np.ndarray:
    """Units of each passage, (rows, UNITS); `year` counts from YEARS[0]."""
    upto = np.cumsum(unit_chances(), axis=2)
    upto /= upto[:, :, -1:]
    picks = rng.random((len(genre), UNITS))
    return np.stack(
        [np.searchsorted(upto[g, y], pick) for g, y, pick in zip(genre, year, picks, strict=True)]
    )


def posterior(units: np.ndarray) -> np.ndarray:
    """Probability of each genre and year given a passage: (rows, genres, years)."""
    counts = np.stack([np.bincount(row, minlength=_UNITS) for row in units])
    # Every genre makes phrases equally often, so one that it never uses rules it out.
    likely = np.einsum("ru,gyu->rgy", counts, np.log(unit_chances() + 1e-30), optimize=True)
    prior = -(((YEARS - MEANS[:, None]) / SPREAD) ** 2) / 2
    return softmax((likely + prior).reshape(len(units), -1)).reshape(likely.shape)
