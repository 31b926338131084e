"""Kaggle's layout: every spelling is read, and every damage is named by file, line and column."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from data_helpers import (
    GOOD_RESULTS,
    RESULTS_LOWER,
    RESULTS_NEW,
    RESULTS_OLD,
    write_lines,
)

from zoo.core.errors import DataError
from zoo.data.basketball.games import team_key
from zoo.data.basketball.kaggle import read_results, read_seeds, read_teams


def results(tmp_path: Path, *rows: str, header: str = RESULTS_OLD, **how: object) -> Path:
    """A results file of the given rows."""
    return write_lines(tmp_path / "results.csv", [header, *rows], **how)  # pyright: ignore[reportArgumentType]


def refused(path: Path, reader: object = read_results) -> str:
    """The message with which the reader refuses the file, on one line that begins with its path."""
    with pytest.raises(DataError) as caught:
        reader(path)  # pyright: ignore[reportCallIssue]
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message.removeprefix(str(path)).removeprefix(", ")


def test_a_row_becomes_a_game_with_the_lower_id_first(tmp_path: Path) -> None:
    games, notes = read_results(results(tmp_path, *GOOD_RESULTS))
    assert notes == []
    np.testing.assert_array_equal(games.season, [1999, 1999, 1999, 2000, 2000])
    np.testing.assert_array_equal(games.team_1, [1101, 1101, 1102, 1101, 1101])
    np.testing.assert_array_equal(games.team_2, [1102, 1103, 1103, 1103, 1103])
    np.testing.assert_array_equal(games.home, [1, 1, 0, 0, 0])  # row 2: the winner was away
    np.testing.assert_array_equal(games.score_1, [80, 61, 90, 75, 75])
    np.testing.assert_array_equal(games.score_2, [70, 66, 89, 60, 60])


@pytest.mark.parametrize("header", [RESULTS_OLD, RESULTS_NEW, RESULTS_LOWER])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [False, True])
def test_spellings_line_ends_and_byte_order_marks(
    header: str, end: str, bom: bool, tmp_path: Path
) -> None:
    plain, _ = read_results(results(tmp_path / "plain", *GOOD_RESULTS))
    path = results(tmp_path, *GOOD_RESULTS, header=header, end=end, bom=bom)
    other, notes = read_results(path)
    assert notes == []
    for name, column in vars(plain).items():
        np.testing.assert_array_equal(column, vars(other)[name])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.removesuffix("\n"),  # the last line has no end
        lambda text: text.replace("\n", "\n\n"),  # blank lines
        lambda text: text.replace(",", " , "),  # blanks around values
        lambda text: re.sub(r"([A-Za-z0-9]+)", r'"\1"', text),  # quotes
        lambda text: text.replace(",80,", ",80.0,"),  # as a spreadsheet saves numbers
        lambda text: text.replace(",H,", ",h,"),
        lambda text: re.sub("\n", ",extra\n", text),  # a column that nobody asked for
        lambda text: re.sub(r"^([^,]*),([^,]*),", r"\2,\1,", text, flags=re.M),  # other order
        lambda text: re.sub(r",[^,\n]*\n", "\n", text),  # without overtime
    ],
)
def test_harmless_differences_change_nothing(change: object, tmp_path: Path) -> None:
    path = results(tmp_path, *GOOD_RESULTS)
    plain, _ = read_results(path)
    text = change(path.read_text())  # pyright: ignore[reportCallIssue]
    assert text != path.read_text()
    path.write_text(text)
    other, notes = read_results(path)
    assert notes == []
    for name, column in vars(plain).items():
        np.testing.assert_array_equal(column, vars(other)[name])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1999,20,1101,abc,1102,70,H,0", "line 4, column 'Wscore': 'abc' is not a whole number"),
        ("1999,20,1101,80.5,1102,70,H,0", "line 4, column 'Wscore': '80.5' is not a whole number"),
        ("1999,20,1101,,1102,70,H,0", "line 4, column 'Wscore': no value"),
        ("1999,20,1101,80,1102,70,,0", "line 4, column 'Wloc': no value"),
        ("1999,20,1101,8000,1102,70,H,0", "line 4, column 'Wscore': 8000 is outside 0 to 999"),
        ("1999,20,-1,80,1102,70,H,0", "line 4, column 'Wteam': -1 is outside 0 to 16777215"),
        ("1999,20,99999999999999999999,80,1102,70,H,0", "line 4, column 'Wteam': 9999999999999999"),
        ("nan,20,1101,80,1102,70,H,0", "line 4, column 'Season': 'nan' is not a whole number"),
        ("1999,20,1101,80,1102,80,H,0", "line 4, column 'Lscore': a tie, 80 to 80"),
        ("1999,20,1101,70,1102,80,H,0", "line 4, column 'Lscore': the loser's 80 is more than the"),
        ("1999,20,1101,80,1102,70,X,0", "line 4, column 'Wloc': 'X' is not H, A or N"),
        ("1999,20,1101,80,1101,70,H,0", "line 4, column 'Lteam': team 1101 plays itself"),
        ("1999,10,1101,81,1102,70,H,0", "line 4, column 'Wscore': this game on day 10 has a"),
        ("1999,10,1102,80,1101,70,A,0", "line 4, column 'Wteam'|different result on line 2"),
        ("1999,20,1101,80,1102", "line 4, column 'Lscore': 8 cells are needed, not 5"),
        (
            "1999,20,1101,80,1102,70,H,0,9",
            "line 4, column 'Numot': 8 cells are needed, not 9",
        ),
        (",,,,,,,", "line 4, column 'Season': no value"),
    ],
)
def test_a_damaged_row_is_named(row: str, message: str, tmp_path: Path) -> None:
    first, second, *rest = GOOD_RESULTS
    found = refused(results(tmp_path, first, second, row, *rest))
    assert any(part in found for part in message.split("|")), found
    assert found.startswith("line 4, column ")


def test_lines_are_counted_with_blank_ones(tmp_path: Path) -> None:
    first, *rest = GOOD_RESULTS
    path = results(tmp_path, first, "", "", *rest, "1999,30,1101,60,1102,60,H,0")
    assert refused(path).startswith("line 9, column 'Lscore': a tie")
    crlf = results(tmp_path, first, "", *rest, "1999,30,1101,x,1102,60,H,0", end="\r")
    assert refused(crlf).startswith("line 8, column 'Wscore': 'x' is not")


def test_two_problems_are_reported_one_at_a_time_from_the_top(tmp_path: Path) -> None:
    path = results(
        tmp_path, GOOD_RESULTS[0], "1999,30,1101,60,1102,60,H,0", "1999,31,1101,50,1102,50,H,0"
    )
    assert refused(path).startswith("line 3")


@pytest.mark.parametrize(
    ("lost", "message"),
    [
        ("0\n", "line 6, column 'Numot': no value; the file seems to be cut short"),
        (
            ",0\n",
            "line 6, column 'Numot': 8 cells are needed, not 7; the file seems to be cut",
        ),
        ("N,0\n", "line 6, column 'Numot': 8 cells are needed, not 7; the file seems to be"),
        (
            ",60,N,0\n",
            "line 6, column 'Lscore': 8 cells are needed, not 5; the file seems to",
        ),
        ("0,12,1101,75,1103,60,N,0\n", "line 6, column 'Daynum': 8 cells are needed, not 1"),
    ],
)
def test_a_file_cut_short_is_refused(lost: str, message: str, tmp_path: Path) -> None:
    path = results(tmp_path, *GOOD_RESULTS)
    text = path.read_text()
    assert text.endswith(lost)
    path.write_text(text.removesuffix(lost))
    assert refused(path).startswith(message)


def test_an_unused_column_may_be_empty(tmp_path: Path) -> None:
    path = results(tmp_path, *(row[:-1] for row in GOOD_RESULTS))
    assert len(read_results(path)[0]) == 5


def test_empty_files_and_bare_headers(tmp_path: Path) -> None:
    assert refused(write_lines(tmp_path / "a.csv", [])).startswith(
        "line 1: the file is empty; it needs the columns season, daynum, wteamid"
    )
    assert refused(write_lines(tmp_path / "b.csv", ["", ""])).startswith(
        "line 1: the file is empty"
    )
    assert refused(write_lines(tmp_path / "c.csv", [RESULTS_NEW])) == (
        "line 2: no rows after the header"
    )


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (
            RESULTS_OLD.replace("Wscore", "Wscoer"),
            "line 1: no column 'wscore'; the nearest is 'Wscoer'",
        ),
        (RESULTS_NEW.replace("WTeamID", "Guest"), "no column 'wteamid' or 'wteam'"),
        (
            RESULTS_OLD.replace("Numot", "W_Score"),
            "line 1, column 'W_Score': this column is in",
        ),
        (RESULTS_OLD.replace(",", ";"), "line 2, column 'Daynum': 8 cells are needed, not 1"),
    ],
)
def test_headers_without_a_needed_column(header: str, message: str, tmp_path: Path) -> None:
    assert message in refused(results(tmp_path, *GOOD_RESULTS, header=header))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(b"\x89PNG")
    assert refused(path).startswith("line 1: not UTF-8 text (byte 0x89)")
    path.write_bytes(gzip.compress(b"Season")[:-9])
    assert "damaged or cut short (gzip" in refused(path)
    results(tmp_path, *GOOD_RESULTS)
    path.write_bytes(path.read_bytes().replace(b"H,0", b"H\xe9,0"))
    assert refused(path).startswith("line 2: not UTF-8 text (byte 0xe9)")
    path.write_bytes("Season,Daynum\n".encode("utf-16-le"))
    assert refused(path).startswith("line 1: not a text file (it holds a zero byte)")
    results(tmp_path, *GOOD_RESULTS, *(["1999,30,1101,60,1102,50,H,0"] * 9000))
    path.write_text(path.read_text().replace("N,2", '"N,2', 1))  # never closed again
    assert refused(path).startswith("line 4")
    assert "No such file" in refused(tmp_path / "absent.csv")


def test_repeated_rows_are_left_out_with_a_note(tmp_path: Path) -> None:
    games, notes = read_results(results(tmp_path, *GOOD_RESULTS, GOOD_RESULTS[1], GOOD_RESULTS[0]))
    assert len(games) == 5
    assert notes == ["results.csv: 2 repeated rows left out"]
    # The last two rows differ in the day alone: two games, not one.
    assert games.season.tolist().count(2000) == 2


def test_seeds(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "seeds.csv",
        ["Season,Seed,TeamID", "1999,W01,1101", "1999,x16b,1102", "2000,Z09,5"],
    )
    keys = team_key(np.array([1999, 1999, 2000]), np.array([1101, 1102, 5])).tolist()
    assert read_seeds(path) == dict(zip(keys, (1, 16, 9), strict=True))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1999,W17,1103", "line 3, column 'Seed': 'W17' is not a seed such as W01 or Y16a"),
        ("1999,W00,1103", "line 3, column 'Seed': 'W00' is not a seed"),
        ("1999,1,1103", "line 3, column 'Seed': '1' is not a seed"),
        ("1999,W02,1101", "line 3, column 'team': team 1101 already has a different seed"),
    ],
)
def test_damaged_seeds_are_named(row: str, message: str, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "s.csv", ["Season,Seed,team", "1999,W01,1101", row])
    assert refused(path, read_seeds).startswith(message)


def test_tournament_games_get_the_difference_of_their_seeds(tmp_path: Path) -> None:
    seeds = {1999: {1101: 1, 1102: 16, 1103: 4}}
    packed = {
        int(team_key(np.array(season), np.array(team))): seed
        for season, teams in seeds.items()
        for team, seed in teams.items()
    }
    games, notes = read_results(results(tmp_path, *GOOD_RESULTS), packed)
    assert games.seed_diff is not None
    np.testing.assert_array_equal(games.team_1, [1101, 1101, 1102])
    np.testing.assert_array_equal(games.seed_diff, [15, 3, -12])
    assert notes == ["results.csv: no seeds for 2000; these seasons are left out"]

    del packed[int(team_key(np.array(1999), np.array(1103)))]
    with pytest.raises(DataError, match="line 3, column 'Wteam': team 1103 has no seed in 1999"):
        read_results(tmp_path / "results.csv", packed)
    with pytest.raises(DataError, match="no season of these games has seeds"):
        read_results(tmp_path / "results.csv", {int(team_key(np.array(1950), np.array(1))): 1})


def test_team_names(tmp_path: Path) -> None:
    for header in ("Team_Id,Team_Name", "TeamID,TeamName", "id,name", "team_id,team_name"):
        path = write_lines(
            tmp_path / "t.csv", [header, "1,Æther & Co", '2,"Moor, North"', "3,Fell"]
        )
        assert read_teams(path) == {1: "Æther & Co", 2: "Moor, North", 3: "Fell"}
    twice = write_lines(tmp_path / "t.csv", ["id,name", "1,Fell", "2,Fell", "3,Moor"])
    assert read_teams(twice) == {1: "Fell #1", 2: "Fell #2", 3: "Moor"}
    clash = write_lines(tmp_path / "t.csv", ["id,name", "1,Fell", "1,Moor"])
    assert refused(clash, read_teams) == "line 3, column 'id': team 1 already has a different name"
