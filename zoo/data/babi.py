"""Source `babi`: the bAbI tasks with one and with two supporting facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csvtext import damage, read_text
from zoo.data.dataset import Dataset
from zoo.data.questions import FACTS, answered
from zoo.data.registry import card
from zoo.data.text_options import settings
from zoo.data.text_tables import needed
from zoo.data.words import Vocabulary, tokens

FILES = {
    1: "qa1_single-supporting-fact_{}.txt",
    2: "qa2_two-supporting-facts_{}.txt",
}
MOST_WORDS = {1: 68, 2: 320}  # the last words of a story; what a longer one begins with is cut
_LINE = re.compile(r"(\d+) (\S.*)")


@dataclass(frozen=True)
class Question:
    """One question: the words told before it, its own words, the answer, its story's number."""

    text: tuple[str, ...]
    question: tuple[str, ...]
    answer: str
    story: int


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether the files of the task are there."""
    facts = options.get("facts", FACTS.default)
    form = FILES.get(facts) if isinstance(facts, int) else None
    return form is not None and all(
        (folder / form.format(part)).is_file() for part in ("train", "test")
    )


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read a task; one training story in ten is for validation, the test file is the test split.

    Args:
        name: `questions`.
        folder: The folder `babi` of the data home.
        seed: Fixes which stories are for validation.
        options: `facts` that an answer needs: 1 (task qa1, the default) or 2 (qa2).

    Raises:
        DataError: a file is missing or damaged.
    """
    facts = settings(name, options, {"facts": FACTS})["facts"]
    names = [FILES[facts].format(part) for part in ("train", "test")]
    advice = "`zoo data fetch questions` gets it, and source rooms needs none"
    known, asked = (read_stories(path) for path in needed(folder, names, advice))
    # What the test asks word by word is no material to train on.
    test = {(item.text, item.question) for item in asked}
    clean = [item for item in known if (item.text, item.question) not in test]
    parts = _parts(clean, seed) | {"test": asked}
    vocabulary = Vocabulary.of([[*q.text, *q.question] for q in parts["train"]], 10_000)
    answers = sorted({q.answer for part in parts.values() for q in part})
    number = {answer: place for place, answer in enumerate(answers)}
    splits = {
        part: {
            "text": vocabulary.encode([q.text for q in rows], MOST_WORDS[facts], end=True),
            "question": vocabulary.encode([q.question for q in rows], 4),
        }
        for part, rows in parts.items()
    }
    dropped = len(known) - len(clean)
    return answered(
        Dataset(
            name=name,
            source="babi",
            splits=splits,
            card=card(name),
            origin=f"data: babi ({folder}, {facts} supporting fact{'s' if facts > 1 else ''}); "
            "for the embedded grammar: --data rooms",
            notes=(f"{dropped} training questions left out: the test asks the same",)
            if dropped
            else (),
        ),
        vocabulary,
        answers,
        {part: np.array([number[q.answer] for q in rows]) for part, rows in parts.items()},
    )


def _parts(known: list[Question], seed: int) -> dict[str, list[Question]]:
    """Training and validation questions, 9 stories to 1, without a question in both."""
    stories = sorted({item.story for item in known})
    held = max(1, len(stories) // 10)
    if len(stories) < 3:
        raise DataError(f"questions: {len(stories)} training stories are too few to split")
    order = np.random.default_rng(seed).permutation(len(stories))
    chosen = {stories[place] for place in order[:held]}
    validation = [item for item in known if item.story in chosen]
    there = {(item.text, item.question) for item in validation}
    train = [
        item
        for item in known
        if item.story not in chosen and (item.text, item.question) not in there
    ]
    return {"train": train, "validation": validation}


def read_stories(path: Path) -> list[Question]:
    """The questions of a file, each with all that its story told before it.

    Raises:
        DataError: the file is empty, has a line without a number or out of order, or a question
            without its answer or before anything was told; file and line are named.
    """
    questions: list[Question] = []
    text: list[str] = []
    story = expected = 0
    for line, content in enumerate(read_text(path).splitlines(), start=1):
        if not content.strip():
            continue
        match = _LINE.fullmatch(content)
        if match is None:
            raise damage(path, "a line begins with its number and a blank", line)
        number = int(match[1])
        if number == 1:
            text, story = [], story + 1
        elif number != expected:
            raise damage(path, f"number {number} where 1 or {expected} should be", line)
        expected = number + 1
        told, *rest = match[2].split("\t")
        if not rest:
            if "?" in told:
                raise damage(path, "a question without a tab and its answer", line, "answer")
            text.extend(tokens(told))
            continue
        answer = rest[0].strip().lower()
        if not answer:
            raise damage(path, "no answer", line, "answer")
        if not text:
            raise damage(path, "a question before anything was told", line)
        asked = [word for word in tokens(told) if word != "?"]
        questions.append(Question(tuple(text), tuple(asked), answer, story))
    if not questions:
        raise damage(path, "no question in this file", 1)
    return questions
