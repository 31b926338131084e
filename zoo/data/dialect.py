"""How a table is written: what separates its cells, and how its numbers are written."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from itertools import islice

# How tables write that there is no value; what pandas takes for it, and `?`.
MISSING = frozenset(
    ("", "?", "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "<na>", "#na", "nat")
)
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
BEGUN = 100_000  # characters that are looked at, and of them the first
LOOKED_AT = 20  # rows that decide between two separators which are both in the header
_DECIMAL_COMMA = re.compile(r"[+-]?\d+(,\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_SIGN = r"[$€£¥%]|EUR|USD|GBP|CHF|JPY|CAD|AUD|CNY|INR|SEK|NOK|DKK|PLN|CZK|BRL|Fr\.|kr\.?|zł"
_SIGNED = re.compile(
    rf"({_SIGN})?\s?[+-]?({_SIGN})?\s?"
    rf"(\d+|\d{{1,3}}([ ,.'’\u00a0\u202f]\d{{3}})+)([.,]\d+)?\s?({_SIGN})?"
)


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.strip().lower() in MISSING


def as_number(word: str) -> float | None:
    """The number that a word writes, None for another word.

    >>> as_number("1e3"), as_number("1_000")
    (1000.0, None)
    """
    if "_" in word:  # Python's own, and in tables a code
        return None
    try:
        return float(word)
    except ValueError:
        return None


def separator(text: str) -> str:
    """What separates the cells of a table: one of `SEPARATORS`, by its first lines."""
    found: dict[str, list[int]] = {}
    begun = text[:BEGUN]
    for each in SEPARATORS:
        rows = csv.reader(io.StringIO(begun, newline=""), delimiter=each)
        try:
            found[each] = [len(cells) for cells in islice(filter(any, rows), LOOKED_AT)]
        except csv.Error:
            found[each] = []
    several = {each: sizes for each, sizes in found.items() if sizes and sizes[0] > 1}
    if len(several) < 2:
        return next(iter(several), ",")
    # the one by which most rows are as wide as the header; then the one with most cells
    return max(several, key=lambda each: (_even(several[each]), several[each][0]))


def _even(sizes: Sequence[int]) -> float:
    """The share of rows that are as wide as the first."""
    return sizes.count(sizes[0]) / len(sizes)


def with_points(cells: Sequence[str]) -> Sequence[str]:
    """The cells with `1,5` as `1.5`, if all of them are numbers and that is what they mean.

    `1,200` alone may mean 1200: where nothing else has a comma, the cells stay as they are.
    """
    known = [cell.strip() for cell in cells if not is_missing(cell)]
    commas = [cell for cell in known if "," in cell]
    if not commas or all(map(_THOUSANDS.fullmatch, commas)):
        return cells
    if not all(map(_DECIMAL_COMMA.fullmatch, known)):
        return cells
    return [cell.replace(",", ".") for cell in cells]


def signed_numbers(known: Iterable[str]) -> str:
    """What to say of cells that are numbers with signs; empty if they are something else.

    >>> signed_numbers(["$1,200", "$80"])
    'numbers with signs; write 1200 for $1,200'
    """
    cells = list(known)
    if not cells or not all(map(_SIGNED.fullmatch, cells)):
        return ""
    example = next((cell for cell in cells if as_number(cell) is None), "")
    return f"numbers with signs; write {plain_number(example)} for {example}" if example else ""


def plain_number(cell: str) -> str:
    """A number without signs: `1.234,50 EUR` as `1234.50`.

    >>> plain_number("1 200 EUR"), plain_number("5%"), plain_number("$1,234.50")
    ('1200', '5', '1234.50')
    """
    digits = re.sub(r"[^\d.,+-]", "", re.sub(r"Fr\.|kr\.?", "", cell))
    whole, mark, rest = digits.rpartition("," if digits.rfind(",") > digits.rfind(".") else ".")
    if mark and (len(rest) != 3 or len({*digits} & {".", ","}) == 2):
        return f"{re.sub('[.,]', '', whole)}.{rest}"
    return re.sub("[.,]", "", digits)
