"""Dataset `questions`: short stories with a question to each.

Source `babi` reads the bAbI tasks with one and with two supporting facts. Source `rooms` generates
stories of people who walk about, from a grammar.

The architecture `qa` adds what it reads in the story to what it reads in the question, so the
question cannot pick one person's place out of many; it can only rule places out. By default,
therefore, each person has places of their own. `shared_places=1` lets everyone go everywhere, as
the bAbI tasks do, and `facts=2` asks for things, which are where their holder is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csv import damage, read_text
from zoo.data.dataset import Arrays
from zoo.data.references import class_scores
from zoo.data.registry import Entry, register
from zoo.data.source import ROWS, Content, Request, Whole, source
from zoo.data.splits import cut, parted, sizes_for
from zoo.data.text.encoding import Vocabulary, tokens
from zoo.data.text.questions_story import PLACES, WORDS, Story, tell

TARGETS = {"answer": "classes"}
FACTS = Whole(1, 1, 2)  # supporting facts that an answer needs
QUESTION_WORDS = 4


def answer_columns(ids: np.ndarray, answers: int) -> dict[str, np.ndarray]:
    """The answers (rows,) as ids and as one-hot rows."""
    return {
        "answer": ids.astype(np.int32)[:, None],
        "answer_one_hot": np.eye(answers, dtype=np.float32)[ids],
    }


def _content(
    splits: Mapping[str, Arrays],
    vocabulary: Vocabulary,
    answers: Sequence[str],
    **more: Any,
) -> Content:
    """The content, with what both sources say in the same way."""
    story = splits["train"]["story"].shape[1:]
    return Content(
        splits,
        sizes={
            **dict.fromkeys(
                ("vocabulary", "text_vocabulary", "question_vocabulary"), len(vocabulary)
            ),
            "sentences": story[0],
            "words": story[1],
            "question_words": QUESTION_WORDS,
            "n_answers": len(answers),
        },
        labels={**vocabulary.labels("text", "story", "question"), "answer": tuple(answers)},
        targets=TARGETS,
        **more,
    )


# Source `rooms`

# Of the longest story and sentence, by supporting facts
STORY_WORDS = {1: 56, 2: 72}
STORY_SENTENCES, SENTENCE_WORDS = 14, {1: 8, 2: 5}


@source(rows=replace(ROWS, default=8_000), facts=FACTS, shared_places=Whole(0, 0, 1))
def rooms(request: Request) -> Content:
    """Generate stories and questions, all different."""
    sizes = sizes_for(request.options["rows"])
    facts, shared = request.options["facts"], request.options["shared_places"]
    rng = np.random.default_rng([request.seed, 0x900, facts, shared])
    stories: dict[tuple[str, ...], Story] = {}
    while len(stories) < sum(sizes):
        story = tell(rng, facts=facts, shared=bool(shared))
        stories.setdefault((*story.text, "?", *story.question), story)
    told = list(stories.values())
    chance = np.array([[story.chance.get(place, 0.0) for place in PLACES] for story in told])
    answer = np.array([rng.choice(len(PLACES), p=row) for row in chance])
    vocabulary = Vocabulary(WORDS)
    texts, questions = [story.text for story in told], [story.question for story in told]
    columns = {
        "text": vocabulary.encode(texts, STORY_WORDS[facts], end=True),
        "story": vocabulary.encode_sentences(texts, STORY_SENTENCES, SENTENCE_WORDS[facts]),
        "question": vocabulary.encode(questions, QUESTION_WORDS),
        **answer_columns(answer, len(PLACES)),
    }
    parts = cut(len(told), sizes)
    best = {
        part: class_scores("answer", answer[rows], chance[rows]) for part, rows in parts.items()
    }
    return _content(
        parted(columns, parts),
        vocabulary,
        PLACES,
        truth={"chance": chance},
        references={"best possible": best},
    )


# Source `babi`

FILES = {
    facts: tuple(f"{task}_{part}.txt" for part in ("train", "test"))
    for facts, task in ((1, "qa1_single-supporting-fact"), (2, "qa2_two-supporting-facts"))
}
# The last words and sentences of a story are kept, what a longer one begins with is cut
BABI_WORDS = {1: 68, 2: 320}
BABI_SENTENCES, BABI_SENTENCE_WORDS = {1: 10, 2: 50}, 6
COPIES = Whole(1, 1, 100)  # of the training rows
GAPS = 0.1  # chance that an empty sentence follows, in all copies but the first
_LINE = re.compile(r"(\d+) (\S.*)")


@dataclass(frozen=True)
class Question:
    """One question: the words told before it, its own words, the answer, its story's number."""

    text: tuple[str, ...]
    question: tuple[str, ...]
    answer: str
    story: int


