"""Source `newsroom`: invented headlines whose success hangs on their words and on the hour.

Who is named first helps, who is named last harms, so the order of words matters; each topic has
an hour of its own, so the title and the time matter together.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.headline_columns import HEADS, aux_columns
from zoo.data.registry import card
from zoo.data.splits import cut, sizes_for
from zoo.data.text_options import ROWS, Whole, settings
from zoo.data.text_scores import binary_scores, sigmoid, trivial_scores
from zoo.data.words import Vocabulary

LENGTH = 12  # words of the longest title
HOURS = np.arange(24)
SHARE_WEEKEND = 2 / 7
PEAKS = {"politics": 8.0, "sport": 20.0, "science": 13.0, "stars": 2.0}  # hour of most readers
CLOCK = 1.8  # log-odds at a topic's best hour; minus as much twelve hours later
WEEKEND = {"politics": -0.8, "sport": 0.8, "science": 0.0, "stars": 0.4}
FAME_SD = 1.5  # log-odds per person named

PEOPLE = [
    "adler",
    "banks",
    "castro",
    "dietz",
    "evans",
    "farrow",
    "gomez",
    "hale",
    "iverson",
    "jonas",
    "keller",
    "lang",
    "moreno",
    "nash",
    "olsen",
    "porter",
    "quinn",
    "reyes",
    "sato",
    "turner",
]
VERBS = [
    "beats",
    "meets",
    "praises",
    "mocks",
    "sues",
    "hires",
    "joins",
    "warns",
    "thanks",
    "blames",
]
TOPICS = {
    "politics": [
        "senate",
        "budget",
        "treaty",
        "election",
        "tax",
        "minister",
        "law",
        "summit",
        "veto",
        "border",
    ],
    "sport": [
        "final",
        "league",
        "goal",
        "coach",
        "stadium",
        "match",
        "title",
        "record",
        "striker",
        "medal",
    ],
    "science": [
        "planet",
        "vaccine",
        "robot",
        "fossil",
        "comet",
        "gene",
        "reactor",
        "telescope",
        "virus",
        "laser",
    ],
    "stars": [
        "album",
        "premiere",
        "wedding",
        "gala",
        "remix",
        "sequel",
        "rumour",
        "fashion",
        "award",
        "tour",
    ],
}
FILLERS = ["today", "breaking", "live", "exclusive", "again", "finally", "reportedly", "now"]
WORDS = (
    *PEOPLE,
    *VERBS,
    *(word for words in TOPICS.values() for word in words),
    *FILLERS,
    "over",
    "and",
)


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Generate headlines; option `rows` is the number of training rows (default 16,000)."""
    known = {"rows": Whole(16_000, ROWS.low, ROWS.high)}
    sizes = sizes_for(settings(name, options, known)["rows"])
    rng = np.random.default_rng([seed, 0x4EAD])
    fame = rng.normal(0, FAME_SD, len(PEOPLE))
    titles: dict[tuple[str, ...], tuple[float, int]] = {}
    while len(titles) < sum(sizes):
        words, pull, topic = title(rng, fame)
        titles.setdefault(tuple(words), (pull, topic))
    rows = len(titles)
    pulls = np.array([pull for pull, _ in titles.values()])
    topics = np.array([topic for _, topic in titles.values()])
    hour, weekend = rng.integers(24, size=rows), rng.random(rows) < SHARE_WEEKEND
    chance = success(pulls, topics, hour, weekend)
    from_text = np.zeros(rows)
    for at, share in ((True, SHARE_WEEKEND), (False, 1 - SHARE_WEEKEND)):
        at_all_hours = success(pulls[:, None], topics[:, None], HOURS[None], at)
        from_text += share * at_all_hours.mean(axis=1)
    vocabulary = Vocabulary(WORDS)
    columns = {
        "main_input": vocabulary.encode(list(titles), LENGTH),
        **aux_columns(
            hour=hour,
            weekend=weekend,
            years=rng.uniform(0, 5, rows),
            characters=np.array([len(" ".join(words)) for words in titles]),
        ),
        "success": (rng.random(rows) < chance).astype(np.float32)[:, None],
    }
    parts = cut(rows, sizes)
    splits = {
        part: {column: array[where] for column, array in columns.items()}
        for part, where in parts.items()
    }
    oracle = {
        part: binary_scores("main_output", splits[part]["success"], chance[where])
        | binary_scores("aux_output", splits[part]["success"], from_text[where])
        for part, where in parts.items()
    }
    return Dataset(
        name=name,
        source="newsroom",
        splits=splits,
        card=card(name),
        sizes={"vocabulary": len(vocabulary), "length": LENGTH},
        labels=vocabulary.labels("main_input"),
        truth={"chance": chance[:, None], "chance_from_text": from_text[:, None], "fame": fame},
        references={"oracle": oracle, "trivial": trivial_scores(splits, HEADS)},
        origin=f"data: newsroom (embedded, generated, seed {seed}); real tweets: see the card",
    )


def title(rng: np.random.Generator, fame: np.ndarray) -> tuple[list[str], float, int]:
    """Words of a title, its log-odds at a middling time, and its topic's number."""
    first, last = rng.choice(len(PEOPLE), 2, replace=False)
    topic = int(rng.integers(len(TOPICS)))
    about = rng.permutation(list(TOPICS.values())[topic]).tolist()
    words = [_one(rng, FILLERS)] if rng.random() < 0.4 else []
    words += [PEOPLE[first], _one(rng, VERBS), PEOPLE[last], "over", about[0]]
    words += ["and", about[1]] if rng.random() < 0.5 else []
    words += [_one(rng, FILLERS)] if rng.random() < 0.3 else []
    return words, float(fame[first] - fame[last]), topic


def _one(rng: np.random.Generator, words: list[str]) -> str:
    return words[int(rng.integers(len(words)))]


def success(
    pull: np.ndarray, topic: np.ndarray, hour: np.ndarray, weekend: np.ndarray | bool
) -> np.ndarray:
    """Probability of success; the arrays broadcast."""
    peak, extra = (np.array(list(table.values()))[topic] for table in (PEAKS, WEEKEND))
    clock = CLOCK * np.cos(2 * np.pi * (hour - peak) / 24)
    return sigmoid(pull + clock + extra * weekend)
