"""What the training rows say of a table's columns: means, deviations and vocabularies."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.columns import NUMBERS, Column, Columns
from zoo.data.dataset import Arrays

if TYPE_CHECKING:
    from zoo.data.tabular import Field

MOST_CATEGORIES = 1_000  # further ones share the id of unknown words
MOST_WORDS, LEAST = 5_000, 2  # of a text; a word that occurs once is an unknown one
MOST_LENGTH = 200  # words of a text that are read
LONG = 95  # per cent of the texts that are read whole, if that is not more
TARGET = {"number": "number", "flag": "flag", "label": "class"}

_MARKS = re.compile(r"[!\"#$%&()\*\+,-\./:;<=>?@\[\\\]^_`{|}~\']")
_CAPITALS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def learned(
    fields: Mapping[str, Field], train: Arrays, labels: Mapping[str, Sequence[str]]
) -> Columns:
    """The columns of a table as its model takes them.

    Args:
        fields: Name -> how it is read.
        train: Name -> the array of the training rows.
        labels: Vocabulary -> its words, for targets.
    """
    return Columns(_learned(name, field, train[name], labels) for name, field in fields.items())


def _learned(
    name: str, field: Field, array: np.ndarray, labels: Mapping[str, Sequence[str]]
) -> Column:
    kind = TARGET[field.kind] if field.target else field.kind
    own = field.columns[0] if len(field.columns) == 1 and field.columns[0] != name else ""
    missing = field.missing and not field.target
    column = Column(name, kind, field.port, own, missing, field.target)
    if kind in NUMBERS:
        mean, std = _moments(array)
        return replace(column, mean=mean, std=std, format=field.format)
    if kind == "category":
        return replace(column, words=_categories(array.ravel().tolist()))
    if kind == "text":
        texts = [standardized(text) for text in array.ravel().tolist()]
        longest = int(np.percentile([len(text) for text in texts], LONG))
        length = max(1, field.length, min(MOST_LENGTH, longest))
        return replace(column, words=most_frequent(texts), length=length)
    if kind == "picture":
        return replace(column, shape=field.shape)
    return replace(column, words=tuple(labels.get(field.vocabulary or name, ("0", "1"))))


def _moments(array: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation of each number, as far as known; 0 and 1 where nothing is."""
    values = np.ma.masked_invalid(array.reshape(len(array), -1).astype(np.float64))
    mean = values.mean(axis=0).filled(0.0)
    std = values.std(axis=0).filled(1.0)
    std[std <= 1e-7 * np.maximum(1.0, np.abs(mean))] = 1.0  # the same in all training rows
    rounded = [tuple(float(f"{each:.7g}") for each in row) for row in (mean, std)]  # as in float32
    return rounded[0], rounded[1]


def _categories(cells: Iterable[str]) -> tuple[str, ...]:
    """The most frequent words, by spelling; "" first, if cells are empty."""
    counts = Counter(cells)
    kept = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_CATEGORIES]
    return tuple(sorted(kept))


def standardized(text: str) -> list[str]:
    """A text's words as `keras.layers.TextVectorization` splits it by default."""
    plain = _MARKS.sub("", text.translate(_CAPITALS))
    return [word for word in re.split(r"[ \t\n\v\f\r]+", plain) if word]


def most_frequent(texts: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The words that occur at least twice, most frequent first; all of them if none does."""
    counts = Counter(word for text in texts for word in text)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
    known = [word for word in ranked if counts[word] >= LEAST]
    return tuple(known or ranked) or ("<none>",)  # Keras takes no empty vocabulary
