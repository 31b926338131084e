"""From text to word ids: a small tokenizer, and vocabularies built from training texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

PADDING, UNKNOWN = 0, 1  # the first two ids of every vocabulary
SPECIAL = ("<padding>", "<unknown>")

# A run of letters and digits, apostrophes inside it included, or one mark of punctuation.
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.,!?;:]")


def tokens(text: str) -> list[str]:
    """The words and marks of a text, in lower case, with straight apostrophes."""
    return _TOKEN.findall(text.lower().replace("’", "'"))


def one_of(rng: np.random.Generator, words: Sequence[str]) -> str:
    """A random word, all equally likely."""
    return words[int(rng.integers(len(words)))]


class Vocabulary:
    """Words with ids: 0 is padding, 1 stands for every unknown word."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words: tuple[str, ...] = (*SPECIAL, *words)
        self._ids: Mapping[str, int] = {word: place for place, word in enumerate(self.words)}

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]], most: int, least: int = 1) -> Vocabulary:
        """The `most` frequent words that occur at least `least` times; ties by spelling."""
        counts = Counter(word for text in texts for word in text)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return cls(word for word, count in ranked[: max(0, most - len(SPECIAL))] if count >= least)

    def __len__(self) -> int:
        return len(self.words)

    def encode(
        self, texts: Sequence[Sequence[str]], length: int, *, end: bool = False
    ) -> np.ndarray:
        """Ids int32 (texts, length), padded on the left, so that a recurrent layer ends on text.

        Args:
            texts: Words of each text.
            length: Words to keep of each.
            end: Keep the last words of a long text instead of the first.
        """
        ids = np.full((len(texts), length), PADDING, np.int32)
        for row, text in enumerate(texts):
            kept = [
                self._ids.get(word, UNKNOWN) for word in (text[-length:] if end else text[:length])
            ]
            if kept:
                ids[row, length - len(kept) :] = kept
        return ids

    def labels(self, *inputs: str) -> dict[str, tuple[str, ...]]:
        """The words as labels: under `word`, and under each model input that reads them."""
        return dict.fromkeys(("word", *inputs), self.words)