def _task_is_there(request: Request) -> bool:
    facts = request.options.get("facts", FACTS.default)
    return facts in FILES and not request.missing(*FILES[facts])


@source(available=_task_is_there, facts=FACTS, copies=COPIES)  # 1: task qa1; 2: task qa2
def babi(request: Request) -> Content:
    """Read a task; one training story in ten is for validation, the test file is the test split."""
    facts = request.options["facts"]
    known, asked = (read_stories(path) for path in request.need(*FILES[facts]))
    # Training must not see what the test asks word by word.
    test = {(item.text, item.question) for item in asked}
    clean = [item for item in known if (item.text, item.question) not in test]
    parts = _split_stories(clean, request.seed) | {"test": asked}
    vocabulary = Vocabulary.of([[*q.text, *q.question] for q in parts["train"]], 10_000)
    answers = sorted({q.answer for part in parts.values() for q in part})
    number = {answer: place for place, answer in enumerate(answers)}
    splits: dict[str, Arrays] = {
        part: {
            "text": vocabulary.encode([q.text for q in rows], BABI_WORDS[facts], end=True),
            "story": vocabulary.encode_sentences(
                [q.text for q in rows], BABI_SENTENCES[facts], BABI_SENTENCE_WORDS
            ),
            "question": vocabulary.encode([q.question for q in rows], QUESTION_WORDS),
            **answer_columns(np.array([number[q.answer] for q in rows]), len(answers)),
        }
        for part, rows in parts.items()
    }
    copies, dropped = request.options["copies"], len(known) - len(clean)
    splits["train"] = _repeated(splits["train"], copies, request.seed)
    notes = (
        f"{dropped} training questions left out: the test file has the same ones",
        f"{len(parts['train']):,} training questions, {copies} times over, with empty sentences",
    )
    return _content(
        splits,
        vocabulary,
        answers,
        origin=f"{request.folder}, {facts} supporting fact{'s' if facts > 1 else ''}",
        notes=tuple(compress(notes, (dropped, copies > 1))),
    )


def _split_stories(known: list[Question], seed: int) -> dict[str, list[Question]]:
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


def _repeated(arrays: Arrays, copies: int, seed: int) -> Arrays:
    """The rows `copies` times, from the second time on with empty sentences in the stories.

    The same story at other places: a model then learns which sentence came before which, and not
    how long ago each was.
    """
    story = arrays["story"]
    rng = np.random.default_rng([seed, 0x901])
    stories = [story, *(_with_gaps(rng, story) for _ in range(1, copies))]
    repeated = {name: np.concatenate([array] * copies) for name, array in arrays.items()}
    return {**repeated, "story": np.concatenate(stories)}


def _with_gaps(rng: np.random.Generator, stories: np.ndarray) -> np.ndarray:
    """Stories (rows, sentences, words) with empty sentences put in; what no longer fits is cut."""
    rows, most, _ = stories.shape
    gaps = rng.geometric(1 - GAPS, (rows, most)) - 1  # after each sentence
    place = np.arange(most) - np.cumsum(gaps[:, ::-1], axis=1)[:, ::-1]
    row, old = np.nonzero(stories.any(axis=2) & (place >= 0))
    spread = np.zeros_like(stories)
    spread[row, place[row, old]] = stories[row, old]
    return spread


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
            raise damage(path, "a line must begin with its number and a space", line)
        number = int(match[1])
        if number == 1:
            text, story = [], story + 1
        elif number != expected:
            raise damage(path, f"number {number} where 1 or {expected} should be", line)
        expected = number + 1
        told, *rest = match[2].split("\t")
        if not rest:
            if "?" in told:
                raise damage(
                    path, "a question must be followed by a tab and its answer", line, "answer"
                )
            text.extend(tokens(told))
            continue
        answer = rest[0].strip().lower()
        if not answer:
            raise damage(path, "no answer", line, "answer")
        if not text:
            raise damage(path, "a question before any statement", line)
        asked = [word for word in tokens(told) if word != "?"]
        questions.append(Question(tuple(text), tuple(asked), answer, story))
    if not questions:
        raise damage(path, "no question in this file", 1)
    return questions


register(Entry("questions", "babi", "short stories with a question to each", (babi, rooms)))
