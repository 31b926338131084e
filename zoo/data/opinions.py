"""Source `opinions`: invented reviews in which "not" turns the adjective after it around.

What counts is which adjective a negation stands before, and which clause follows a "but": the same
bag of words can mean either.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.registry import card
from zoo.data.splits import cut, sizes_for
from zoo.data.text_options import ROWS, settings
from zoo.data.text_scores import binary_scores, sigmoid, trivial_scores
from zoo.data.words import Vocabulary

LENGTH = 24  # words that the longest review has
NEGATED = 0.4  # share of the clauses with a negation
SLOPE = 2.0  # log-odds of a good mark per point of a review's score
AFTER_BUT = 2  # points of a clause after "but"; any other clause has one

ASPECTS = [
    "plot",
    "story",
    "cast",
    "music",
    "ending",
    "dialogue",
    "pace",
    "picture",
    "sound",
    "script",
    "opening",
    "hero",
    "villain",
    "set",
    "light",
    "humour",
]
GOOD = [
    "good",
    "great",
    "fine",
    "lovely",
    "clever",
    "fresh",
    "moving",
    "funny",
    "bright",
    "subtle",
    "rich",
    "warm",
    "crisp",
    "bold",
    "neat",
    "sharp",
    "witty",
    "superb",
    "tender",
    "vivid",
]
BAD = [
    "bad",
    "poor",
    "dull",
    "stale",
    "flat",
    "clumsy",
    "noisy",
    "weak",
    "cheap",
    "slow",
    "cold",
    "crude",
    "silly",
    "empty",
    "tired",
    "bland",
    "grim",
    "messy",
    "shallow",
    "awful",
]
NEGATIONS = ("not", "never", "hardly")
BOOSTS = ("very", "really", "quite", "so")
WORDS = ("the", "was", "and", "but", *NEGATIONS, *BOOSTS, *ASPECTS, *GOOD, *BAD)


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Generate reviews; option `rows` is the number of training rows (default 6,000)."""
    sizes = sizes_for(settings(name, options, {"rows": ROWS})["rows"])
    rng = np.random.default_rng([seed, 0x0F1])
    texts: dict[tuple[str, ...], int] = {}
    while len(texts) < sum(sizes):
        text, score = review(rng)
        texts.setdefault(tuple(text), score)
    vocabulary = Vocabulary(WORDS)
    scores = np.array(list(texts.values()), np.float64)[:, None]
    chance = sigmoid(SLOPE * scores)
    columns = {
        "text": vocabulary.encode(list(texts), LENGTH),
        "label": (rng.random(chance.shape) < chance).astype(np.float32),
    }
    parts = cut(len(scores), sizes)
    splits = {
        part: {column: array[rows] for column, array in columns.items()}
        for part, rows in parts.items()
    }
    return Dataset(
        name=name,
        source="opinions",
        splits=splits,
        card=card(name),
        sizes={"vocabulary": len(vocabulary)},
        labels=vocabulary.labels("text"),
        truth={"score": scores},
        references={
            "oracle": {
                part: binary_scores("label", splits[part]["label"], chance[rows])
                for part, rows in parts.items()
            },
            "trivial": trivial_scores(splits, {"label": ("label", "binary")}),
        },
        origin=f"data: opinions (embedded, generated, seed {seed}); real reviews: see the card",
    )


def review(rng: np.random.Generator) -> tuple[list[str], int]:
    """Words of a review of one to three clauses, and its score in points."""
    words: list[str] = []
    score = 0
    for place in range(int(rng.integers(1, 4))):
        points = 1
        if place:
            turns = rng.random() < 0.5
            words.append("but" if turns else "and")
            points = AFTER_BUT if turns else 1
        good, negated = rng.random() < 0.5, rng.random() < NEGATED
        words += ["the", _one(rng, ASPECTS), "was"]
        words += [_one(rng, NEGATIONS)] if negated else []
        words += [_one(rng, BOOSTS)] if rng.random() < 0.4 else []
        words.append(_one(rng, GOOD if good else BAD))
        score += points if good != negated else -points
    return words, score


def _one(rng: np.random.Generator, words: tuple[str, ...] | list[str]) -> str:
    return words[int(rng.integers(len(words)))]
