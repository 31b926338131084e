"""Brackets: who meets whom, from seed labels, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from forecasting_helpers import bracket, field

from zoo.core.errors import DataError
from zoo.data.basketball.kaggle import read_labels, read_results
from zoo.data.basketball.league import BRACKET
from zoo.data.registry import dataset_home
from zoo.forecasting.bracket import Bracket, bracket_of, read_slots

PLAY_INS = ("W11", "W16", "Y11", "Z16")


def _named(made: Bracket) -> dict[str, tuple[str, str]]:
    """Slot -> what its sides come from, by label or slot."""
    names = [*made.seeds, *(game.slot for game in made.games)]
    return {game.slot: (names[game.sides[0]], names[game.sides[1]]) for game in made.games}


def test_the_games_are_kaggles() -> None:
    named = _named(bracket(play_ins=PLAY_INS))
    assert len(named) == 67
    assert named["W16"] == ("W16a", "W16b")
    assert named["R1W1"] == ("W01", "W16")
    assert named["R1W6"] == ("W06", "W11")
    assert named["R1X8"] == ("X08", "X09")
    assert named["R2W1"] == ("R1W1", "R1W8")
    assert named["R2W4"] == ("R1W4", "R1W5")
    assert named["R3Y1"] == ("R2Y1", "R2Y4")
    assert named["R3Y2"] == ("R2Y2", "R2Y3")
    assert named["R4Z1"] == ("R3Z1", "R3Z2")
    assert named["R5WX"] == ("R4W1", "R4X1")
    assert named["R5YZ"] == ("R4Y1", "R4Z1")
    assert named["R6CH"] == ("R5WX", "R5YZ")


def test_neighbors_in_the_printed_order_meet() -> None:
    """Rounds 1 to 4 of a region against the generated league's order of seeds."""
    made = bracket()
    sets = [{label} for label in made.seeds]
    for game in made.games:
        sets.append(sets[game.sides[0]] | sets[game.sides[1]])
    alive = [{f"X{seed:02}"} for seed in BRACKET]
    while len(alive) > 1:
        alive = [one | two for one, two in zip(alive[::2], alive[1::2], strict=True)]
        assert all(each in sets[len(made.seeds) :] for each in alive)


def test_teams_are_in_the_order_of_their_labels() -> None:
    seeds = field(play_ins=("Y16",))
    made = bracket_of(dict(reversed(seeds.items())), 2016)
    assert made == bracket_of(seeds, 2016)
    assert dict(zip(made.seeds, made.teams, strict=True)) == seeds
    assert (made.rounds, made.regions) == (6, ("W", "X", "Y", "Z"))
    assert [game.slot for game in made.play_ins] == ["Y16"]
    assert made.round_names[0] == "round of 64"
    assert made.round_names[3:] == ("quarter-finals", "semi-finals", "final")


@pytest.mark.parametrize(
    ("regions", "each", "final"),
    [
        ("WXYZ", 8, "R5CH"),
        ("WXYZ", 4, "R4CH"),
        ("WXYZ", 2, "R3CH"),
        ("WX", 4, "R3CH"),
        ("W", 8, "R3CH"),
        ("W", 2, "R1CH"),
    ],
)
def test_other_sizes(regions: str, each: int, final: str) -> None:
    said: list[str] = []
    made = bracket_of(field(regions, each), 2020, said.append)
    places = len(regions) * each
    assert len(made.games) == places - 1
    assert made.games[-1].slot == final
    assert 2**made.rounds == places
    assert said == [
        f"the seeds of 2020 make a field of {places} places ({len(regions)} x {each}), not 64"
    ]


def test_letters_in_either_case_and_other_regions() -> None:
    said: list[str] = []
    small = {label.lower(): team for label, team in field("ABCD").items()}
    made = bracket_of(small, 2016, said.append)
    assert made.seeds[0] == "A01"
    assert said == ["the regions of 2016 are A, B, C, D: A meets B, and C meets D"]
    bracket_of(field(play_ins=PLAY_INS), 2016, said.append)
    assert len(said) == 1  # nothing to say of the usual field


def _without(*labels: str) -> dict[str, int]:
    return {label: team for label, team in field(play_ins=("W16",)).items() if label not in labels}


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        (_without("X07"), "name 63 of 64 places: X07 is missing"),
        (_without("X07", "Z01"), "name 62 of 64 places: X07, Z01 are missing"),
        (_without("W16b"), "name W16a, not W16, or W16a and W16b"),
        (field() | {"X16a": 1}, "name X16 and X16a, not X16"),
        (field() | {"W17": 1}, "'W17' is not a seed like W01 or Y16a"),
        (field() | {"W00": 1}, "'W00' is not"),
        (field() | {"w01": 1}, "name W01 twice"),
        (field() | {"W16": 1101}, "team 1101 is W01 and W16"),
        (field("WXY"), r"have 3 regions \(W, X, Y\); a bracket needs 1, 2, 4 or 8"),
        ({}, "name 0 teams"),
        ({"W01": 1}, "name 1 teams"),
    ],
)
def test_what_is_no_bracket_is_refused(seeds: dict[str, int], message: str) -> None:
    with pytest.raises(DataError, match=f"^the seeds of 2016.*{message}") as caught:
        bracket_of(seeds, 2016)
    assert "\n" not in str(caught.value)


