"""A user's own texts as the arrays that models read.

`words` are ids int32 (rows, length); `characters` one-hot float32 (rows, length, alphabet);
`vectors` a fixed vector for each word, float32 (rows, length, 128). Short texts are padded on the
left; of long ones the first words or characters are kept.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from zoo.data.text.characters import alphabet_of, character_ids, one_hot
from zoo.data.text.word_vectors import sentence_vectors
from zoo.data.text.words import SPECIAL, Vocabulary, tokens

VOCABULARIES = {"words": "word", "characters": "character"}  # kind -> name of its vocabulary
KINDS = (*VOCABULARIES, "vectors")
MOST_WORDS, LEAST = 10_000, 2  # known words; one that occurs once trains <unknown> instead
MOST_CHARACTERS = 64


def steps(kind: str, text: str) -> Sequence[str]:
    """The steps of a text: its characters or its words."""
    return text if kind == "characters" else tokens(text)


def learn(kind: str, texts: Sequence[str]) -> tuple[str, ...]:
    """The vocabulary of the training texts, most frequent first; empty where none is needed."""
    if kind == "words":
        return Vocabulary.of(map(tokens, texts), MOST_WORDS, LEAST).words
    return alphabet_of(texts, MOST_CHARACTERS) if kind == "characters" else ()


def encode(kind: str, texts: Sequence[str], length: int, known: Sequence[str]) -> np.ndarray:
    """The array of the texts, rows on axis 0 and `length` steps on axis 1.

    Args:
        kind: One of `KINDS`.
        texts: One a row.
        length: Words or characters to keep of each.
        known: What `learn` returned for the training texts.
    """
    split = [steps(kind, text) for text in texts]
    if kind == "words":
        return Vocabulary(known[len(SPECIAL) :]).encode(split, length)
    if kind == "characters":
        return one_hot(character_ids(texts, known, length), len(known))
    return sentence_vectors(split, length)
