"""What a lesson's text promises: its numbers, its exercises and their answers.

A number in a lesson's text or comments counts as measured if the lesson prints it, in a block above
the text or in the block right below, or if it stands in the lesson's code. It is compared as
rounded in the text: 8.7 for 8.7208, 89% for 0.887, 23.9 million for 23,851,784. Not compared are
years, numbers of sections, listings, versions, exercises and papers, and addresses.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SAID = re.compile(
    rf"(?<![\w.])(?<!\w-)(?P<number>{_DIGITS})(?![\w]|[.,]\d)(?P<unit>\s*%|\s+million\b)?"
)
_PRINTED = re.compile(rf"(?:{_DIGITS})(?:e[-+]?\d+)?")
_UNITS = {"": 1.0, "%": 0.01, "million": 1e6}
_COUNTED = r"\d[\d.]*(?:(?:,|,? and| to)\s+\d[\d.]*)*"
_NOT_COMPARED = re.compile(
    r"https?://\S+"
    r"|(?i:\b(?:arxiv|answers?|exercises?|keras|listings?|python|sections?|tables?|tensorflow"
    rf"|steps?|versions?))[\s:]+{_COUNTED}"
    r"|(?m:^\s*\d+\.\s)"  # items of a list
    r"|(?<![\w.,])(?:19|20)\d\d(?!\w|[.,]\d)"  # years
)


@dataclass(frozen=True)
class Block:
    """A block of a lesson, as sphinx-gallery splits it.

    Attributes:
        kind: `text` or `code`.
        content: Its lines; of text, without the comment signs.
        line: Where it begins in the file.
        printed: What a block of code printed.
        until: Processor time at its end, in seconds since the lesson began.
    """

    kind: str
    content: str
    line: int
    printed: str = ""
    until: float = 0.0


def unmeasured(blocks: Sequence[Block]) -> Iterator[tuple[int, str]]:
    """Line and number of each number in text or comments that the lesson neither prints nor has."""
    coded = _values(code for block in _code(blocks) for code, _ in [_split(block)])
    for at, block in enumerate(blocks):
        below = next((each for each in blocks[at:] if each.kind == "code"), None)
        seen = [each for each in blocks[:at] if each.kind == "code"]
        shown = _values(each.printed for each in [*seen, *filter(None, [below])])
        for line, text in _lines(block):
            for number, unit in numbers(text):
                if not any(_rounded(value, number, unit) for value in (*coded, *shown)):
                    yield line, f"{number}{unit}"


def numbers(text: str) -> Iterator[tuple[str, str]]:
    """Each number that a text states, as written, and its unit: none, `%` or `million`."""
    for found in _SAID.finditer(_NOT_COMPARED.sub(lambda match: " " * len(match[0]), text)):
        yield found["number"], (found["unit"] or "").strip()


def faults(blocks: Sequence[Block], least: int = 3) -> Iterator[str]:
    """What a lesson lacks of its title, its exercises and their answers."""
    if not re.match(r"\s*(=+\n)?\S.*\n=+\n", blocks[0].content):
        yield "does not begin with a title, underlined with ="
    text = "\n".join(block.content for block in blocks if block.kind == "text")
    _, _, asked = text.partition("Exercises\n")
    exercises = re.findall(r"(?m)^(\d+)\.\s", asked.partition("Answer ")[0])
    if len(exercises) < least:
        yield f"has {len(exercises)} exercises, not {least}, as a list under the title Exercises"
    for exercise in exercises:
        if not re.search(rf"(?m)^Answer {exercise}$", text):
            yield f"has no section 'Answer {exercise}'"


def _code(blocks: Iterable[Block]) -> list[Block]:
    return [block for block in blocks if block.kind == "code"]


def _lines(block: Block) -> Iterator[tuple[int, str]]:
    """Line and text of each paragraph or comment; a sentence may break between number and unit."""
    if block.kind == "text":
        for at, paragraph in _paragraphs(block.content):
            yield block.line + at, paragraph
    else:
        yield from ((block.line + at, comment) for at, comment in _split(block)[1])


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for paragraph in re.split(r"(\n\s*\n)", text):
        if paragraph.strip():
            yield at, paragraph
        at += paragraph.count("\n")


def _split(block: Block) -> tuple[str, list[tuple[int, str]]]:
    """Code without its comments, and the comments with their lines, counted from 0."""
    code, comments = [], []
    for token in tokenize.generate_tokens(io.StringIO(block.content).readline):
        if token.type == tokenize.COMMENT:
            comments.append((token.start[0] - 1, token.string.lstrip("# ")))
        else:
            code.append(token.string)
    return " ".join(code), comments


def _values(texts: Iterable[str]) -> set[float]:
    found = (match[0] for text in texts for match in _PRINTED.finditer(text.replace("_", "")))
    return {float(number.replace(",", "")) for number in found}


def _rounded(value: float, number: str, unit: str) -> bool:
    """Whether a value, rounded to the number's digits, is the number."""
    digits = len(number.partition(".")[2])
    wanted = float(number.replace(",", ""))
    return f"{value / _UNITS[unit]:.{digits}f}" == f"{wanted:.{digits}f}" or (
        unit == "%" and f"{value:.{digits}f}" == f"{wanted:.{digits}f}"
    )
