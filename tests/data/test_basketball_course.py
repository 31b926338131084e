"""The course's layout: both views of a game must agree, and every damage is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from data_helpers import (
    COURSE,
    COURSE_TOURNEY,
    GOOD_COURSE,
    small_league,
    write_course,
    write_lines,
)

import zoo.data
from zoo.core.errors import DataError
from zoo.data.basketball.course import count_rows, read_course


def season_file(tmp_path: Path, *rows: str) -> Path:
    return write_lines(tmp_path / "games_season.csv", [COURSE, *rows])


def refused(path: Path, *, seeds: bool = False) -> str:
    with pytest.raises(DataError) as caught:
        read_course(path, seeds=seeds)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(f"{path}, ")


def test_two_rows_become_one_game(tmp_path: Path) -> None:
    games, notes = read_course(season_file(tmp_path, *GOOD_COURSE), seeds=False)
    assert notes == []
    assert games.seed_diff is None
    assert [column.tolist() for column in vars(games).values() if column is not None] == [
        [1999, 1999, 2000],
        [5, 5, 15],
        [7, 9, 19],
        [0, 1, 0],
        [63, 80, 71],
        [60, 70, 69],
    ]


def test_a_pair_may_meet_again_even_with_the_same_score(tmp_path: Path) -> None:
    again = GOOD_COURSE[:2]
    games, notes = read_course(season_file(tmp_path, *GOOD_COURSE, *again), seeds=False)
    assert len(games) == 4
    assert notes == []


def test_rows_of_one_side_that_outnumber_the_other_are_left_out(tmp_path: Path) -> None:
    path = season_file(tmp_path, *GOOD_COURSE, GOOD_COURSE[0], GOOD_COURSE[0])
    games, notes = read_course(path, seeds=False)
    assert len(games) == 3
    assert notes == ["games_season.csv: 2 repeated rows left out"]
    assert count_rows(path, seeds=False) == 8


def test_home_without_sign_is_settled_by_the_other_view(tmp_path: Path) -> None:
    rows = (
        "1999,5,9,1,10,80,70,1",
        "1999,9,5,0,-10,70,80,0",  # away
        "1999,5,9,0,10,80,70,1",  # neutral, the same score
        "1999,9,5,0,-10,70,80,0",
        "1999,7,5,1,-3,60,63,0",
        "1999,5,7,0,3,63,60,1",
    )
    games, notes = read_course(season_file(tmp_path, *rows), seeds=False)
    assert notes == []
    assert sorted(zip(games.team_2.tolist(), games.home.tolist(), strict=True)) == [
        (7, -1),
        (9, 0),
        (9, 1),
    ]
    both = (*rows[:4], "1999,7,5,1,-3,60,63,0", "1999,5,7,1,3,63,60,1")
    assert refused(season_file(tmp_path, *both)) == (
        "line 7, column 'home': both sides of this game are at home"
    )
    assert refused(season_file(tmp_path, *rows, rows[0])).startswith("line 2, column 'team_1': no")


@pytest.mark.parametrize(
    ("row", "line", "message"),
    [
        ("1999,9,5,-1,-9,70,80,0", 3, "column 'score_diff': -9 is not score_1 - score_2 = 70 - 80"),
        ("1999,9,5,-1,-10,70,80,1", 3, "column 'won': 1 does not fit the score 70 to 80"),
        ("1999,9,5,-1,-10,70,80,2", 3, "column 'won': 2 is outside 0 to 1"),
        ("1999,9,5,2,-10,70,80,0", 3, "column 'home': 2 is outside -1 to 1"),
        ("1999,9,9,-1,-10,70,80,0", 3, "column 'team_2': team 9 plays itself"),
        ("1999,9,5,-1,0,80,80,0", 3, "column 'score_2': a tie, 80 to 80"),
        ("1999,9,5,-1,-10,7o,80,0", 3, "column 'score_1': '7o' is not a whole number"),
        ("1999,9,5,-1,-10,70,80", 3, "column 'won': 8 cells are needed, not 7"),
        # Damage that shows only beside the other view: the row without a mirror image is named.
        ("1999,9,5,-1,-11,69,80,0", 2, "column 'team_1': no row shows this game (5, 9, 80 to 70)"),
        ("1999,9,5,1,-10,70,80,0", 2, "column 'team_1': no row shows this game (5, 9, 80 to 70)"),
        ("1999,9,6,-1,-10,70,80,0", 2, "column 'team_1': no row shows this game (5, 9, 80 to 70)"),
        ("1998,9,5,-1,-10,70,80,0", 2, "column 'team_1': no row shows this game (5, 9, 80 to 70)"),
    ],
)
def test_a_damaged_view_is_named(row: str, line: int, message: str, tmp_path: Path) -> None:
    first, _, *rest = GOOD_COURSE
    # A game with a sign in another row keeps `home` signed whatever the damaged row says.
    signed = ("2000,15,17,-1,-2,69,71,0", "2000,17,15,1,2,71,69,1")
    found = refused(season_file(tmp_path, first, row, *rest, *signed))
    assert found.startswith(f"line {line}, {message}"), found


def test_a_game_seen_from_one_side_only_is_refused(tmp_path: Path) -> None:
    found = refused(season_file(tmp_path, *GOOD_COURSE[:-1]))
    assert found == (
        "line 6, column 'team_1': no row shows this game (15, 19, 71 to 69) from the other side"
    )


def test_seed_differences_must_agree_too(tmp_path: Path) -> None:
    good = ("1999,5,9,0,15,10,80,70,1", "1999,9,5,0,-15,-10,70,80,0")
    path = tmp_path / "games_tourney.csv"
    games, _ = read_course(write_lines(path, [COURSE_TOURNEY, *good]), seeds=True)
    assert games.seed_diff is not None
    assert games.seed_diff.tolist() == [15]
    write_lines(path, [COURSE_TOURNEY, good[0], good[1].replace("-15", "15")])
    assert refused(path, seeds=True).startswith("line 2, column 'team_1': no row shows this game")
    write_lines(path, [COURSE_TOURNEY, good[0].replace(",15,", ",16,"), good[1]])
    assert refused(path, seeds=True) == "line 2, column 'seed_diff': 16 is outside -15 to 15"
    write_lines(path, [COURSE, *GOOD_COURSE])
    assert refused(path, seeds=True).startswith("line 1: no column 'seed_diff'")


def test_ids_are_numbered_by_season_and_labeled(tmp_path: Path) -> None:
    write_course(tmp_path / "basketball", small_league())
    dataset = zoo.data.load("basketball", "ncaa", tmp_path)
    assert dataset.sizes == {"n_teams": 198}
    assert dataset.labels["team"][0] == "2001 team 2001000"
    assert dataset.labels["team"][-1] == "2003 team 2003065"
    assert dataset.labels["team_season"][66] == "2002"
    used = np.concatenate([columns["team_1"] for columns in dataset.splits.values()])
    assert set(np.unique(used)) <= set(range(198))


def test_the_tournament_file_alone_loads(tmp_path: Path) -> None:
    write_course(tmp_path / "basketball", small_league())
    (tmp_path / "basketball" / "games_season.csv").unlink()
    dataset = zoo.data.load("tournament", home=tmp_path, train_until=2001)
    assert dataset.source == "ncaa"
    assert dataset.rows == {"train": 114, "validation": 12, "test": 252}
    assert all((columns["team_1"] == -1).all() for columns in dataset.splits.values())
