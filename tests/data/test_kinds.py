"""What each column of a table is taken for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from project_helpers import write_csv

from zoo.core.errors import DataError, UnknownNameError
from zoo.data.csv import Table, read_csv
from zoo.data.kinds import guesses, series, target_kind

ROWS = 60
NAMES = ("Ann", "Bob", "Cleo", "Dan", "Eve")
WORDS = ("red", "green", "blue", "old", "new", "small", "tall", "round")


def table_of(folder: Path, **columns: Sequence[object]) -> Table:
    rows = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    return read_csv(write_csv(folder / "t.csv", rows))


# title, cells -> kind, and a part of the note
COLUMNS = [
    ("age", [20 + at % 7 for at in range(ROWS)], "number", ""),
    ("fare", [at % 9 + 0.5 if at % 4 else "" for at in range(ROWS)], "number", ""),
    ("score", ["NA" if at % 5 == 0 else -at / 3 for at in range(ROWS)], "number", ""),
    ("year", [1900 + at for at in range(ROWS)], "number", ""),
    ("", [*range(ROWS)], "", "a row number"),
    ("x", [*range(1, ROWS + 1)], "", "a row number"),
    ("Unnamed: 0", [at * 3 for at in range(ROWS)], "", "a row number"),
    ("id", [97 * at % 61 for at in range(ROWS)], "", "a row number"),
    ("customer_id", [5_000 + 97 * at for at in range(ROWS)], "", "an identifier"),
    ("paid", [97 * at % 61 for at in range(ROWS)], "number", ""),
    ("plan", [f"{at % 3}_{at % 2}" for at in range(ROWS)], "category", ""),
    ("seen", [f"{at % 12 + 1}/{at % 9 + 1}/2001" for at in range(ROWS)], "date", "month/day/year"),
    ("left", [f"{at % 12 + 1}/{at % 28 + 1}/2001" for at in range(ROWS)], "date", ""),
    ("sex", [("male", "female", "")[at % 3] for at in range(ROWS)], "category", ""),
    ("member", [("True", "False")[at % 2] for at in range(ROWS)], "category", ""),
    ("zip", [f"D-{at % 11:05d}" for at in range(ROWS)], "category", ""),
    ("ticket", [f"A/5 {at * 7919 % 10_007}" for at in range(ROWS)], "", "hardly any value"),
    ("title", [f"{WORDS[at % 8]} {NAMES[at % 5]}{at % 9}" for at in range(ROWS)], "text", ""),
    ("note", [f"A {WORDS[at % 8]} one, bought by {NAMES[at % 5]} in {at}" for at in range(ROWS)],
     "text", ""),
    ("day", [f"2020-01-{at % 28 + 1:02d}" for at in range(ROWS)], "date", ""),
    ("slashes", [f"{at % 12 + 1}/{at % 28 + 1}/2020" for at in range(ROWS)], "date", ""),
    ("path", [f"pictures/{at}.png" for at in range(ROWS)], "picture", ""),
    ("country", ["Peru"] * ROWS, "", "the same in every row"),
    ("nothing", ["", "NA", "?"] * (ROWS // 3), "", "it is empty"),
    ("split", ["train", "test"] * (ROWS // 2), "", "which split"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "cells", "kind", "note"), COLUMNS, ids=[c[0] for c in COLUMNS])
def test_kinds_are_guessed(
    title: str, cells: list[object], kind: str, note: str, tmp_path: Path
) -> None:
    (guess, _) = guesses(table_of(tmp_path, **{title: cells, "other": [1, 2] * (ROWS // 2)}), {})
    assert guess.kind == kind, guess
    assert note in guess.note
    assert bool(guess.note) == (not kind or bool(note))
    assert guess.missing == sum(str(cell) in ("", "NA", "?") for cell in cells)


@pytest.mark.parametrize(
    ("cells", "write"),
    [
        ([f"${1000 + 37 * at:,}" for at in range(ROWS)], "1000 for $1,000"),
        ([f"{at % 5}%" for at in range(ROWS)], "0 for 0%"),
        ([f"{1 + at % 3} 200 EUR" for at in range(ROWS)], "1200 for 1 200 EUR"),
        ([f"{at},5" for at in range(ROWS)], "0.5 for 0,5"),
        ([f"€ 1.{at + 100},50" for at in range(ROWS)], "1100.50 for € 1.100,50"),
    ],
)
def test_numbers_with_signs_are_said_to_be_so(
    cells: list[object], write: str, tmp_path: Path
) -> None:
    table = table_of(tmp_path, price=cells, x=[*range(ROWS)])
    told = f"numbers with signs; write {write}"
    guess, _ = guesses(table, {})
    assert guess.note in (told, f"left out: {told}")
    guess, _ = guesses(table, {}, ["price"])
    assert guess.note == told
    with pytest.raises(DataError, match="is not a number: numbers with signs; write"):
        guesses(table, {"price": "number"})


def test_codes_are_not_numbers_with_signs(tmp_path: Path) -> None:
    codes = [f"SKU {at % 9}" for at in range(ROWS)]
    guess, _ = guesses(table_of(tmp_path, code=codes, x=[*range(ROWS)]), {})
    assert (guess.kind, guess.note) == ("category", "")


def test_a_date_unlike_the_others_is_named(tmp_path: Path) -> None:
    days = [f"{1 + at % 28:02d}.03.2020" for at in range(20)]
    table = table_of(tmp_path, day=[*days, "2020-03-01"], x=[*range(21)])
    with pytest.raises(DataError, match=r"'2020-03-01' is not a date such as 31\.12\.2001"):
        guesses(table, {"day": "date"})


def test_a_kind_can_be_chosen(tmp_path: Path) -> None:
    table = table_of(tmp_path, zip=[at % 9 for at in range(ROWS)], id=[*range(ROWS)])
    chosen = guesses(table, {"zip": "category"}, ["id"])
    assert [each.kind for each in chosen] == ["category", "number"]


@pytest.mark.parametrize(
    ("column", "kind", "message"),
    [
        ("word", "number", "line 2, column 'word': 'a' is not a number"),
        ("word", "date", "line 2, column 'word': 'a' is not a date"),
        ("none", "text", "no column 'none'"),
    ],
)
def test_a_kind_that_does_not_fit_is_reported(
    column: str, kind: str, message: str, tmp_path: Path
) -> None:
    table = table_of(tmp_path, word=["a", "b"] * 9, x=[*range(18)])
    with pytest.raises(DataError, match=message):
        guesses(table, {column: kind})
    with pytest.raises(UnknownNameError, match="did you mean number"):
        guesses(table, {"word": "nummber"})


@pytest.mark.parametrize(
    ("cells", "chosen", "kind"),
    [
        ([at % 2 for at in range(ROWS)], "", "flag"),
        ([("no", "yes")[at % 2] for at in range(ROWS)], "", "flag"),
        ([at % 2 + 1 for at in range(ROWS)], "", "label"),
        ([at % 3 for at in range(ROWS)], "", "label"),
        ([at % 3 for at in range(ROWS)], "number", "number"),
        ([NAMES[at % 5] for at in range(ROWS)], "", "label"),
        ([at % 30 for at in range(ROWS)], "", "number"),
        ([at % 30 for at in range(ROWS)], "category", "label"),
        ([at / 7 for at in range(ROWS)], "", "number"),
    ],
)
def test_how_a_target_is_predicted(
    cells: list[object], chosen: str, kind: str, tmp_path: Path
) -> None:
    table = table_of(tmp_path, y=cells, x=[*range(ROWS)])
    guess, _ = guesses(table, {}, ["y"])
    found, note = target_kind(table, guess, chosen)
    assert found == kind
    assert ("classes" in note) == (kind != "number")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (["a"] * ROWS, "two different values"),
        ([f"word {at}" for at in range(ROWS)], "60 different values are too many classes"),
        ([f"2020-01-{at % 28 + 1:02d}" for at in range(ROWS)], "a date cannot be predicted"),
    ],
)
def test_what_cannot_be_predicted_is_refused(
    cells: list[object], message: str, tmp_path: Path
) -> None:
    table = table_of(tmp_path, y=cells, x=[*range(ROWS)])
    guess, _ = guesses(table, {}, ["y"])
    with pytest.raises(DataError, match=message):
        target_kind(table, guess)


def test_numbered_columns_are_a_series() -> None:
    titles = [*(f"pixel_{at}" for at in np.random.default_rng(0).permutation(10)), "a_0", "a_1"]
    assert series(titles) == {"pixel": tuple(f"pixel_{at}" for at in range(10))}
    assert series([f"x_{at}" for at in range(1, 12)]) == {}
