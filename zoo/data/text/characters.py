"""From text to characters: an alphabet that training texts decide, and one-hot rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np


def alphabet_of(texts: Iterable[str], most: int) -> tuple[str, ...]:
    """The `most` frequent characters of the texts; ties by character."""
    counts = Counter(character for text in texts for character in text)
    return tuple(sorted(counts, key=lambda each: (-counts[each], each))[:most])


def character_ids(texts: Sequence[str], alphabet: Sequence[str], length: int) -> np.ndarray:
    """Places in the alphabet (texts, length) of the first characters, padded on the left.

    -1 stands for padding and for a character that the alphabet lacks.
    """
    number = {character: place for place, character in enumerate(alphabet)}
    ids = np.full((len(texts), length), -1)
    for row, text in enumerate(texts):
        kept = [number.get(character, -1) for character in text[:length]]
        ids[row, length - len(kept) :] = kept
    return ids


def one_hot(ids: np.ndarray, alphabet: int) -> np.ndarray:
    """float32 (rows, length, alphabet) from character ids; an id below 0 is a row of zeros."""
    table = np.vstack([np.eye(alphabet, dtype=np.float32), np.zeros((1, alphabet), np.float32)])
    return table[ids]
