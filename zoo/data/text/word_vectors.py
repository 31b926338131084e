"""Fixed word vectors that need no training: drawn at random from a word's letters."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

WIDTH = 128  # numbers in a vector


def sentence_vectors(sentences: Sequence[Sequence[str]], length: int) -> np.ndarray:
    """float32 (sentences, length, WIDTH), zeros on the left."""
    array = np.zeros((len(sentences), length, WIDTH), np.float32)
    for row, sentence in enumerate(sentences):
        kept = sentence[:length]
        array[row, length - len(kept) :] = [word_vector(word) for word in kept]
    return array


@lru_cache(maxsize=100_000)
def word_vector(word: str) -> np.ndarray:
    """A word's fixed vector (WIDTH,): the mean of vectors drawn for it and for its trigrams.

    A draw depends on the letters alone. Words with common parts, such as "dance" and "dancing",
    come out alike; words that only mean the same do not.
    """
    framed = f"<{word}>"
    parts = [framed, *(framed[at : at + 3] for at in range(len(framed) - 2))]
    drawn = [_draw(part) for part in dict.fromkeys(parts)]
    return (np.sum(drawn, axis=0) / np.sqrt(len(drawn))).astype(np.float32)


@lru_cache(maxsize=100_000)
def _draw(part: str) -> np.ndarray:
    return np.random.default_rng(zlib.crc32(part.encode())).normal(size=WIDTH)