HEADER = "Season,Slot,StrongSeed,WeakSeed\n"


def test_slots_from_a_file_override_the_usual(tmp_path: Path) -> None:
    """A semi-final between other regions."""
    usual = _named(bracket(play_ins=PLAY_INS))
    other = usual | {"R5WX": ("R4W1", "R4Y1"), "R5YZ": ("R4X1", "R4Z1")}
    lines = [f"2016,{slot},{strong},{weak}\n" for slot, (strong, weak) in other.items()]
    path = tmp_path / "NCAATourneySlots.csv"
    path.write_text(HEADER + "2015,R1W1,W01,W16\n" + "".join(reversed(lines)), "utf-8")
    made = bracket_of(field(play_ins=PLAY_INS), 2016, slots=read_slots(path, 2016))
    assert _named(made) == other
    path.write_text(HEADER + "".join(f"2016,{s},{a},{b}\n" for s, (a, b) in usual.items()), "utf-8")
    same = bracket_of(field(play_ins=PLAY_INS), 2016, slots=read_slots(path, 2016))
    assert same == bracket(play_ins=PLAY_INS)


def test_the_spelling_of_2014(tmp_path: Path) -> None:
    path = tmp_path / "tourney_slots.csv"
    path.write_text("season,slot,strongseed,weakseed\nR,R1CH,W01,W02\nS,R1CH,W02,W01\n", "utf-8")
    assert read_slots(path, 2014) == {"R1CH": ("W02", "W01")}
    assert read_slots(path, 2001, {"R": 2001, "S": 2002}) == {"R1CH": ("W01", "W02")}
    path.write_text("season,seed,team\nS,W01,507\nS,W02,509\n", "utf-8")
    assert read_labels(path, 2014) == {"W01": 507, "W02": 509}
    assert read_labels(path, 2013) == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"R1W1": ("W01", "W02")}, "the seeds of 2016 name W16, which no slot takes"),
        ({"R1W1": ("W01", "V16")}, "name 63 of 64 places: V16 is missing"),
        ({"R2W1": ("R1W1", "R1W2")}, "R2W2 cannot take R1W2"),
        ({"R2W1": ("R1W1", "R3W1")}, "R2W1 cannot take R3W1"),
        ({"R6CH": ("R5WX", "R4Y1")}, "R6CH cannot take R4Y1"),
        ({"R6CH": ("R5WX", "R7CH"), "R7CH": ("R6CH", "R5YZ")}, "R6CH cannot take R7CH"),
        ({"W16": ("W16a", "W16b")}, "name 63 of 65 places: W16a, W16b are missing"),
    ],
)
def test_slots_that_make_no_tournament(change: dict[str, tuple[str, str]], message: str) -> None:
    slots = _named(bracket()) | change
    with pytest.raises(DataError, match=message):
        bracket_of(field(), 2016, slots=slots)


def test_slots_without_a_final() -> None:
    slots = _named(bracket())
    del slots["R6CH"]
    with pytest.raises(DataError, match="leave R5WX, R5YZ: one final must remain"):
        bracket_of(field(), 2016, slots=slots)
    with pytest.raises(DataError, match="one final must remain"):
        bracket_of({"W01a": 1, "W01b": 2}, 2016, slots={"W01": ("W01a", "W01b")})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "2016,R1CH,W01,W02\n2016,R1CH,W01,W02\n", "line 3, column 'Slot': .*twice"),
        (HEADER + "2015,R1CH,W01,W02\n", "no rows of 2016; the file has 2015 to 2015"),
        (HEADER + "16,R1CH,W01,W02\n", "line 2, column 'Season': '16' is not a season"),
        ("Season,Slot,StrongSeed\n2016,R1CH,W01\n", "no column 'weakseed'"),
    ],
)
def test_damaged_slots(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "slots.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(DataError, match=message):
        read_slots(path, 2016)


def test_a_label_twice_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "seeds.csv"
    path.write_text("Season,Seed,TeamID\n2016,W01,1\n2016,W01,2\n", "utf-8")
    with pytest.raises(DataError, match="line 3, column 'Seed': seed W01 is in 2016 twice"):
        read_labels(path, 2016)


@pytest.mark.realdata
def test_every_real_game_is_in_the_bracket() -> None:
    """Played out with the real results, each game of the bracket was played, and no other."""
    folder = dataset_home("basketball")
    if not (folder / "NCAATourneySeeds.csv").is_file():
        pytest.skip(f"no real seeds in {folder}; set ZOO_DATA_HOME to a folder that has them")
    games, _ = read_results(folder / "NCAATourneyCompactResults.csv")
    for season in range(1985, 2017):
        rows = games.season == season
        pairs = np.stack([games.team_1, games.team_2], axis=1)[rows].tolist()
        first_won = (games.score_1 > games.score_2)[rows].tolist()
        won = {
            frozenset(pair): pair[0] if first else pair[1]
            for pair, first in zip(pairs, first_won, strict=True)
        }
        made = bracket_of(read_labels(folder / "NCAATourneySeeds.csv", season), season)
        source = list(made.teams)
        for game in made.games:
            source.append(won.pop(frozenset(source[side] for side in game.sides)))
        assert not won, season
        assert len(made.play_ins) == len(made.teams) - 64
