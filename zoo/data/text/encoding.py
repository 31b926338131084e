"""From texts to arrays: word ids, one-hot characters, or a fixed vector for each word.

Short texts are padded on the left, so that a recurrent layer ends on text; of long ones the first
words or characters are kept.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np

VOCABULARIES = {"words": "word", "characters": "character"}  # kind -> name of its vocabulary
KINDS = (*VOCABULARIES, "vectors")
MOST_WORDS, LEAST = 10_000, 2  # known words; one that occurs once trains <unknown> instead
MOST_CHARACTERS = 64

STOPS = (".", "!", "?")  # marks that end a sentence
MARKS = (*STOPS, ",", ";", ":")  # steps of a text that are no words
PADDING, UNKNOWN = 0, 1  # the first two ids of every vocabulary
SPECIAL = ("<padding>", "<unknown>")
WIDTH = 128  # numbers in a word's vector

# A run of letters and digits, apostrophes inside it included, or one mark of punctuation.
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.,!?;:]")


def tokens(text: str) -> list[str]:
    """The words and marks of a text, in lower case, with straight apostrophes."""
    return _TOKEN.findall(text.lower().replace("’", "'"))


def sentences(words: Iterable[str]) -> list[list[str]]:
    """The sentences of a text, without the marks that end them."""
    found: list[list[str]] = [[]]
    for word in words:
        if word in STOPS:
            found.append([])
        else:
            found[-1].append(word)
    return [sentence for sentence in found if sentence]


def one_of(rng: np.random.Generator, words: Sequence[str]) -> str:
    """A random word, all equally likely."""
    return words[int(rng.integers(len(words)))]


def steps(kind: str, text: str) -> Sequence[str]:
    """The steps of a text: its characters or its words."""
    return text if kind == "characters" else tokens(text)


def learn(kind: str, texts: Sequence[str]) -> tuple[str, ...]:
    """The vocabulary of the training texts, most frequent first; empty where none is needed."""
    if kind == "words":
        return Vocabulary.of(map(tokens, texts), MOST_WORDS, LEAST).words
    return most_frequent(texts, MOST_CHARACTERS) if kind == "characters" else ()


def encode(kind: str, texts: Sequence[str], length: int, known: Sequence[str]) -> np.ndarray:
    """The array of the texts, rows on axis 0 and `length` steps on axis 1.

    Args:
        kind: `words` for ids int32 (rows, length), `characters` for one-hot float32
            (rows, length, alphabet), `vectors` for float32 (rows, length, 128).
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


class Vocabulary:
    """Words with ids: 0 is padding, 1 is any unknown word."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words: tuple[str, ...] = (*SPECIAL, *words)
        self._ids = {word: place for place, word in enumerate(self.words)}

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]], most: int, least: int = 1) -> Vocabulary:
        """The `most` frequent words that occur at least `least` times; ties by spelling."""
        return cls(most_frequent(texts, max(0, most - len(SPECIAL)), least))

    def __len__(self) -> int:
        return len(self.words)

    def encode(
        self, texts: Sequence[Sequence[str]], length: int, *, end: bool = False
    ) -> np.ndarray:
        """Ids int32 (texts, length) of the first words of each text, or with `end` of the last."""
        kept = [text[-length:] if end else text[:length] for text in texts]
        return ids_of(kept, self._ids, length, PADDING, UNKNOWN).astype(np.int32)

    def encode_sentences(
        self, texts: Sequence[Sequence[str]], most: int, length: int
    ) -> np.ndarray:
        """Ids int32 (texts, most, length) of the last sentences of each text.

        Of each sentence the first words are kept; sentences that are missing come first.
        """
        ids = np.full((len(texts), most, length), PADDING, np.int32)
        for row, text in enumerate(texts):
            if told := sentences(text)[-most:]:
                ids[row, -len(told) :] = self.encode(told, length)
        return ids

    def labels(self, *inputs: str) -> dict[str, tuple[str, ...]]:
        """The words as labels: under `word`, and under each model input that reads them."""
        return dict.fromkeys(("word", *inputs), self.words)


def most_frequent(texts: Iterable[Sequence[str]], most: int, least: int = 1) -> tuple[str, ...]:
    """Words, or characters, that occur at least `least` times; ties by spelling."""
    counts = Counter(step for text in texts for step in text)
    ranked = sorted(counts, key=lambda step: (-counts[step], step))[:most]
    return tuple(step for step in ranked if counts[step] >= least)


def ids_of(
    texts: Sequence[Sequence[str]],
    number: Mapping[str, int],
    length: int,
    padding: int,
    unknown: int,
) -> np.ndarray:
    """The numbers (texts, length) of the first words or characters of each text."""
    ids = np.full((len(texts), length), padding)
    for row, text in enumerate(texts):
        if kept := [number.get(step, unknown) for step in text[:length]]:
            ids[row, length - len(kept) :] = kept
    return ids


def character_ids(texts: Sequence[str], alphabet: Sequence[str], length: int) -> np.ndarray:
    """Places in the alphabet (texts, length); -1 for padding and for unknown characters."""
    return ids_of(texts, {letter: place for place, letter in enumerate(alphabet)}, length, -1, -1)


def one_hot(ids: np.ndarray, alphabet: int) -> np.ndarray:
    """float32 (rows, length, alphabet) from character ids; an id below 0 is a row of zeros."""
    table = np.vstack([np.eye(alphabet, dtype=np.float32), np.zeros((1, alphabet), np.float32)])
    return table[ids]


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
