"""Kaggle's files in a folder: the names of all editions, and what is made of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from data_helpers import (
    GOOD_RESULTS,
    RESULTS_OLD,
    small_league,
    write_course,
    write_kaggle,
    write_lines,
)

import zoo.data
from zoo.core.errors import DataError


@pytest.mark.parametrize(
    ("prefix", "tourney"),
    [
        ("", ""),
        ("M", ""),
        ("W", ""),
        ("", "TourneyCompactResults.csv"),
        ("M", "ncaa_tourney_compact_results.csv"),
    ],
)
def test_file_names_of_all_editions(prefix: str, tourney: str, tmp_path: Path) -> None:
    folder = tmp_path / "basketball"
    if tourney.startswith("ncaa_"):
        write_kaggle(folder, small_league(), prefix=prefix)
        for old, new in (("CompactResults", "_compact_results"), ("Seeds", "_seeds")):
            path = folder / f"MNCAATourney{old}.csv"
            path.rename(folder / f"ncaa_tourney{new}.csv")
    else:
        write_kaggle(folder, small_league(), prefix=prefix, tourney=tourney)
    dataset = zoo.data.load("tournament", "ncaa", tmp_path, train_until=2002)
    assert sum(dataset.rows.values()) == 2 * 189
    assert dataset.labels["team"][0] == "2001 Team 000"


def test_men_and_women_are_kept_apart(tmp_path: Path) -> None:
    folder = tmp_path / "basketball"
    write_kaggle(folder, small_league(1), prefix="M")
    write_kaggle(folder, small_league(2), prefix="W")
    prints = {
        league_of: zoo.data.load("basketball", "ncaa", tmp_path, league_of=league_of).fingerprint
        for league_of in ("men", "women", None)
    }
    assert prints["men"] == prints[None]
    assert prints["men"] != prints["women"]
    for path in folder.glob("M*"):
        path.unlink()
    assert zoo.data.load("basketball", "ncaa", tmp_path).fingerprint == prints["women"]
    with pytest.raises(DataError, match="no games found"):
        zoo.data.load("basketball", "ncaa", tmp_path, league_of="men")


def test_teams_without_a_name_are_numbered_with_a_note(tmp_path: Path) -> None:
    folder = tmp_path / "basketball"
    write_kaggle(folder, small_league())
    path = folder / "Teams.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("1102,")) + "\n")
    dataset = zoo.data.load("basketball", "ncaa", tmp_path)
    assert dataset.labels["team"][:3] == ("2001 Team 000", "2001 #1102", "2001 Team 002")
    assert dataset.labels["team_name"][1] == "#1102"
    assert dataset.notes == (
        "Teams.csv does not name 1 teams, such as 1102; they are named by number",
    )
    path.unlink()
    dataset = zoo.data.load("basketball", "ncaa", tmp_path)
    assert dataset.labels["team"][0] == "2001 #1101"
    assert dataset.notes == ("no Teams.csv: teams are named by number",)


def test_tournaments_alone_load_without_ids(tmp_path: Path) -> None:
    folder = tmp_path / "basketball"
    write_kaggle(folder, small_league())
    (folder / "RegularSeasonCompactResults.csv").unlink()
    dataset = zoo.data.load("tournament", home=tmp_path)
    assert dataset.source == "ncaa"
    assert dataset.sizes == {"n_teams": 0}
    assert all((columns["team_1"] == -1).all() for columns in dataset.splits.values())
    assert "189 of 189 tournament games" in dataset.notes[-1]
    assert zoo.data.load("basketball", home=tmp_path, seasons=2).source == "league"
    (folder / "NCAATourneySeeds.csv").unlink()
    with pytest.raises(DataError, match=r"NCAATourneySeeds\.csv beside NCAATourneyCompact"):
        zoo.data.load("tournament", "ncaa", tmp_path)


def test_results_alone_give_basketball_without_a_tournament_split(tmp_path: Path) -> None:
    folder = tmp_path / "basketball"
    write_kaggle(folder, small_league())
    for path in folder.glob("NCAA*"):
        path.unlink()
    assert set(zoo.data.load("basketball", "ncaa", tmp_path).splits) == {
        "train",
        "validation",
        "test",
    }


def test_tournament_teams_without_a_regular_season_have_no_id(tmp_path: Path) -> None:
    folder = tmp_path / "basketball"
    write_kaggle(folder, small_league())
    path = folder / "RegularSeasonCompactResults.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *(r for r in rows if not r.startswith("2003"))]) + "\n")
    tournament = zoo.data.load("tournament", "ncaa", tmp_path, train_until=2002)
    assert (tournament.splits["test"]["team_1"] == -1).all()
    assert (tournament.splits["train"]["team_1"] >= 0).all()
    regular = zoo.data.load("basketball", "ncaa", tmp_path)
    assert regular.rows["tournament"] == 2 * 126
    note = (
        "63 of 189 tournament games (2003) have a team without a regular season in the files, "
        "so without a strength"
    )
    assert tournament.notes == regular.notes == (note,)


def test_kaggle_takes_precedence_unless_asked(tmp_path: Path) -> None:
    folder = tmp_path / "basketball"
    write_kaggle(folder, small_league())
    write_course(folder, small_league())
    dataset = zoo.data.load("basketball", "ncaa", tmp_path)
    assert dataset.labels["team"][0] == "2001 Team 000"
    assert dataset.notes == (
        "games_season.csv is ignored: RegularSeasonCompactResults.csv takes precedence",
    )
    course = zoo.data.load("basketball", "ncaa", tmp_path, layout="course")
    assert course.labels["team"][0] == "2001 team 2001000"
    kaggle = zoo.data.load("basketball", "ncaa", tmp_path, layout="kaggle")
    assert kaggle.fingerprint == dataset.fingerprint
    assert kaggle.notes == ()


def test_tournaments_in_the_other_layout_keep_no_ids(tmp_path: Path) -> None:
    folder = tmp_path / "basketball"
    write_kaggle(folder, small_league())
    write_course(folder, small_league())
    (folder / "games_season.csv").unlink()
    (folder / "NCAATourneySeeds.csv").unlink()
    dataset = zoo.data.load("tournament", "ncaa", tmp_path)
    assert sum(dataset.rows.values()) == 2 * 189
    assert all((columns["team_2"] == -1).all() for columns in dataset.splits.values())


def test_two_games_are_too_few(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "basketball" / "results.csv", [RESULTS_OLD, *GOOD_RESULTS[:2]])
    path.rename(path.with_name("RegularSeasonCompactResults.csv"))
    with pytest.raises(DataError, match="2 games are too few to split"):
        zoo.data.load("basketball", "ncaa", tmp_path)
