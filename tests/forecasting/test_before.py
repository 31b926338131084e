"""What is known before a tournament: nothing of a later season, whatever the files' layout."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from data_helpers import small_league
from forecast_tables import WOMEN, write_tables

import zoo
from zoo.core.errors import DataError
from zoo.data.basketball.entrants import entrants
from zoo.data.basketball.league import League
from zoo.data.registry import VARIABLE

BOTH = ("forecast_seasons", "forecast_tournaments")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def prints(home: Path, season: int, **options: Any) -> dict[str, str]:
    return {
        name: zoo.load_data(name, "ncaa", home, season=season, **options).fingerprint
        for name in BOTH
    }


def shuffled_after(league: League, season: int) -> League:
    """The league with the results of all later seasons dealt anew."""
    rng = np.random.default_rng(1)

    def dealt(games: Any, later: Any) -> Any:
        at = np.flatnonzero(games.season > season if later else games.season >= season)
        order = rng.permutation(at)
        scores = {name: getattr(games, name).copy() for name in ("score_1", "score_2")}
        for column in scores.values():
            column[at] = column[order]
        return replace(games, **scores)

    # the season's own tournament is dealt anew as well: it is what is foretold
    return replace(
        league, regular=dealt(league.regular, True), tournament=dealt(league.tournament, False)
    )


def test_later_games_change_nothing_that_is_learned(home: Path) -> None:
    league = small_league()
    write_tables(home / "basketball", league)
    before = {name: zoo.load_data(name, "ncaa", home, season=2002).splits for name in BOTH}
    write_tables(home / "basketball", shuffled_after(league, 2002))
    after = {name: zoo.load_data(name, "ncaa", home, season=2002).splits for name in BOTH}
    for name in BOTH:
        for split in ("train", "validation"):
            for column, array in before[name].get(split, {}).items():
                np.testing.assert_array_equal(array, after[name][split][column], err_msg=column)
        one, other = (each[name]["test"]["score_diff"] for each in (before, after))
        assert not np.array_equal(one, other), "the season's own tournament is the test"


def test_the_splits_are_those_of_a_forecast() -> None:
    found = zoo.load_data("forecast_tournaments", source="league", season=2005)
    seasons = {
        name: np.unique(columns["season"]).tolist() for name, columns in found.splits.items()
    }
    assert seasons == {"train": [2001, 2002, 2003], "validation": [2004], "test": [2005]}
    found = zoo.load_data("forecast_seasons", source="league", season=2005)
    seasons = {
        name: np.unique(columns["season"]).tolist() for name, columns in found.splits.items()
    }
    assert seasons["train"] == [2001, 2002, 2003, 2004, 2005]
    assert seasons["validation"] == [2001, 2002, 2003, 2004]
    found = zoo.load_data("forecast_seasons", source="league", season=2005)
    assert np.abs(found.splits["train"]["margin"]).max() == 30
    assert found.sizes["n_teams"] == 5 * 352
    last = zoo.load_data("forecast_tournaments", source="league", seasons=4)
    assert np.unique(last.splits["test"]["season"]).tolist() == [2004]


@pytest.mark.parametrize(
    "layout",
    [
        {"prefix": "M"},
        {"detailed": True},
        {"prefix": "M", "detailed": True},
        {"letters": True},
        {"folder": "march/unpacked"},
    ],
)
def test_every_layout_gives_the_same_games(layout: dict[str, Any], home: Path) -> None:
    write_tables(home / "plain" / "basketball", small_league())
    wanted = prints(home / "plain", 2003)
    other = home / "other" / "basketball"
    write_tables(other / layout.pop("folder", ""), small_league(), **layout)
    assert prints(home / "other", 2003) == wanted


def test_the_unpacked_folder_may_be_the_data_home(home: Path) -> None:
    write_tables(home / "kaggle", small_league())
    write_tables(home / "mine" / "basketball", small_league())
    assert prints(home / "kaggle", 2003) == prints(home / "mine", 2003)


def test_men_and_women_in_one_folder(home: Path) -> None:
    men, women = small_league(1), small_league(2)
    write_tables(home / "basketball", men, prefix="M")
    write_tables(home / "basketball", women, prefix="W", first_id=WOMEN)
    assert prints(home, 2003) == prints(home, 2003, league_of="men")
    assert prints(home, 2003) != prints(home, 2003, league_of="women")
    found = entrants("ncaa", 2003, {"league_of": "women"})
    assert found.ids.min() == WOMEN
    assert found.seeds["Z16"] == WOMEN + women.seeded[2, 3, 15]
    assert found.names[0] == "Team 000"
    notes = zoo.load_data("forecast_tournaments", "ncaa", home, season=2003).notes
    assert any(note.startswith("read MRegularSeasonCompactResults.csv") for note in notes)
    assert any("left aside: WNCAATourney" in note for note in notes)


def test_a_tournament_that_was_not_played_yet(home: Path) -> None:
    write_tables(home / "basketball", small_league(), until=2002)
    found = zoo.load_data("forecast_tournaments", "ncaa", home, season=2003)
    assert set(found.splits) == {"train", "validation"}
    assert entrants("ncaa", 2003, {}).seeds["W01"]


@pytest.mark.parametrize(
    ("season", "message"),
    [
        (2004, "there is no regular season 2004; they are 2001-2003"),
        (2001, "there is no tournament before 2001 to learn from"),
    ],
)
def test_seasons_that_cannot_be_foretold(season: int, message: str, home: Path) -> None:
    write_tables(home / "basketball", small_league())
    with pytest.raises(DataError, match=message):
        zoo.load_data("forecast_tournaments", "ncaa", home, season=season)


def test_the_entrants_of_the_league_are_those_of_the_table() -> None:
    found = entrants("league", 2003, {})
    labels = zoo.load_data("forecast_tournaments", source="league", season=2003).labels["team"]
    assert [labels[row] for row in found.rows] == [f"2003 {name}" for name in found.names]
    assert found.strength is not None
    assert len(found.seeds) == 64
