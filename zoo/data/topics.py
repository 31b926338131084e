"""Source `topics`: posts of invented authors, drawn from topics that age and income mix.

A post is 150 phrases of two words. Age, income and gender each have topics of their own; two
topics share the words of their phrases and differ in the words' order, so that a count of single
words cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.post_columns import INCOMES, post_columns, post_references
from zoo.data.registry import card
from zoo.data.splits import cut, sizes_for
from zoo.data.text_options import ROWS, settings
from zoo.data.text_scores import (
    Scores,
    binary_scores,
    class_scores,
    median_of,
    number_scores,
    sigmoid,
    softmax,
)
from zoo.data.words import Vocabulary

PHRASES = 150  # of a post, two words each: 300 words
STYLES = np.arange(18, 81)  # ages that a style of writing belongs to
AGE_NOISE = np.arange(-12, 13)  # years between an author's style and age
AGE_NOISE_SD = 4.0
AGES = np.arange(STYLES[0] + AGE_NOISE[0], STYLES[-1] + AGE_NOISE[-1] + 1)
AGE_CENTRES = np.linspace(18, 80, 6)
INCOME_CENTRES = np.linspace(0, INCOMES - 1, 6)
TOPICS = 6  # of age, and as many of income; topics k and k + 3 share their words
PER_TOPIC = 3  # phrases of a topic
MARKERS, COMMON = 2, 12  # phrases whose order gender decides; phrases without meaning
SHARES = (0.25, 0.35, 0.2, 0.2)  # of a post: age, income, marker and common phrases
ORDERED = 0.92  # probability of a marker's first order for gender 1; of its second for gender 0
PREFERRED = 0.65  # share of the markers' first half for gender 1, of their second for gender 0
UNLIKE = 0.04  # share of the authors who write as the other gender mostly does
PHRASES_KNOWN = TOPICS * PER_TOPIC + MARKERS + COMMON  # age and income: three couples each


@dataclass(frozen=True)
class World:
    """How likely each ordered phrase is: 2i is the words 2i, 2i + 1, and 2i + 1 is the reverse.

    Attributes:
        by_age: Within the age share, (styles, ordered phrases).
        by_income: Within the income share, (incomes, ordered phrases).
        by_gender: Within the markers' share, (2, ordered phrases).
        common: Within the common share, (ordered phrases,).
    """

    by_age: np.ndarray
    by_income: np.ndarray
    by_gender: np.ndarray
    common: np.ndarray

    def chance(self, style: np.ndarray, income: np.ndarray, gender: np.ndarray) -> np.ndarray:
        """Probability of each ordered phrase, (..., ordered phrases)."""
        return (
            SHARES[0] * self.by_age[style]
            + SHARES[1] * self.by_income[income]
            + SHARES[2] * self.by_gender[gender]
            + SHARES[3] * self.common
        )


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
    voice = np.where(rng.random(rows) < UNLIKE, 1 - gender, gender)
    drawn = draw(rng, world.chance(style, income, voice))
    counts = np.stack([np.bincount(row, minlength=2 * PHRASES_KNOWN) for row in drawn])
    words = np.stack([drawn, drawn ^ 1], axis=2)  # unit 2i + 1 is word 2i + 1, then word 2i
    columns = post_columns(
        posts=words.reshape(rows, -1) + 2,  # ids 0 and 1 are padding and unknown
        age=STYLES[style] + noise,
        income=income,
        gender=gender,
    )
    parts = cut(rows, sizes)
    splits = {
        part: {key: value[at] for key, value in columns.items()} for part, at in parts.items()
    }
    best = posterior_scores(world, counts, columns, parts)
    vocabulary = Vocabulary(f"{'ab'[word % 2]}{word // 2}" for word in range(2 * PHRASES_KNOWN))
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
    """The topics: those with near centers are used by the same authors."""
    width = 2 * PHRASES_KNOWN
    styles, groups = STYLES[:, None], np.arange(INCOMES)[:, None]
    by_age = _topics(softmax(-(((styles - AGE_CENTRES) / 9) ** 2) / 2), 0)
    by_income = _topics(softmax(-(((groups - INCOME_CENTRES) / 1.2) ** 2) / 2), 1)
    by_gender, common = np.zeros((2, width)), np.zeros(width)
    markers = 2 * (TOPICS * PER_TOPIC + np.arange(MARKERS))
    for gender, (first, early) in enumerate(((1 - ORDERED, 1 - PREFERRED), (ORDERED, PREFERRED))):
        share = np.where(np.arange(MARKERS) < MARKERS // 2, early, 1 - early) * 2 / MARKERS
        by_gender[gender, markers] = first * share
        by_gender[gender, markers + 1] = (1 - first) * share
    common[markers[-1] + 2 :] = 1 / (2 * COMMON)
    return World(by_age, by_income, by_gender, common)


def _topics(mixture: np.ndarray, block: int) -> np.ndarray:
    """Ordered phrases (rows, units) of topics mixed (rows, TOPICS); age is block 0, income 1."""
    chance = np.zeros((len(mixture), 2 * PHRASES_KNOWN))
    couples = TOPICS // 2
    for topic in range(TOPICS):
        phrases = (block * couples + topic % couples) * PER_TOPIC + np.arange(PER_TOPIC)
        chance[:, 2 * phrases + topic // couples] = mixture[:, topic, None] / PER_TOPIC
    return chance


def age_noise() -> np.ndarray:
    """Probability of each of AGE_NOISE."""
    return softmax(-((AGE_NOISE / AGE_NOISE_SD) ** 2) / 2)


def draw(rng: np.random.Generator, chance: np.ndarray) -> np.ndarray:
    """Ordered phrases of each post, (rows, PHRASES), from their probabilities (rows, units)."""
    upto = np.cumsum(chance, axis=1)
    upto /= upto[:, -1:]
    picks = rng.random((len(chance), PHRASES))
    return np.stack([np.searchsorted(row, pick) for row, pick in zip(upto, picks, strict=True)])


def posterior_scores(
    world: World,
    counts: np.ndarray,
    columns: Mapping[str, np.ndarray],
    parts: Mapping[str, slice],
) -> dict[str, Scores]:
    """Scores of the exact posterior of age, income and gender, given every count in a post."""
    grid = np.log(
        SHARES[0] * world.by_age[:, None] + SHARES[1] * world.by_income[None] + 1e-300
    )  # (styles, incomes, units); phrases that neither uses add the same everywhere
    used = (world.by_age.sum(axis=0) + world.by_income.sum(axis=0)) > 0
    likely = np.einsum("ru,siu->rsi", counts[:, used], grid[:, :, used], optimize=True)
    likely += np.log(income_prior())
    joint = softmax(likely.reshape(len(counts), -1)).reshape(likely.shape)
    recorded = np.zeros((len(counts), len(AGES)))
    for shift, share in enumerate(age_noise()):
        recorded[:, shift : shift + len(STYLES)] += share * joint.sum(axis=2)
    marked = world.by_gender[0] > 0
    odds = np.log(world.by_gender[1, marked] / world.by_gender[0, marked])
    voice = sigmoid(counts[:, marked] @ odds)
    gender = UNLIKE + (1 - 2 * UNLIKE) * voice
    scores: dict[str, Scores] = {}
    for part, at in parts.items():
        median, mean = median_of(AGES, recorded[at]), recorded[at] @ AGES
        scores[part] = number_scores("age", columns["age"][at], median, mean)
        scores[part] |= class_scores("income", columns["income"][at], joint[at].sum(axis=1))
        scores[part] |= binary_scores("gender", columns["gender"][at], gender[at])
    return scores


def income_prior() -> np.ndarray:
    """Probability of each income group, for each style: (styles, incomes); rounded normal."""
    from scipy.stats import norm

    edges = np.array([-np.inf, *(np.arange(INCOMES - 1) + 0.5), np.inf])
    upto = norm.cdf(edges, 4.5 + (np.arange(len(STYLES))[:, None] - 31) / 20, 2.2)
    return np.diff(upto, axis=1)
