"""Kaggle's sample submissions are read as they are and written back with chances."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from zoo.core.errors import DataError
from zoo.forecasting.seasons import read_seasons, season_of
from zoo.forecasting.submission import Sample, read_sample, write_submission

ROWS = "2016_1112_1114,0.5\n2017_1112_1122,0.5\n2016_1101_1112,0.5\n"


def _sample(folder: Path, text: str) -> Sample:
    path = folder / "sample.csv"
    path.write_bytes(text.encode())
    return read_sample(path)


def test_the_rows_keep_their_order(tmp_path: Path) -> None:
    sample = _sample(tmp_path, "ID,Pred\n" + ROWS)
    assert sample.season.tolist() == [2016, 2017, 2016]
    assert sample.low.tolist() == [1112, 1112, 1101]
    assert sample.high.tolist() == [1114, 1122, 1112]
    assert sample.seasons == {2016, 2017}
    assert len(sample) == 3


@pytest.mark.parametrize("header", ["ID,Pred", "id,pred", "Id,PRED", '"id","pred"'])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_header_ids_and_line_ends_are_the_samples(tmp_path: Path, header: str, end: str) -> None:
    sample = _sample(tmp_path, (f"{header}\n" + ROWS).replace("\n", end))
    path = tmp_path / "submission.csv"
    write_submission(path, sample, [0.25, 0.123456789, 1])
    lines = [
        header,
        "2016_1112_1114,0.250000",
        "2017_1112_1122,0.123457",
        "2016_1101_1112,0.999999",
    ]
    assert path.read_bytes().decode() == "".join(line + end for line in lines)
    assert read_sample(path).ids == sample.ids


def test_the_letters_of_2014(tmp_path: Path) -> None:
    sample = _sample(tmp_path, "id,pred\nS_507_509,0.5\nA_507_509,\n")
    assert sample.season.tolist() == [2014, 1996]
    assert sample.ids == ("S_507_509", "A_507_509")
    seasons = tmp_path / "seasons.csv"
    seasons.write_text("season,years,dayzero\nA,1995-1996,10/30/1995\nS,2013-2014,x\n", "utf-8")
    assert read_seasons(seasons) == {"A": 1996, "S": 2014}
    other = read_sample(sample.path, {"A": 2001, "S": 2002})
    assert other.season.tolist() == [2002, 2001]
    with pytest.raises(DataError, match="line 2, column 'id': no season 'S'; known: A"):
        read_sample(sample.path, {"A": 1996})


@pytest.mark.parametrize("years", ["1996", "1995-96", "x"])
def test_other_years_are_refused(tmp_path: Path, years: str) -> None:
    path = tmp_path / "seasons.csv"
    path.write_text(f"season,years\nA,{years}\n", "utf-8")
    with pytest.raises(DataError, match=r"line 2, column 'years': .*not of the form 1995-1996"):
        read_seasons(path)
    path.write_text("season,years\nA,1995-1996\na,1996-1997\n", "utf-8")
    with pytest.raises(DataError, match="line 3, column 'years': season a already has"):
        read_seasons(path)


def test_season_of() -> None:
    assert [season_of(word) for word in ("A", "s", "1985")] == [1996, 2014, 1985]
    with pytest.raises(ValueError, match="'12' is not a season"):
        season_of("12")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the file is empty; it needs the columns id, pred"),
        ("ID,Pred\n", "line 2: no rows after the header"),
        ("ID,Chance\n2016_1_2,0\n", "line 1: no column 'pred'"),
        ("Pred,ID\n0.5,2016_1_2\n", "line 1: the columns must be ID and Pred"),
        ("ID,Pred,Team\n2016_1_2,0,x\n", "line 1: the columns must be ID and Pred"),
        ("ID,Pred\n2016_1112,0.5\n", "line 2, column 'ID': '2016_1112' is not an id such as"),
        ("ID,Pred\n\n2016_1_x,0.5\n", "line 3, column 'ID': '2016_1_x' is not an id such as"),
        ("ID,Pred\n2016_1_2_3,0.5\n", "line 2, column 'ID': '2016_1_2_3' is not an id such as"),
        ("ID,Pred\n16_1_2,0.5\n", "line 2, column 'ID': '16_1_2' is not an id such as"),
        ("ID,Pred\n2016_1_2,0\n2016_7_7,0\n", "line 3, .*'2016_7_7': a team does not meet itself"),
        ("ID,Pred\n2016_2_1,0\n", "line 2, .*'2016_2_1' must name the lower team id first"),
        ("ID,Pred\n2016_1_2,0\n2016_1_3,0\n2016_1_2,0\n", "line 4, .*'2016_1_2' is in the file tw"),
        ("ID,Pred\n2014_1_2,0\nS_1_2,0\n", "line 3, column 'ID': 'S_1_2' is in the file twice"),
    ],
)
def test_what_is_no_sample_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=f"sample.csv, {message}") as caught:
        _sample(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_no_file() -> None:
    with pytest.raises(DataError, match="No such file"):
        read_sample(Path("nowhere.csv"))


def test_no_chance_is_written_as_sure(tmp_path: Path) -> None:
    sample = _sample(tmp_path, "ID,Pred\n" + ROWS)
    path = tmp_path / "submission.csv"
    write_submission(path, sample, [0.0, 1e-9, 1 - 1e-9])
    cells = [line.split(",")[1] for line in path.read_text("utf-8").splitlines()[1:]]
    assert cells == ["0.000001", "0.000001", "0.999999"]
    write_submission(path, sample, [0.0, 0.5, 1.0], bound=0.025)
    cells = [line.split(",")[1] for line in path.read_text("utf-8").splitlines()[1:]]
    assert cells == ["0.025000", "0.500000", "0.975000"]


@pytest.mark.parametrize(
    ("chance", "bound", "message"),
    [
        ([0.5, np.nan, np.nan], 1e-6, "2 of 3 rows have no .*; the first is 2017_1112_1122: nan"),
        ([0.5, 0.5, 1.5], 1e-6, "1 of 3 rows have no .*; the first is 2016_1101_1112: 1.5"),
        ([0.5, 0.5], 1e-6, r"chance must have shape \(3,\), not \(2,\)"),
        ([0.5, 0.5, 0.5], 1e-7, "bound must be from 0.000001 to less than 0.5, not 1e-07"),
        ([0.5, 0.5, 0.5], 0.5, "bound must be from"),
    ],
)
def test_a_refused_submission_leaves_the_old_one(
    tmp_path: Path, chance: list[float], bound: float, message: str
) -> None:
    sample = _sample(tmp_path, "ID,Pred\n" + ROWS)
    path = tmp_path / "submission.csv"
    path.write_text("old", "utf-8")
    with pytest.raises(DataError, match=message):
        write_submission(path, sample, chance, bound)
    assert path.read_text("utf-8") == "old"


def test_two_hundred_thousand_rows(tmp_path: Path) -> None:
    pairs = list(combinations(range(1101, 1467), 2))
    ids = [f"{season}_{low}_{high}" for season in (2014, 2015, 2016) for low, high in pairs]
    sample = _sample(tmp_path, "ID,Pred\n" + "".join(f"{each},0.5\n" for each in ids))
    assert sample.ids == tuple(ids)
    path = tmp_path / "submission.csv"
    chance = np.random.default_rng(0).random(len(ids))
    write_submission(path, sample, chance)
    written = np.array([line.split(",")[1] for line in path.read_text("utf-8").splitlines()[1:]])
    np.testing.assert_allclose(written.astype(float), chance, atol=1e-6)
