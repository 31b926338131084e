"""The invented league: its figures are those of the real game, and its truth is the truth."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from statistics import NormalDist

import numpy as np
import pytest

import zoo.data
from zoo.data.basketball import league
from zoo.data.basketball.games import Games
from zoo.data.basketball.league import (
    BRACKET,
    HOME_ADVANTAGE,
    MAX_TEAMS,
    NOISE_SD,
    STRENGTH_SD,
    TOTAL_POINTS,
    play,
    team_names,
)

SEEDS = (0, 1, 2)


@pytest.fixture(scope="module", params=SEEDS)
def made(request: pytest.FixtureRequest) -> league.League:
    return league.generate(request.param)


def margin(games: Games) -> np.ndarray:
    return games.score_1 - games.score_2


def test_strengths_have_the_measured_spread_and_persist_in_part(made: league.League) -> None:
    assert made.strength.shape == (20, 352)
    np.testing.assert_allclose(made.strength.std(axis=1), 8.7, atol=1e-9)
    np.testing.assert_allclose(made.strength.mean(axis=1), 0, atol=1e-9)
    kept = np.corrcoef(made.strength[:-1].ravel(), made.strength[1:].ravel())[0, 1]
    assert 0.7 < kept < 0.9


def test_schedule_has_the_measured_size_and_places(made: league.League) -> None:
    games = made.regular
    assert len(games) == 100_320
    per_team = 2 * len(games) / made.strength.size
    assert per_team == pytest.approx(28.5)
    assert (games.home != 0).mean() == pytest.approx(0.9, abs=0.005)
    assert (games.team_1 != games.team_2).all()
    for season in np.unique(games.season):
        here = games.take(games.season == season)
        played = np.bincount(np.concatenate([here.team_1, here.team_2]), minlength=352)
        assert played.min() >= 28
        assert played.max() <= 29


def test_every_season_is_connected_well_enough_to_compare_all_teams(made: league.League) -> None:
    games = made.regular.take(made.regular.season == 2001)
    graph = np.zeros((352, 352))
    np.add.at(graph, (games.team_1, games.team_2), 1)
    graph += graph.T
    scale = 1 / np.sqrt(graph.sum(axis=1))
    walk = graph * scale * scale[:, None]  # symmetric, with the random walk's eigenvalues
    values = np.linalg.eigvalsh(walk)
    assert values[-1] == pytest.approx(1)
    assert values[-2] < 0.9  # far from falling apart; 1 would be two leagues


def test_home_advantage_and_noise_are_those_announced(made: league.League) -> None:
    games = made.regular
    season = games.season - league.FIRST_SEASON
    gap = made.strength[season, games.team_1] - made.strength[season, games.team_2]
    rest = margin(games) - gap
    home = games.home.astype(float)
    assert (rest @ home) / (home @ home) == pytest.approx(HOME_ADVANTAGE, abs=0.12)
    assert (rest - HOME_ADVANTAGE * home).std() == pytest.approx(NOISE_SD, abs=0.1)
    slope = np.polyfit(gap, rest - HOME_ADVANTAGE * home, 1)[0]
    assert abs(slope) < 0.01  # rounding does not shrink margins


def test_scores_are_those_of_college_games_without_ties(made: league.League) -> None:
    for games in (made.regular, made.tournament):
        scores = np.concatenate([games.score_1, games.score_2])
        assert (margin(games) != 0).all()
        assert scores.min() >= 30
        assert scores.max() <= 140
        assert 68 < scores.mean() < 74
        low, high = np.percentile(scores, [5, 95])
        assert 45 < low < 55
        assert 85 < high < 95


def test_rounding_moves_no_mean() -> None:
    rng = np.random.default_rng(0)
    size = 400_000
    for gap in (0.0, 0.4, 3.0):
        one = np.full(size, gap)
        score_1, score_2 = play(rng, one, np.zeros(size), np.zeros(size, np.int64))
        error = 4 * NOISE_SD / np.sqrt(size)
        assert (score_1 - score_2).mean() == pytest.approx(gap, abs=error + 0.02)


def test_tournaments_are_played_out_from_seeds_one_to_sixteen(made: league.League) -> None:
    finals = made.tournament
    assert finals.seed_diff is not None
    assert Counter(finals.season.tolist()) == dict.fromkeys(range(2001, 2021), 63)
    assert (finals.home == 0).all()
    assert sorted(BRACKET) == list(range(1, 17))
    for season in range(2001, 2021):
        games = finals.take(finals.season == season)
        winners = np.where(margin(games) > 0, games.team_1, games.team_2)
        losers = np.where(margin(games) > 0, games.team_2, games.team_1)
        assert len(set(losers.tolist())) == 63  # everyone but the champion loses once
        field = set(losers.tolist()) | {int(winners[-1])}
        assert len(field) == 64
        assert winners[-1] not in losers
        # Winners of one round are the teams of the next.
        start = 0
        for size in (32, 16, 8, 4, 2):
            through = set(winners[start : start + size].tolist())
            start += size
            following = slice(start, start + size // 2)
            ahead = np.concatenate([games.team_1[following], games.team_2[following]])
            assert through == set(ahead.tolist())
        # In the first round 1 meets 16, 2 meets 15, ...: each difference from 1 to 15 four times.
        assert games.seed_diff is not None
        first = np.abs(games.seed_diff[:32])
        assert Counter(first.tolist()) == dict.fromkeys(range(1, 16, 2), 4)


def test_seeds_follow_from_strength_and_tell_as_much_as_real_ones() -> None:
    figures = []
    for seed in range(6):
        finals = league.generate(seed).tournament
        assert finals.seed_diff is not None
        gap, points = finals.seed_diff.astype(float), margin(finals).astype(float)
        slope = (gap @ points) / (gap @ gap)
        uneven = gap != 0
        figures.append(
            [
                slope,
                np.abs(points - slope * gap).mean(),
                np.abs(points).mean(),
                ((gap > 0) == (points > 0))[uneven].mean(),
            ]
        )
    slope, error, size, right = np.mean(figures, axis=0)
    # The real tournaments 1985-2017: 1.20 points a seed, 9.15 points, 11.7 points, 71.9%.
    assert slope == pytest.approx(1.20, abs=0.12)
    assert error == pytest.approx(9.15, abs=0.25)
    assert size == pytest.approx(11.7, abs=0.5)
    assert right == pytest.approx(0.719, abs=0.03)


def test_truth_and_references_fit_each_other() -> None:
    for name in ("basketball", "tournament"):
        dataset = zoo.data.load(name, "league")
        strength = dataset.truth["strength"]
        assert strength.shape == (dataset.sizes["n_teams"],) == (7040,)
        assert len(dataset.labels["team"]) == len(set(dataset.labels["team"])) == 7040
        for split, columns in dataset.splits.items():
            best = (
                strength[columns["team_1"]]
                - strength[columns["team_2"]]
                + float(dataset.truth["home_advantage"]) * columns["home"]
            )
            mae = np.abs(best - columns["score_diff"]).mean()
            assert dataset.references["best possible"][split]["score_diff_mae"] == pytest.approx(
                mae
            )
            trivial = np.abs(columns["score_diff"]).mean()
            assert dataset.references["trivial"][split]["score_diff_mae"] == pytest.approx(
                trivial, rel=1e-5
            )
            assert mae < 0.85 * trivial
            scores = dataset.references["best possible"][split]
            constant = dataset.references["trivial"][split]
            assert constant["won_accuracy"] == 0.5
            assert constant["won_log_loss"] == pytest.approx(np.log(2))
            right = ((best > 0) == columns["won"].astype(bool))[best != 0].mean()
            assert scores["won_accuracy"] == pytest.approx(right, abs=0.002)
            chance = np.array([NormalDist(0, NOISE_SD).cdf(each) for each in best.ravel().tolist()])
            given = np.where(columns["won"].ravel() == 1, chance, 1 - chance)
            assert scores["won_log_loss"] == pytest.approx(-np.log(given).mean(), rel=1e-4)
            for side, sign in (("score_1", 1), ("score_2", -1)):
                guess = (TOTAL_POINTS + sign * best) / 2
                error = np.abs(columns[side] - guess).mean()
                assert scores[f"{side}_mae"] == pytest.approx(error)
                assert error < constant[f"{side}_mae"]
    regular = zoo.data.load("basketball", "league").references
    # The mean absolute value of normal noise is sd x sqrt(2 / pi).
    expected = NOISE_SD * np.sqrt(2 / np.pi)
    assert regular["best possible"]["train"]["score_diff_mae"] == pytest.approx(expected, abs=0.06)
    assert STRENGTH_SD == 8.7


def test_the_default_split_of_the_tournaments_leaves_a_quarter_of_the_seasons() -> None:
    dataset = zoo.data.load("tournament", "league")
    assert dataset.splits["train"]["season"].max() == 2015
    assert set(np.unique(dataset.splits["test"]["season"])) == set(range(2016, 2021))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_league_in_another_process() -> None:
    code = "import zoo.data; print(zoo.data.load('basketball', 'league', seed=5).fingerprint)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "PATH": ""},
    )
    here = zoo.data.load("basketball", "league", seed=5)
    assert done.stdout.strip() == here.fingerprint
    assert here.fingerprint != zoo.data.load("basketball", "league", seed=6).fingerprint


def test_what_a_caller_changes_does_not_reach_the_next_load() -> None:
    first = zoo.data.load("basketball", "league")
    print_before = first.fingerprint
    first.splits["train"]["home"][:] = 9
    first.truth["strength"][:] = 0
    again = zoo.data.load("basketball", "league")
    assert again.fingerprint == print_before
    assert again.truth["strength"].std() > 8


def test_team_names_are_all_different() -> None:
    names = team_names(MAX_TEAMS)
    assert len(set(names)) == len(names) == 352
    assert all(name.isalpha() and name.istitle() for name in names)
