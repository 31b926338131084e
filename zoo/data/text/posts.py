"""Dataset `posts`: texts with their author's age, income group and gender.

Source `survey` reads a salary survey: what people do, in words, with age, salary and gender. Source
`topics` generates posts of 150 two-word phrases, drawn from topics that age and income mix. Age,
income and gender each have topics of their own; two topics share the words of their phrases and
differ in the words' order, so that counting single words cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csv import as_number, read_csv
from zoo.data.references import (
    Scores,
    binary_scores,
    class_scores,
    median_of,
    number_scores,
    sigmoid,
    softmax,
)
from zoo.data.registry import Entry, register
from zoo.data.source import ROWS, Content, Request, Whole, source
from zoo.data.splits import by_item, cut, parted, sizes_for
from zoo.data.text.encoding import Vocabulary, tokens

INCOMES = 10  # groups
TARGETS = {"age": "number", "income": "classes", "gender": "binary"}


def post_columns(
    *, posts: np.ndarray, age: np.ndarray, income: np.ndarray, gender: np.ndarray
) -> dict[str, np.ndarray]:
    """The columns of word ids (rows, words), years, groups from 0, and 0 or 1, (rows,) each."""
    return {
        "posts": posts.astype(np.int32),
        "age": age.astype(np.float32)[:, None],
        "income": income.astype(np.int32)[:, None],
        "income_one_hot": np.eye(INCOMES, dtype=np.float32)[income],
        "gender": gender.astype(np.float32)[:, None],
    }


# Source `topics`

PHRASES = 150  # of a post, two words each: 300 words
STYLES = np.arange(18, 81)  # ages that a style of writing belongs to
AGE_NOISE = np.arange(-12, 13)  # years between an author's style and age
AGE_NOISE_SD = 4.0
AGES = np.arange(STYLES[0] + AGE_NOISE[0], STYLES[-1] + AGE_NOISE[-1] + 1)
AGE_CENTERS = np.linspace(18, 80, 6)
INCOME_CENTERS = np.linspace(0, INCOMES - 1, 6)
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
    """How likely each ordered phrase is: 2i is the words 2i, 2i + 1, and 2i + 1 is the reverse."""

    by_age: np.ndarray  # within the age share, (styles, ordered phrases)
    by_income: np.ndarray  # within the income share, (incomes, ordered phrases)
    by_gender: np.ndarray  # within the markers' share, (2, ordered phrases)
    common: np.ndarray  # within the common share, (ordered phrases,)

    def chance(self, style: np.ndarray, income: np.ndarray, gender: np.ndarray) -> np.ndarray:
        """Probability of each ordered phrase, (..., ordered phrases)."""
        return (
            SHARES[0] * self.by_age[style]
            + SHARES[1] * self.by_income[income]
            + SHARES[2] * self.by_gender[gender]
            + SHARES[3] * self.common
        )


@source(rows=ROWS)
def topics(request: Request) -> Content:
    """Generate posts."""
    sizes = sizes_for(request.options["rows"])
    rows = sum(sizes)
    rng = np.random.default_rng([request.seed, 0x9057])
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
    vocabulary = Vocabulary(f"{'ab'[word % 2]}{word // 2}" for word in range(2 * PHRASES_KNOWN))
    return Content(
        parted(columns, parts),
        sizes={"vocabulary": len(vocabulary), "n_incomes": INCOMES},
        labels=vocabulary.labels("posts"),
        targets=TARGETS,
        references={"best possible": posterior_scores(world, counts, columns, parts)},
    )


def make_world() -> World:
    """The topics: those with near centers are used by the same authors."""
    width = 2 * PHRASES_KNOWN
    styles, groups = STYLES[:, None], np.arange(INCOMES)[:, None]
    by_age = _topics(softmax(-(((styles - AGE_CENTERS) / 9) ** 2) / 2), 0)
    by_income = _topics(softmax(-(((groups - INCOME_CENTERS) / 1.2) ** 2) / 2), 1)
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
        scores[part] = number_scores("age", columns["age"][at, 0], median, mean)
        scores[part] |= class_scores("income", columns["income"][at], joint[at].sum(axis=1))
        scores[part] |= binary_scores("gender", columns["gender"][at], gender[at])
    return scores


def income_prior() -> np.ndarray:
    """Probability of each income group, for each style: (styles, incomes); rounded normal."""
    from scipy.stats import norm

    edges = np.array([-np.inf, *(np.arange(INCOMES - 1) + 0.5), np.inf])
    upto = norm.cdf(edges, 4.5 + (np.arange(len(STYLES))[:, None] - 31) / 20, 2.2)
    return np.diff(upto, axis=1)


# Source `survey`

FILES = ("ask_a_manager_2023_trimmed.csv", "survey.csv")  # of 2023, of 2021; one is enough
COLUMNS = {
    "age": "How old are you?|how_old_are_you",
    "industry": "Industry",
    "title": "Job title",
    "context": "Job title - additional context|additional_context_on_job_title",
    "salary": "Annual salary (gross)|annual_salary",
    "currency": "Currency",
    "gender": "Gender",
}
AREA = "Functional area of job"  # asked in 2023 only
AGE_BANDS = {  # middle of each, in years; of the open ones, what their neighbors suggest
    "under 18": 17.0,
    "18-24": 21.5,
    "25-34": 30.0,
    "35-44": 40.0,
    "45-54": 50.0,
    "55-64": 60.0,
    "65 or over": 68.0,
}
GENDERS = {"Man": 0, "Woman": 1}
SALARIES = (10_000, 1_000_000)  # US dollars a year; outside, a typing error or a part of a year
FEWEST = 100  # usable answers
MISSING = ("", "NA")

Person = tuple[list[str], float, float, int]  # words, years, dollars, gender


@source(
    available=lambda request: len(request.missing(*FILES)) < len(FILES),
    length=Whole(270, 17, 2_000),  # words; the architecture needs 269 or more
    vocabulary=Whole(3_000, 10, 50_000),  # different words
)
def survey(request: Request) -> Content:
    """Read the survey and split it 70/10/20; equal answers fall into one part."""
    first, second = FILES
    (path,) = request.need(second if request.missing(first) else first)
    people, notes = read_survey(path)
    texts = [words for words, *_ in people]
    age, salary, gender = (np.array([person[place] for person in people]) for place in (1, 2, 3))
    rng = np.random.default_rng(request.seed)
    parts = by_item([" ".join(words) for words in texts], rng)
    train = parts["train"]
    vocabulary = Vocabulary.of((texts[row] for row in train), request.options["vocabulary"], 2)
    tenths = np.quantile(salary[train], np.arange(1, INCOMES) / INCOMES)
    columns = post_columns(
        posts=vocabulary.encode(texts, request.options["length"]),
        age=age,
        income=np.searchsorted(tenths, salary, side="left"),
        gender=gender,
    )
    bounds = (SALARIES[0], *tenths.tolist(), SALARIES[1])
    groups = tuple(f"{low:,.0f}-{high:,.0f} USD" for low, high in pairwise(bounds))
    return Content(
        parted(columns, parts),
        sizes={"vocabulary": len(vocabulary), "n_incomes": INCOMES},
        labels={**vocabulary.labels("posts"), "income": groups, "gender": tuple(GENDERS)},
        targets=TARGETS,
        notes=notes,
        origin=str(path),
    )


def read_survey(path: Path) -> tuple[list[Person], tuple[str, ...]]:
    """Usable answers: in US dollars, by a man or a woman, with a job in words.

    Raises:
        DataError: the file is damaged (file, line and column are named), or too few are usable.
    """
    table = read_csv(path, COLUMNS)
    cells = {name: [cell.strip() for cell in table.texts(name)] for name in COLUMNS}
    area = table.texts(AREA) if AREA in table.header else [""] * len(table)
    job = (cells["industry"], area, cells["title"], cells["context"])
    people: list[Person] = []
    for row, (age, gender) in enumerate(zip(cells["age"], cells["gender"], strict=True)):
        if age in MISSING or cells["currency"][row] != "USD" or gender not in GENDERS:
            continue
        if age not in AGE_BANDS:
            raise table.wrong(row, "age", f"{age!r} is not an age band such as '25-34'")
        salary = as_number(cells["salary"][row].replace(",", ""))
        if salary is None:
            raise table.wrong(row, "salary", f"{cells['salary'][row]!r} is not a salary")
        parts = (column[row].strip() for column in job)
        words = [word for part in parts if part not in MISSING for word in tokens(part)]
        if words and SALARIES[0] <= salary <= SALARIES[1]:
            people.append((words, AGE_BANDS[age], salary, GENDERS[gender]))
    if len(people) < FEWEST:
        raise DataError(f"{path}: {len(people)} usable answers, at least {FEWEST} are needed")
    left = len(table) - len(people)
    return people, (
        f"{left:,} of {len(table):,} answers left out: not in USD, gender neither man nor "
        "woman, no age, or an impossible salary",
    )


_SUMMARY = "texts with their author's age, income group and gender"
register(Entry("posts", "text_attributes", _SUMMARY, (survey, topics)))
