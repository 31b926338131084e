"""Source `authors`: pairs of tweets by invented authors, each with character habits of their own.

Four numbers make an author. They decide how much the author likes each character, in one way after
vowels and in another after anything else: a Markov chain. Some of that shows in counts of
characters, the rest in their order. No author writes in two splits, so a model must learn what
habits look like, not who has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.registry import card
from zoo.data.splits import PARTS, by_item, sizes_for
from zoo.data.text_options import Whole, settings
from zoo.data.text_scores import binary_scores, softmax, trivial_scores
from zoo.data.tweet_columns import one_hot

ALPHABET = "aeirstnlodhcumpg!# .,"
VOWELS = "aeiou"
LENGTH = Whole(48, 20, 280)  # characters
ROWS = Whole(12_000, 60, 20_000)
AUTHORS = 4_000  # who write
IMAGINED = 3_000  # others, with whom the oracle averages over who may have written
TRAITS = 4  # numbers that make an author
STRENGTH = 0.5  # of a trait in the logarithm of how much a character is liked
AT_A_TIME = 1_000  # rows of the oracle's table


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Generate pairs; `rows` for training (default 12,000), `length` of a tweet (default 48)."""
    chosen = settings(name, options, {"rows": ROWS, "length": LENGTH})
    rng = np.random.default_rng([seed, 0xA07])
    habits = np.random.default_rng([seed, 0xAB])
    loadings = make_loadings(habits)
    chains = make_chains(habits, loadings, AUTHORS)
    imagined = make_chains(habits, loadings, IMAGINED)
    places = by_item(list(range(len(chains))), rng)
    splits: dict[str, dict[str, np.ndarray]] = {}
    oracle = {}
    for part, size in zip(PARTS, sizes_for(chosen["rows"]), strict=True):
        writers = pick(rng, places[part], size)
        texts = [write(rng, chains[who], chosen["length"]) for who in writers.T]
        chance = same_author(imagined, *texts)
        splits[part] = {
            "tweet_a": one_hot(texts[0], len(ALPHABET)),
            "tweet_b": one_hot(texts[1], len(ALPHABET)),
            "same_author": (writers[:, 0] == writers[:, 1]).astype(np.float32)[:, None],
            "author_a": writers[:, :1].astype(np.int32),
            "author_b": writers[:, 1:].astype(np.int32),
        }
        oracle[part] = binary_scores("same_author", splits[part]["same_author"], chance)
    return Dataset(
        name=name,
        source="authors",
        splits=splits,
        card=card(name),
        sizes={"length": chosen["length"], "alphabet": len(ALPHABET)},
        labels={"character": tuple(ALPHABET)},
        references={
            "oracle": oracle,
            "trivial": trivial_scores(splits, {"same_author": ("same_author", "binary")}),
        },
        origin=f"data: authors (embedded, generated, seed {seed}); real tweets: see the card",
    )


def make_loadings(rng: np.random.Generator) -> np.ndarray:
    """What each trait does to each character after vowels and after others: (2, traits, size)."""
    shape = (TRAITS, len(ALPHABET))
    return STRENGTH * (rng.normal(size=shape) + rng.normal(size=(2, *shape)))


def make_chains(rng: np.random.Generator, loadings: np.ndarray, authors: int) -> np.ndarray:
    """Chance of each character after each other: (authors, characters, characters)."""
    traits = rng.normal(size=(authors, TRAITS))
    after = softmax(np.einsum("at,ktc->akc", traits, loadings))
    return after[:, [int(letter not in VOWELS) for letter in ALPHABET]]


def pick(rng: np.random.Generator, authors: np.ndarray, size: int) -> np.ndarray:
    """Writers (size, 2), half of the pairs by one author, half by two."""
    first = rng.integers(len(authors), size=size)
    step = rng.integers(1, len(authors), size=size)
    second = np.where(rng.random(size) < 0.5, first, (first + step) % len(authors))
    return authors[np.stack([first, second], axis=1)]


def write(rng: np.random.Generator, chains: np.ndarray, length: int) -> np.ndarray:
    """Characters (rows, length) of tweets by the chains (rows, characters, characters)."""
    rows = np.arange(len(chains))
    upto = np.cumsum(chains, axis=2)
    upto[:, :, -1] = 1.0
    text = np.zeros((len(chains), length), np.int64)
    text[:, 0] = rng.integers(chains.shape[1], size=len(chains))
    for place in range(1, length):
        drawn = rng.random((len(chains), 1))
        text[:, place] = (upto[rows, text[:, place - 1]] < drawn).sum(axis=1)
    return text


def same_author(chains: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Probability that one author wrote both texts (rows, length), from their likelihoods.

    The authors of the chains count as equally likely, and as all there are.
    """
    logs = np.log(chains).reshape(len(chains), -1).T  # (steps, authors)
    parts = [slice(start, start + AT_A_TIME) for start in range(0, len(first), AT_A_TIME)]
    return np.concatenate([_same_author(logs, first[part], second[part]) for part in parts])


def _same_author(logs: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    steps, authors = logs.shape
    one, two = (softmax(_steps(text, steps) @ logs) for text in (first, second))
    together = (one * two).sum(axis=1) * authors  # likelihood ratios to independent authors
    apart = (authors - together) / (authors - 1)
    return together / (together + apart)


def _steps(text: np.ndarray, steps: int) -> np.ndarray:
    """How often each character follows each other in the texts: (rows, steps)."""
    pairs = text[:, :-1] * len(ALPHABET) + text[:, 1:]
    return np.stack([np.bincount(row, minlength=steps) for row in pairs]).astype(np.float64)
