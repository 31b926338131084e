"""The vectors that a dataset gives its words, kept in a run's folder so that it can read text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zoo.core.files import replacing
from zoo.data.files import read_array
from zoo.data.text.encoding import tokens

FILE = "vectors.npy"  # (words, width), a row for each entry of the vocabulary `word`


def write(folder: Path, vectors: np.ndarray | None) -> None:
    """Keep the vectors of a dataset, if it has any, in the folder of a run."""
    if vectors is not None:
        with replacing(folder / FILE) as partial, partial.open("wb") as file:
            np.save(file, vectors, allow_pickle=False)


def kept(folder: Path) -> bool:
    """Whether the run has the vectors of its words."""
    return (folder / FILE).is_file()


def read(folder: Path) -> np.ndarray:
    """The vectors that `write` kept.

    Raises:
        DataError: the file is missing or damaged.
    """
    return read_array(folder / FILE)


def encode(
    texts: Sequence[str], words: Sequence[str], vectors: np.ndarray, length: int
) -> np.ndarray:
    """float32 (texts, length, width), on the right; a word that is not known is a row of zeros.

    Args:
        texts: Of each, the first `length` words are kept.
        words: The word of each row of the vectors.
        vectors: (words, width).
    """
    place = {word: at for at, word in enumerate(words)}
    array = np.zeros((len(texts), length, vectors.shape[1]), np.float32)
    for row, text in enumerate(texts):
        for step, word in enumerate(kept_words := tokens(text)[:length]):
            if word in place:
                array[row, length - len(kept_words) + step] = vectors[place[word]]
    return array


def spelled(rows: np.ndarray, words: Sequence[str], vectors: np.ndarray) -> str:
    """The sentence that an array (steps, width) was made of; steps of zeros are left out."""
    found = [np.flatnonzero((vectors == row).all(axis=1)) for row in rows if row.any()]
    return " ".join(words[int(places[0])] for places in found if places.size)
