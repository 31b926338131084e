"""Source `authors`: pairs of tweets by invented authors, each with character habits of their own.

The alphabet falls into rings of three characters. A habit is the way in which an author goes
round a ring, and how often; an author is a set of habits, a Markov chain. Some of that shows in
counts of characters, the rest in their order. No author writes in two splits, so a model must
learn what habits look like, not who has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.home import card
from zoo.data.text_options import Whole, settings
from zoo.data.text_scores import binary_scores, softmax, trivial_scores
from zoo.data.text_splits import PARTS, by_item, sizes_for
from zoo.data.tweet_columns import one_hot

ALPHABET = "aeirstnlodhcumpg!# .,"
LENGTH = Whole(48, 20, 280)  # characters
RING = 3  # characters of a ring
ROWS = Whole(12_000, 60, 20_000)
HABITS = len(ALPHABET) // RING  # of an author: one for each ring
ALONG, AGAINST = 0.6, 0.05  # share of the steps along the habit, and against it; others are jumps
LIKED = 5.0  # how much likelier a jump ends on a ring that the habit likes


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Generate pairs; `rows` for training (default 12,000), `length` of a tweet (default 48)."""
    chosen = settings(name, options, {"rows": ROWS, "length": LENGTH})
    rng = np.random.default_rng([seed, 0xA07])
    chains = make_chains()
    places = by_item(list(range(len(chains))), rng)
    splits: dict[str, dict[str, np.ndarray]] = {}
    oracle = {}
    for part, size in zip(PARTS, sizes_for(chosen["rows"]), strict=True):
        writers = pick(rng, places[part], size)
        texts = [write(rng, chains[who], chosen["length"]) for who in writers.T]
        chance = same_author(chains, *texts)
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


def make_chains() -> np.ndarray:
    """Chance of each character after each other: (authors, characters, characters)."""
    size = len(ALPHABET)
    steps = np.zeros((HABITS, 2, size, size))
    for number in range(HABITS):
        ring = RING * number + np.arange(RING)
        for way in (0, 1):
            steps[number, way, ring, np.roll(ring, -1)] = AGAINST if way else ALONG
            steps[number, way, ring, np.roll(ring, 1)] = ALONG if way else AGAINST
    has = (np.arange(2**HABITS)[:, None] >> np.arange(HABITS)) & 1
    along = steps[np.arange(HABITS), has].sum(axis=1)  # (authors, size, size)
    jumps = np.repeat(np.where(has, LIKED, 1.0), RING, axis=1)  # (authors, size)
    jumps /= jumps.sum(axis=1, keepdims=True)
    return along + (1 - ALONG - AGAINST) * jumps[:, None]


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

    Every author counts as equally likely: which of them a split has is no part of the question.
    """
    logs = np.log(chains).reshape(len(chains), -1).T  # (steps, authors)
    one, two = (softmax(_steps(text, chains.shape[1]) @ logs) for text in (first, second))
    together = (one * two).sum(axis=1) * len(chains)  # likelihood ratios to independent authors
    apart = (len(chains) - together) / (len(chains) - 1)
    return together / (together + apart)


def _steps(text: np.ndarray, size: int) -> np.ndarray:
    """How often each character follows each other in the texts: (rows, size * size)."""
    pairs = text[:, :-1] * size + text[:, 1:]
    return np.stack([np.bincount(row, minlength=size**2) for row in pairs]).astype(np.float64)
