"""Source `topics`: posts of invented authors, drawn from topics that age and income mix.

A post is 150 phrases of two words. Which phrases an author uses depends on age and income, each
through topics of its own; in some phrases the order of the two words depends on gender, which no
count of single words can see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.home import card
from zoo.data.post_columns import INCOMES, post_columns, post_references
from zoo.data.text_options import ROWS, settings
from zoo.data.text_scores import (
    Scores,
    binary_scores,
    class_scores,
    median_of,
    number_scores,
    softmax,
)
from zoo.data.text_splits import cut, sizes_for
from zoo.data.words import Vocabulary

PHRASES = 150  # of a post, two words each: 300 words
STYLES = np.arange(18, 81)  # ages that a style of writing belongs to
AGE_NOISE = np.arange(-12, 13)  # years between an author's style and age
AGE_NOISE_SD = 4.0
AGES = np.arange(STYLES[0] + AGE_NOISE[0], STYLES[-1] + AGE_NOISE[-1] + 1)
AGE_CENTRES = np.linspace(18, 80, 6)
INCOME_CENTRES = np.linspace(0, INCOMES - 1, 5)
PER_TOPIC = 6  # phrases of a topic
MARKERS, COMMON = 6, 40  # phrases with a gendered order; phrases without meaning
SHARES = (0.25, 0.3, 0.15, 0.3)  # of a post: age, income, marker and common phrases
ORDERED = 0.7  # probability of a marker's first order for gender 1; of its second for gender 0


@dataclass(frozen=True)
class World:
    """The phrases, and how likely each is; phrase i is the words 2i and 2i + 1.

    Attributes:
        by_age: Probability of each phrase within the age share, (styles, phrases).
        by_income: Within the income share, (incomes, phrases).
        rest: Of marker and common phrases, (phrases,), summing to their shares.
        markers: Numbers of the marker phrases.
    """

    by_age: np.ndarray
    by_income: np.ndarray
    rest: np.ndarray
    markers: np.ndarray

    @property
    def phrases(self) -> int:
        """How many different phrases there are."""
        return len(self.rest)

    def chance(self, style: np.ndarray, income: np.ndarray) -> np.ndarray:
        """Probability of each phrase, (..., phrases)."""
        return SHARES[0] * self.by_age[style] + SHARES[1] * self.by_income[income] + self.rest


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Generate posts; option `rows` is the number of training rows (default 6,000)."""
    sizes = sizes_for(settings(name, options, {"rows": ROWS})["rows"])
    rows = sum(sizes)
    rng = np.random.default_rng([seed, 0x9057])
    world = make_world()
    style = rng.integers(len(STYLES), size=rows)
    income = np.clip(np.round(rng.normal(4.5 + (style - 31) / 20, 2.2)), 0, INCOMES - 1).astype(int)
    gender = rng.integers(2, size=rows)
    noise = rng.choice(AGE_NOISE, size=rows, p=age_noise())
    drawn = draw(rng, world, style, income, gender)
    counts = np.stack([np.bincount(row, minlength=2 * world.phrases) for row in drawn])
    words = np.stack([drawn // 2 * 2 + drawn % 2, drawn // 2 * 2 + 1 - drawn % 2], axis=2)
    columns = post_columns(
        posts=words.reshape(rows, -1) + 2,  # ids 0 and 1 are padding and unknown
        age=STYLES[style] + noise,
        income=income,
        gender=gender,
    )
    parts = cut(rows, sizes)
    splits = {part: {key: value[at] for key, value in columns.items()} for part, at in parts.items()}
    best = posterior_scores(world, counts, columns, parts)
    vocabulary = Vocabulary(f"{'ab'[word % 2]}{word // 2}" for word in range(2 * world.phrases))
    return Dataset(
        name=name,
        source="topics",
        splits=splits,
        card=card(name),
        sizes={"vocabulary": len(vocabulary), "n_incomes": INCOMES},
        labels=vocabulary.labels("posts"),
        references=post_references(splits, best),
        origin=f"data: topics (embedded, generated, seed {seed}); real survey: see the card",
    )


def make_world() -> World:
    """The topics: neighbouring centres share authors, no two topics share phrases."""
    n_age, n_income = len(AGE_CENTRES) * PER_TOPIC, len(INCOME_CENTRES) * PER_TOPIC
    phrases = n_age + n_income + MARKERS + COMMON
    by_age, by_income = np.zeros((len(STYLES), phrases)), np.zeros((INCOMES, phrases))
    near = softmax(-(((STYLES[:, None] - AGE_CENTRES) / 9) ** 2) / 2)
    by_age[:, :n_age] = np.repeat(near, PER_TOPIC, axis=1) / PER_TOPIC
    near = softmax(-(((np.arange(INCOMES)[:, None] - INCOME_CENTRES) / 1.2) ** 2) / 2)
    by_income[:, n_age : n_age + n_income] = np.repeat(near, PER_TOPIC, axis=1) / PER_TOPIC
    rest = np.zeros(phrases)
    markers = np.arange(n_age + n_income, n_age + n_income + MARKERS)
    rest[markers] = SHARES[2] / MARKERS
    rest[markers[-1] + 1 :] = SHARES[3] / COMMON
    return World(by_age, by_income, rest, markers)


def age_noise() -> np.ndarray:
    """Probability of each of AGE_NOISE."""
    return softmax(-((AGE_NOISE / AGE_NOISE_SD) ** 2) / 2)


def draw(
    rng: np.random.Generator,
    world: World,
    style: np.ndarray,
    income: np.ndarray,
    gender: np.ndarray,
) -> np.ndarray:
    """Phrases of each post, (rows, PHRASES): twice the phrase's number, plus 1 where reversed."""
    upto = np.cumsum(world.chance(style, income), axis=1)
    upto /= upto[:, -1:]
    picks = rng.random((len(style), PHRASES))
    phrase = np.stack([np.searchsorted(row, pick) for row, pick in zip(upto, picks, strict=True)])
    marked = np.isin(phrase, world.markers)
    backwards = np.where(gender[:, None] == 1, 1 - ORDERED, ORDERED)
    reverse = rng.random(phrase.shape) < np.where(marked, backwards, 0.5)
    return 2 * phrase + reverse


def posterior_scores(
    world: World,
    counts: np.ndarray,
    columns: Mapping[str, np.ndarray],
    parts: Mapping[str, slice],
) -> dict[str, Scores]:
    """Scores of the exact posterior of age, income and gender, given every count in a post."""
    phrase = counts[:, 0::2] + counts[:, 1::2]
    grid = np.log(
        world.chance(np.arange(len(STYLES))[:, None], np.arange(INCOMES)[None]) + 1e-300
    )  # (styles, incomes, phrases)
    likely = np.einsum("rp,sip->rsi", phrase, grid, optimize=True) + np.log(income_prior())
    joint = softmax(likely.reshape(len(counts), -1)).reshape(likely.shape)
    recorded = np.zeros((len(counts), len(AGES)))
    for shift, share in enumerate(age_noise()):
        recorded[:, shift : shift + len(STYLES)] += share * joint.sum(axis=2)
    forward = counts[:, 0::2][:, world.markers].sum(axis=1)
    back = counts[:, 1::2][:, world.markers].sum(axis=1)
    gender = 1 / (1 + np.exp(-np.log(ORDERED / (1 - ORDERED)) * (forward - back)))
    return {
        part: number_scores("age", columns["age"][at], median_of(AGES, recorded[at]), recorded[at] @ AGES)
        | class_scores("income", columns["income"][at], joint[at].sum(axis=1))
        | binary_scores("gender", columns["gender"][at], gender[at])
        for part, at in parts.items()
    }  # fmt: skip


def income_prior() -> np.ndarray:
    """Probability of each income group, for each style: (styles, incomes); rounded normal."""
    from scipy.stats import norm

    edges = np.array([-np.inf, *(np.arange(INCOMES - 1) + 0.5), np.inf])
    upto = norm.cdf(edges, 4.5 + (np.arange(len(STYLES))[:, None] - 31) / 20, 2.2)
    return np.diff(upto, axis=1)
