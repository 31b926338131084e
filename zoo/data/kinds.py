"""What each column of a table holds: guessed from its cells, before anything is written."""

from __future__ import annotations

import math
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from zoo.core.errors import UnknownNameError
from zoo.data.cells import DATES, LARGEST, common_format, date_example, date_format, is_written
from zoo.data.csv import Table, as_number, damage, some
from zoo.data.dialect import is_missing, signed_numbers
from zoo.data.table_splits import LEAST_ROWS, SPLIT

KINDS = ("number", "category", "text", "date", "picture")
PICTURES = (".png", ".jpg", ".jpeg")
FEW = 20  # different words that always make a category
MOST_SHARE = 0.5  # different words by known cells, from which on a word says nothing of others
TEXT_WORDS = 3.0  # words of a cell in the mean, from which on they are a text; fewer, if they
SHORT_TEXT, AGAIN = 1.5, 0.6  # occur again: at least this share of all words of the column
MOST_CLASSES = 100
MOST_NUMBERS = 20  # different whole numbers that are still classes, of a target
EXAMPLE = 24  # characters
COUNTED = "left out: a row number"
CALLED = "left out: an identifier"
FEWEST = 3  # rows of a class: one to train on, one to validate on, one to test on
SERIES = 8  # numbered columns that make one input
ROW_NUMBER = re.compile(r"|id|index|idx|row|rows|rownames?|row_?(no|nr|id|number)|nr|no|unnamed.*")
IDENTIFIER = re.compile(r"(.*[_ .-])?(?i:id|uuid|guid|key)|.*[a-z]I[dD]")


@dataclass(frozen=True)
class Guess:
    """What a column holds.

    Attributes:
        title: Its header.
        kind: One of `KINDS`; empty for a column that is left out.
        distinct, missing: Different values, and cells without one.
        example: A value.
        note: Why it is left out, or what else there is to say.
        format: How a date is written.
    """

    title: str
    kind: str
    distinct: int
    missing: int
    example: str
    note: str = ""
    format: str = ""


def guesses(table: Table, chosen: Mapping[str, str], wanted: Iterable[str] = ()) -> list[Guess]:
    """What every column holds, in the table's order.

    Args:
        table: The table.
        chosen: Column -> kind, where the user says so.
        wanted: Columns that the user names: none of them is left out.

    Raises:
        UnknownNameError: no such kind.
        DataError: no such column, one that is there twice, or a cell that is not of the kind.
    """
    for column, kind in chosen.items():
        table.place(column)
        if kind not in KINDS:
            raise UnknownNameError("kind of column", kind, KINDS)
    kept = {*chosen, *wanted}
    found = []
    for title in table.header:
        table.place(title)  # refuses a column that is there twice
        guess = _guess(title, table.texts(title))
        if title in chosen:
            guess = _as_chosen(table, guess, chosen[title])
        elif title in kept and not guess.kind:
            known = known_cells(table.texts(title))
            guess = replace(guess, kind=_plain_kind(known), note=signed_numbers(known))
        found.append(guess)
    return found


def known_cells(cells: Sequence[str]) -> list[str]:
    """The cells that have a value, without blanks around it."""
    return [cell.strip() for cell in cells if not is_missing(cell)]


def _guess(title: str, cells: Sequence[str]) -> Guess:
    known = known_cells(cells)
    words = Counter(known)
    example = " ".join(known[0].split()) if known else ""
    if len(example) > EXAMPLE:
        example = f"{example[: EXAMPLE - 3].rstrip()}..."
    guess = Guess(title, "", len(words), len(cells) - len(known), example)
    if title == SPLIT:
        return replace(guess, note="says which split a row is in")
    if not known:
        return replace(guess, note="left out: it is empty")
    if len(words) == 1 and len(known) == len(cells):
        return replace(guess, note="left out: the same in every row")
    if _is_row_number(title, cells):
        return replace(guess, note=COUNTED)
    kind = _plain_kind(known)
    if kind == "number" and _is_identifier(title, known):
        return replace(guess, note=CALLED)
    signed = signed_numbers(words) if kind in ("category", "text") else ""
    if kind == "category" and len(words) > max(FEW, MOST_SHARE * len(known)):
        return replace(guess, note=f"left out: {signed or 'hardly any value occurs twice'}")
    if kind == "category" and len(words) == len(known) == len(cells):
        return replace(guess, note=f"left out: {signed or 'no value occurs twice'}")
    guess = replace(guess, note=signed)
    if kind != "date":
        return replace(guess, kind=kind)
    written = date_format(list(words))
    other = {"%m/%d/%Y": "%d/%m/%Y"}.get(written, "")
    both = bool(other) and all(is_written(word, other) for word in words)
    return replace(guess, kind=kind, format=written, note="read as month/day/year" if both else "")


def _plain_kind(known: Sequence[str]) -> str:
    """What cells that have a value look like."""
    words = set(known)
    if all((number := as_number(word)) is not None and math.isfinite(number) for word in words):
        return "number"
    if all(PurePath(word).suffix.lower() in PICTURES for word in words):
        return "picture"
    if date_format(sorted(words)):
        return "date"
    return "text" if _is_text(known) else "category"


