"""Source `paraphrases`: pairs of invented sentences as word vectors; who does what to whom counts.

A paraphrase changes synonyms, voice and padding words. A false one may have the same words with
the roles swapped, so that only the order of words tells it apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.registry import card
from zoo.data.splits import PARTS, by_item, sizes_for
from zoo.data.text_options import ROWS, Whole, settings
from zoo.data.text_scores import binary_scores, trivial_scores

WIDTH = 128  # numbers in a word's vector
LENGTH = 9  # words of the longest sentence
NOUNS, VERBS, SYNONYMS = 10, 6, 2
FLIPPED = 0.04  # share of the pairs that someone judged wrongly
SWAPPED = 0.5  # share of the false pairs whose only difference is who did it
LIKE = 0.7  # share of a word's vector that its synonyms have in common
MEANINGS = [
    (agent, verb, patient)
    for agent in range(NOUNS)
    for verb in range(VERBS)
    for patient in range(NOUNS)
    if agent != patient
]
Meaning = tuple[int, int, int]


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Generate pairs; option `rows` is the number of training rows (default 20,000)."""
    known = {"rows": Whole(20_000, ROWS.low, ROWS.high)}
    sizes = sizes_for(settings(name, options, known)["rows"])
    rng = np.random.default_rng([seed, 0x5A1])
    vectors = word_vectors(rng)
    # A meaning and the same with roles swapped are one item: they meet in pairs.
    items = [(min(a, p), v, max(a, p)) for a, v, p in MEANINGS]
    places = by_item(items, rng)
    splits: dict[str, dict[str, np.ndarray]] = {}
    oracle = {}
    for part, size in zip(PARTS, sizes, strict=True):
        meanings = [MEANINGS[place] for place in places[part]]
        words, same = pairs(rng, meanings, size)
        chance = np.where(same, 1 - FLIPPED, FLIPPED)[:, None]
        flipped = rng.random(size) < FLIPPED
        splits[part] = {
            "left": vectors[words[:, 0]],
            "right": vectors[words[:, 1]],
            "similarity": (same != flipped).astype(np.float32)[:, None],
            "left_words": words[:, 0],
            "right_words": words[:, 1],
        }
        oracle[part] = binary_scores("similarity", splits[part]["similarity"], chance)
    return Dataset(
        name=name,
        source="paraphrases",
        splits=splits,
        card=card(name),
        labels={"word": tuple(WORDS)},
        references={
            "oracle": oracle,
            "trivial": trivial_scores(splits, {"similarity": ("similarity", "binary")}),
        },
        origin=f"data: paraphrases (embedded, generated, seed {seed}); real pairs: see the card",
    )


_CONTENT = [f"noun{n}{'abc'[s]}" for n in range(NOUNS) for s in range(SYNONYMS)] + [
    f"verb{v}{'abc'[s]}" for v in range(VERBS) for s in range(SYNONYMS)
]
_OTHER = ["the", "was", "by", "today", "perhaps", "there"]
WORDS = ["<padding>", *_CONTENT, *_OTHER]
_THE, _WAS, _BY, *_FILLERS = range(1 + len(_CONTENT), len(WORDS))


def word_vectors(rng: np.random.Generator) -> np.ndarray:
    """float32 (words, WIDTH), synonyms alike, every word of unit mean square; padding is 0."""
    shared = np.repeat(rng.normal(size=(NOUNS + VERBS, WIDTH)), SYNONYMS, axis=0)
    own = rng.normal(size=(len(WORDS), WIDTH))
    own[1 : 1 + len(_CONTENT)] *= np.sqrt(1 - LIKE)
    own[1 : 1 + len(_CONTENT)] += np.sqrt(LIKE) * shared
    own[0] = 0
    return own.astype(np.float32)


def pairs(
    rng: np.random.Generator, meanings: list[Meaning], size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Word ids (size, 2, LENGTH) and whether the two sentences mean the same (size,)."""
    known = set(meanings)
    words = np.zeros((size, 2, LENGTH), np.int32)
    same = rng.random(size) < 0.5
    for row in range(size):
        meaning = meanings[int(rng.integers(len(meanings)))]
        other = meaning if same[row] else _different(rng, meaning, known)
        words[row] = sentence(rng, meaning), sentence(rng, other)
    return words, same


def _different(rng: np.random.Generator, meaning: Meaning, known: set[Meaning]) -> Meaning:
    """Another meaning of the same part: the roles swapped, or another word in one place."""
    agent, verb, patient = meaning
    if rng.random() < SWAPPED:
        return patient, verb, agent
    near = [
        other
        for other in (
            *((agent, v, patient) for v in range(VERBS)),
            *((n, verb, patient) for n in range(NOUNS)),
            *((agent, verb, n) for n in range(NOUNS)),
        )
        if other != meaning and other in known
    ]
    return near[int(rng.integers(len(near)))] if near else (patient, verb, agent)


def sentence(rng: np.random.Generator, meaning: Meaning) -> list[int]:
    """Word ids of a sentence, active or passive, filled up on the left to LENGTH."""
    agent, verb, patient = (
        1 + SYNONYMS * concept + int(rng.integers(SYNONYMS))
        for concept in (meaning[0], NOUNS + meaning[1], meaning[2])
    )
    if rng.random() < 0.5:
        words = [_THE, agent, verb, _THE, patient]
    else:
        words = [_THE, patient, _WAS, verb, _BY, _THE, agent]
    if rng.random() < 0.4:
        words.insert(0, _FILLERS[int(rng.integers(len(_FILLERS)))])
    if rng.random() < 0.2:
        words.append(_FILLERS[int(rng.integers(len(_FILLERS)))])
    return [0] * (LENGTH - len(words)) + words
