"""Dataset `characters`: a text, cut into rows of characters, each with the one that follows it.

Source `austen` is the beginning of a novel, which ships with the zoo. Source `nouvelles` is the
beginnings of the French short stories of `novels`, one after the other. Either text is cut into
three pieces, and every piece into rows that do not overlap: the rows of one split are a text that
no other has.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csv import read_text
from zoo.data.registry import Entry, described_in, register
from zoo.data.source import Content, Request, Whole, source
from zoo.data.splits import cut
from zoo.data.text.encoding import SPECIAL, UNKNOWN, most_frequent
from zoo.data.text.novels import stories_are_there, stories_table, story_files

SHARES = (8, 1, 1)  # of the text for training, validation and testing, in its order
RARE = 3  # characters that occur less often in the training text are unknown
LENGTH = Whole(50, 2, 1_000)  # characters of a row
AUSTEN = "pride_and_prejudice.txt"


def paragraphs(text: str) -> str:
    """The text with a line for each paragraph: ends of lines within one become blanks."""
    whole = re.split(r"\n\s*\n", text)
    return "".join(f"{' '.join(each.split())}\n" for each in whole if each.strip())


def rows_of(text: str, length: int) -> Content:
    """Rows of ids, and the ids that follow, one further on.

    Raises:
        DataError: the text is too short for a row in every split.
    """
    pieces = {part: text[where] for part, where in cut(len(text), SHARES).items()}
    alphabet = (SPECIAL[UNKNOWN], *most_frequent([pieces["train"]], len(text), RARE))
    number = {character: place for place, character in enumerate(alphabet)}
    splits = {}
    for part, piece in pieces.items():
        ids = np.array([number.get(character, 0) for character in piece], np.int32)
        rows = (len(ids) - 1) // length
        if rows < 1:
            raise DataError(
                f"{len(piece):,} characters for {part}, a row takes {length + 1:,}; set a "
                "smaller length"
            )
        used = rows * length
        splits[part] = {
            "text": ids[:used].reshape(rows, length),
            "next_character": ids[1 : used + 1].reshape(rows, length),
        }
    return Content(
        splits,
        sizes={"n_characters": len(alphabet)},
        labels={"character": alphabet},
        targets={"next_character": "classes"},
    )


# Source `austen`


@source(length=LENGTH)
def austen(request: Request) -> Content:
    """Read the sixteen chapters that ship."""
    text = read_text(described_in(request.dataset) / AUSTEN)
    origin = "embedded, Jane Austen, Pride and Prejudice, chapters 1-16"
    return replace(rows_of(paragraphs(text), request.options["length"]), origin=origin)


# Source `nouvelles`


@source(
    available=stories_are_there,
    length=LENGTH,
    beginning=Whole(10_000, 100, 1_000_000),  # characters of each story that are read
)
def nouvelles(request: Request) -> Content:
    """Read the beginnings of the stories, one after the other."""
    table, most = stories_table(request), request.options["beginning"]
    text = "".join(paragraphs(read_text(file))[:most] for file in story_files(table))
    origin = str(table.path.parent)
    return replace(rows_of(text, request.options["length"]), origin=origin)


_SUMMARY = "a text, character by character, and the character that follows each"
register(Entry("characters", "stories", _SUMMARY, (nouvelles, austen)))