def _is_text(known: Sequence[str]) -> bool:
    """Whether cells are long or, mostly different, are made of words that occur again."""
    parts = Counter(part.lower() for cell in known for part in cell.split())
    total = parts.total()
    length = total / len(known)
    again = sum(count for count in parts.values() if count > 1) / total
    if len(set(known)) <= max(FEW, MOST_SHARE * len(known)):
        return length > 2 * TEXT_WORDS
    return length >= TEXT_WORDS or (length >= SHORT_TEXT and again >= AGAIN)


def _is_row_number(title: str, cells: Sequence[str]) -> bool:
    """Whether the cells count the rows, or are different whole numbers under such a title."""
    if not all(re.fullmatch(r"\d{1,15}", cell.strip()) for cell in cells):
        return False
    numbers = np.array([int(cell) for cell in cells])
    if numbers[0] in (0, 1) and len(cells) > 2 and (np.diff(numbers) == 1).all():
        return True
    return bool(ROW_NUMBER.fullmatch(title.strip().lower())) and len(set(cells)) == len(cells)


def _is_identifier(title: str, known: Sequence[str]) -> bool:
    """Whether it is called so and no value occurs twice."""
    return bool(IDENTIFIER.fullmatch(title.strip())) and len(set(known)) == len(known)


def _as_chosen(table: Table, guess: Guess, kind: str) -> Guess:
    """The kind that the user gives, if the cells are of it."""
    known = known_cells(table.texts(guess.title))
    format = date_format(sorted(set(known))) if kind == "date" else ""
    wrong, why = "", ""
    if kind == "number":
        wrong = next((cell for cell in known if as_number(cell) is None), "")
        why = f": {signed}" if (signed := signed_numbers(known)) else ""
    elif kind == "date" and not format and known:
        usual = common_format(known) or DATES[0]
        wrong = next(cell for cell in known if not is_written(cell, usual))
        why = f" such as {date_example(usual)}"
    if wrong:
        row = next(at for at, cell in enumerate(table.texts(guess.title)) if cell.strip() == wrong)
        raise table.wrong(row, guess.title, f"{wrong!r} is not a {kind}{why}")
    return replace(guess, kind=kind, note="", format=format)


def target_kind(table: Table, guess: Guess, chosen: str = "") -> tuple[str, str]:
    """How a column is predicted (`number`, `flag`, `label`), and what to say of it.

    Args:
        table: The table.
        guess: What the column holds.
        chosen: `number` or `category`, where the user says so.

    Raises:
        DataError: it cannot be predicted; the message says why.
    """
    known = known_cells(table.texts(guess.title))
    words = Counter(known)
    plain = "number" if all(as_number(word) is not None for word in words) else "category"
    numbers = {word: as_number(word) for word in words} if plain == "number" else {}
    for word, value in numbers.items():
        if value is not None and not abs(value) <= LARGEST:
            raise damage(table.path, f"{word!r} is too large for a 32-bit number", 1, guess.title)
    if len(known) < LEAST_ROWS and SPLIT not in table.header:
        problem = f"{len(known)} rows have a value; at least {LEAST_ROWS} are needed to predict it"
        raise damage(table.path, problem, 1, guess.title)
    if len(words) < 2:
        raise damage(table.path, "a target needs two different values", 1, guess.title)
    whole = all(re.fullmatch(r"-?\d{1,9}(\.0*)?", word) for word in words)
    few = whole and len(words) <= MOST_NUMBERS and len(words) * 10 <= len(known)
    if plain == "number" and chosen != "category" and not (few or len(words) == 2):
        return "number", "target"
    if plain == "number" and chosen == "number":
        return "number", "target"
    if guess.kind in ("date", "picture"):
        problem = f"a {guess.kind} cannot be predicted; choose a column of numbers or words"
        raise damage(table.path, problem, 1, guess.title)
    spelled: dict[float | None, str] = {}
    for word, value in numbers.items():
        if (other := spelled.setdefault(value, word)) != word:
            problem = f"{other} and {word} are one number in two spellings; write it in one"
            raise damage(table.path, problem, 1, guess.title)
    if len(words) > MOST_CLASSES or len(words) > MOST_SHARE * len(known):
        few_words = some(sorted(words), 3)
        signed = f"; {each}" if (each := signed_numbers(known)) else ""
        problem = f"{len(words):,} different values are too many classes: {few_words}{signed}"
        raise damage(table.path, problem, 1, guess.title)
    several = plain == "number" and len(words) > 2
    hint = f"; for the number: --kind {shlex.quote(f'{guess.title}=number')}" if several else ""
    rare = sorted(word for word, rows in words.items() if rows < FEWEST)
    hint += f"; fewer than {FEWEST} rows of {some(rare, 3)}" if rare else ""
    flag = len(words) == 2 and (plain == "category" or {float(word) for word in words} == {0, 1})
    return ("flag" if flag else "label"), f"target, {len(words)} classes{hint}"


def series(titles: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """NAME -> NAME_0, NAME_1 and so on, where a table has at least `SERIES` such columns."""
    groups: dict[str, list[int]] = {}
    for title in titles:
        if match := re.fullmatch(r"(.*[^\d_])_(\d+)", title):
            groups.setdefault(match[1], []).append(int(match[2]))
    return {
        name: tuple(f"{name}_{at}" for at in range(len(numbers)))
        for name, numbers in groups.items()
        if len(numbers) >= SERIES and sorted(numbers) == [*range(len(numbers))]
    }
