"""Rows of a table in three splits without a leak."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from project_helpers import write_csv

from zoo.core.errors import DataError
from zoo.data.cells import DATES
from zoo.data.csv import Table, read_csv
from zoo.data.table_splits import SplitBy, rows_by_split, times
from zoo.data.tabular import Field, one_sided

ROWS = 200


def table_of(folder: Path, **columns: Sequence[object]) -> Table:
    rows = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    return read_csv(write_csv(folder / "t.csv", rows))


def test_groups_stay_together(tmp_path: Path) -> None:
    group = [f"g{at * at % 31}" for at in range(ROWS)]
    table = table_of(tmp_path, group=group, x=[*range(ROWS)])
    parts = rows_by_split(table, 0, SplitBy(group="group"))
    assert sorted(np.concatenate([*parts.values()])) == [*range(ROWS)]
    seen = [{group[row] for row in rows} for rows in parts.values()]
    assert all(seen)
    assert sum(map(len, seen)) == len(set(group))
    assert len(parts["train"]) > ROWS / 2


def test_three_groups_are_enough(tmp_path: Path) -> None:
    table = table_of(tmp_path, group=[at % 3 for at in range(12)], x=[*range(12)])
    parts = rows_by_split(table, 0, SplitBy(group="group"))
    assert [len(rows) for rows in parts.values()] == [4, 4, 4]
    few = table_of(tmp_path, group=[at % 2 for at in range(12)], x=[*range(12)])
    with pytest.raises(DataError, match="2 groups are too few"):
        rows_by_split(few, 0, SplitBy(group="group"))


@pytest.mark.parametrize("written", [*(each for each in DATES if "%d" in each), "number"])
def test_the_past_comes_before_the_future(written: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    at = rng.integers(0, 40, ROWS)  # several rows have the same day
    days = [datetime(2020, 1, 1) + timedelta(int(day)) for day in at]
    cells = [int(day) if written == "number" else each.strftime(written)
             for day, each in zip(at, days, strict=True)]  # fmt: skip
    table = table_of(tmp_path, when=cells, x=[*range(ROWS)])
    parts = rows_by_split(table, 0, SplitBy(time="when"))
    assert at[parts["train"]].max() < at[parts["validation"]].min()
    assert at[parts["validation"]].max() < at[parts["test"]].min()
    assert 0.1 < len(parts["test"]) / ROWS < 0.2
    assert np.ptp(times(table, "when")) == np.ptp(at)


def test_a_time_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    table = table_of(tmp_path, when=["1", "2", "soon", *range(20)], x=[*range(23)])
    with pytest.raises(DataError, match="line 4, column 'when': 'soon' is not a number"):
        rows_by_split(table, 0, SplitBy(time="when"))
    dates = [f"{1 + at % 28:02d}.03.2020" for at in range(20)]
    table = table_of(tmp_path, when=[*dates[:3], "soon", *dates], x=[*range(24)])
    with pytest.raises(DataError, match=r"line 5, .* 'soon' is not a date such as 31\.12\.2001"):
        rows_by_split(table, 0, SplitBy(time="when"))
    table = table_of(tmp_path, when=[*dates, "", "NA"], x=[*range(22)])
    with pytest.raises(DataError, match=r"2 rows have no value in 'when'; .*: fill them in"):
        rows_by_split(table, 0, SplitBy(time="when"))
    same = table_of(tmp_path, when=[1, 2] * 9, x=[*range(18)])
    with pytest.raises(DataError, match="2 moments are too few"):
        rows_by_split(same, 0, SplitBy(time="when"))


def test_every_split_has_the_classes_shares(tmp_path: Path) -> None:
    classes = np.array([0] * 160 + [1] * 30 + [2] * 10)
    table = table_of(tmp_path, x=[*range(ROWS)])
    parts = rows_by_split(table, 0, classes=classes)
    for rows in parts.values():
        shares = np.bincount(classes[rows], minlength=3) / len(rows)
        np.testing.assert_allclose(shares, [0.8, 0.15, 0.05], atol=0.02)
    other = rows_by_split(table, 1, classes=classes)
    assert not np.array_equal(parts["test"], other["test"])


def test_a_split_that_teaches_nothing_is_told() -> None:
    fields = {"y": Field(("label",), "flag", target=True), "x": Field(("x",))}
    zeros, both = np.zeros((4, 1)), np.array([[0.0], [1.0]])
    good = {"train": {"y": both}, "validation": {"y": both}, "test": {"y": zeros}}
    assert list(one_sided(good, fields)) == []
    told = list(one_sided({"train": {"y": zeros}, "test": {"y": both}}, fields))
    assert told[0].startswith("every training row has the same label")
    assert told[1] == "no row is for validation: see the column split"
