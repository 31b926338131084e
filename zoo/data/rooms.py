"""Source `rooms`: stories of people who walk about, and a question to each, from a grammar.

The architecture adds what it reads in the story to what it reads in the question, so the
question cannot pick one person's place out of many; it can only rule places out. By default,
therefore, each person has places of their own. `shared_places=1` lets everyone go everywhere, as
the bAbI tasks do, and `facts=2` asks for things, which are where their holder is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.questions import FACTS, answered
from zoo.data.registry import card
from zoo.data.rooms_story import PEOPLE, PLACES, THINGS, WORDS, Story, tell
from zoo.data.splits import cut, sizes_for
from zoo.data.text_options import ROWS, Whole, settings
from zoo.data.text_scores import class_scores
from zoo.data.words import Vocabulary

MOST_WORDS = {1: 56, 2: 72}  # of a story, by supporting facts


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Generate stories and questions.

    Args:
        name, folder: The dataset's name; the folder is not used.
        seed: Fixes the stories.
        options: `rows` for training (default 8,000), `facts` that an answer needs (1 or 2),
            `shared_places` (0 or 1).
    """
    known = {
        "rows": Whole(8_000, ROWS.low, ROWS.high),
        "facts": FACTS,
        "shared_places": Whole(0, 0, 1),
    }
    chosen = settings(name, options, known)
    sizes = sizes_for(chosen["rows"])
    facts = chosen["facts"]
    rng = np.random.default_rng([seed, 0x900, facts, chosen["shared_places"]])
    stories: dict[tuple[str, ...], Story] = {}
    while len(stories) < sum(sizes):
        story = tell(rng, facts=facts, shared=bool(chosen["shared_places"]))
        stories.setdefault((*story.text, "?", *story.question), story)
    told = list(stories.values())
    chance = np.array([[story.chance.get(place, 0.0) for place in PLACES] for story in told])
    answer = np.array([rng.choice(len(PLACES), p=row) for row in chance])
    vocabulary = Vocabulary(WORDS)
    columns = {
        "text": vocabulary.encode([story.text for story in told], MOST_WORDS[facts], end=True),
        "question": vocabulary.encode([story.question for story in told], 4),
    }
    parts = cut(len(told), sizes)
    return answered(
        Dataset(
            name=name,
            source="rooms",
            splits={
                part: {column: array[rows] for column, array in columns.items()}
                for part, rows in parts.items()
            },
            card=card(name),
            truth={"chance": chance},
            origin=f"data: rooms (embedded, generated, seed {seed}); for bAbI: see the card",
        ),
        vocabulary,
        PLACES,
        {part: answer[rows] for part, rows in parts.items()},
        oracle={
            part: class_scores("answer", answer[rows], chance[rows]) for part, rows in parts.items()
        },
    )


__all__ = ["PEOPLE", "THINGS", "available", "load"]
