"""Simulated and exact odds, the favorites, and the likeliest bracket, against brute force."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from forecasting_helpers import bracket, some_chances
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from zoo.core.errors import DataError
from zoo.forecasting.bracket import Bracket
from zoo.forecasting.chances import Game, exact, likeliest, most_probable_path, simulate

PLAY_INS = ("W11", "W16", "Y11", "Z16")


def _brackets(made: Bracket, chance: NDArray[np.float64]) -> list[tuple[float, list[int]]]:
    """(probability, winners by game) of every way in which the tournament can go."""
    found = []
    for stronger in product((0, 1), repeat=len(made.games)):
        source, probability = list(range(len(made.teams))), 1.0
        for game, side in zip(made.games, stronger, strict=True):
            teams = [source[each] for each in game.sides]
            source.append(teams[side])
            probability *= float(chance[teams[side], teams[1 - side]])
        found.append((probability, source[len(made.teams) :]))
    return found


def _ids(made: Bracket, winners: list[int]) -> list[int]:
    return [made.teams[winner] for winner in winners]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), regions=st.sampled_from(["W", "WX", "WXYZ"]))
def test_eight_teams_by_brute_force(seed: int, regions: str) -> None:
    made = bracket(regions, 8 // len(regions))
    chance = some_chances(8, seed)
    ways = _brackets(made, chance)
    odds = np.zeros((8, 3))
    for probability, winners in ways:
        for game, winner in zip(made.games, winners, strict=True):
            odds[winner, game.round - 1] += probability
    np.testing.assert_allclose(exact(made, chance), odds, atol=1e-12)

    path = most_probable_path(made, chance)
    best, winners = max(ways)
    assert math.prod(game.chance for game in path) == pytest.approx(best)
    assert [game.winner for game in path] == _ids(made, winners)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_favorites_win_every_game(seed: int) -> None:
    made = bracket("WX", 4)
    chance = some_chances(8, seed)
    picked = likeliest(made, chance)
    (way,) = [
        winners for _, winners in _brackets(made, chance) if _all_favorites(made, chance, winners)
    ]
    assert [game.winner for game in picked] == _ids(made, way)
    assert all(game.chance >= 0.5 for game in picked)


def _all_favorites(made: Bracket, chance: NDArray[np.float64], winners: list[int]) -> bool:
    source = [*range(len(made.teams)), *winners]
    for game, winner in zip(made.games, winners, strict=True):
        one, two = (source[side] for side in game.sides)
        if chance[winner, two if winner == one else one] < 0.5:
            return False
    return True


def test_the_path_may_pick_against_a_favorite() -> None:
    """W01 is the favorite over W04, but W04 is sure to win the final and W01 sure to lose it."""
    made = bracket("W", 4)
    chance = np.full((4, 4), 0.5)
    chance[0, 3], chance[3, 0] = 0.55, 0.45
    for other in (1, 2):
        chance[0, other], chance[other, 0] = 0.5, 0.5
        chance[3, other], chance[other, 3] = 1.0, 0.0
    assert likeliest(made, chance)[0] == Game("R1W1", 1, (1101, 1104), 1101, 0.55)
    path = most_probable_path(made, chance)
    assert path[0] == Game("R1W1", 1, (1101, 1104), 1104, 0.45)
    assert path[-1].winner == 1104
    assert path[-1].chance == 1.0


def test_simulations_agree_with_the_exact_odds() -> None:
    made = bracket(play_ins=PLAY_INS)
    chance = some_chances(68)
    true, times = exact(made, chance), 10_000
    found = simulate(made, chance, times)
    error = np.sqrt(true * (1 - true) / times)
    assert (abs(found - true) <= 4 * error + 1e-12).all()
    np.testing.assert_allclose(true.sum(axis=0), [32, 16, 8, 4, 2, 1])
    np.testing.assert_allclose(found.sum(axis=0), [32, 16, 8, 4, 2, 1])
    assert (np.diff(true, axis=1) <= 1e-12).all()


def test_the_seed_decides() -> None:
    made, chance = bracket("W", 8), some_chances(8)
    np.testing.assert_array_equal(simulate(made, chance, 500), simulate(made, chance, 500, seed=0))
    assert (simulate(made, chance, 500) != simulate(made, chance, 500, seed=1)).any()


def test_sure_winners() -> None:
    made = bracket(play_ins=PLAY_INS)
    chance = np.triu(np.ones((68, 68)), 1)  # the earlier label wins
    chance[np.diag_indices(68)] = np.nan  # no team meets itself
    odds = exact(made, chance)
    np.testing.assert_array_equal(odds, simulate(made, chance, 3))
    assert odds[0].tolist() == [1] * 6
    assert [game.winner for game in most_probable_path(made, chance)][-1] == 1101
    assert most_probable_path(made, chance) == likeliest(made, chance)
    slots = {game.slot: game for game in likeliest(made, chance)}
    loser = made.teams[made.seeds.index("W16b")]
    assert loser in slots["W16"].teams
    assert loser not in slots["R1W1"].teams


@pytest.mark.parametrize(
    ("i", "j", "value"), [(0, 1, 0.9), (0, 1, np.nan), (2, 1, -0.1), (1, 3, np.inf)]
)
def test_chances_that_are_none(i: int, j: int, value: float) -> None:
    chance = some_chances(4)
    chance[i, j] = value
    low, high = sorted((i, j))
    with pytest.raises(DataError, match=f"chance of {1101 + low} against {1101 + high}: "):
        exact(bracket("W", 4), chance)


def test_wrong_arguments() -> None:
    made = bracket("W", 4)
    with pytest.raises(DataError, match=r"shape \(4, 4\), not \(4, 3\)"):
        simulate(made, np.zeros((4, 3)))
    with pytest.raises(DataError, match="times must be 1 or more, not 0"):
        simulate(made, some_chances(4), 0)


def test_the_callers_array_is_left_alone() -> None:
    chance = some_chances(4)
    before = chance.copy()
    exact(bracket("W", 4), chance)
    np.testing.assert_array_equal(chance, before)
