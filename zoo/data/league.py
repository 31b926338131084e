"""Source `league`: an invented league, generated from a seed in a fraction of a second.

Its figures are those of the real game: strengths with a standard deviation of 8.7 points, 4.1
points for playing at home, noise of 10.5 points, 28.5 games a team and season, one game in ten
on a neutral court. It needs no file, and knows the strengths that a model has to find.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data import league_season as regular
from zoo.data import league_tournament as knockout
from zoo.data.basketball import Basketball, assemble, check_options, year_option
from zoo.data.dataset import Dataset
from zoo.data.games import Games, reference_scores
from zoo.data.league_names import MAX_TEAMS, team_names

FIRST_SEASON = 2001
SEASONS = 20
CONFERENCES = MAX_TEAMS // regular.PER_CONFERENCE  # 32 conferences of 11 teams
FEWEST_CONFERENCES = 6  # 66 teams: enough for a tournament of 64
OPTIONS = ("seasons", "conferences")


@dataclass(frozen=True)
class League:
    """Every game of a league, and the strengths behind them, shape (seasons, teams)."""

    strength: np.ndarray
    regular: Games
    tournament: Games


@lru_cache(maxsize=1)
def generate(seed: int = 0, seasons: int = SEASONS, conferences: int = CONFERENCES) -> League:
    """The league of this seed: the same on every machine. Treat the arrays as read-only."""
    rng = np.random.default_rng([seed, 0x1EA6])  # not the stream that draws the splits
    strength = regular.strengths(rng, seasons, conferences)
    games = regular.play_season(rng, strength, conferences, FIRST_SEASON)
    rating = knockout.ratings(games, strength.shape, FIRST_SEASON)
    seeded = knockout.seeds(rng, rating, conferences)
    finals = knockout.play_tournaments(rng, strength, seeded, FIRST_SEASON)
    return League(strength, games, finals)


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: the league needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Generate the league and make dataset `name` of it.

    Args:
        name: `basketball` or `tournament`.
        folder: Not used.
        seed: Fixes the league and the splits.
        options: `seasons` (default 20) and `conferences` of 11 teams (6 to 32, default 32);
            for `tournament` also `train_until` and `test_until`.

    Raises:
        UnknownNameError: an option that there is not.
        DataError: an option out of its range.
    """
    from scipy.stats import norm

    check_options(name, options, OPTIONS)
    seasons = _count(options, "seasons", SEASONS, 2, 200)
    conferences = _count(options, "conferences", CONFERENCES, FEWEST_CONFERENCES, CONFERENCES)
    league = generate(seed, seasons, conferences)
    names = team_names(league.strength.shape[1])
    dataset = assemble(
        name,
        "league",
        Basketball(league.regular, league.tournament, lambda _, team: names[team]),
        seed,
        train_until=year_option(options, "train_until"),
        test_until=year_option(options, "test_until"),
        origin=(
            f"data: league (embedded, generated, seed {seed}); "
            "for real games: zoo data fetch basketball"
        ),
    )
    # Everyone plays every season, so rows of the team table are seasons times teams in order.
    strength = league.strength.ravel()
    expected = {
        split: strength[columns["team_1"]]
        - strength[columns["team_2"]]
        + regular.HOME_ADVANTAGE * columns["home"]
        for split, columns in dataset.splits.items()
    }
    oracle = reference_scores(
        dataset.splits,
        score_diff=expected,
        won={split: norm.cdf(points / regular.NOISE_SD) for split, points in expected.items()},
        total=regular.TOTAL_POINTS,
    )
    return replace(
        dataset,
        truth={
            "strength": strength.copy(),
            "home_advantage": np.array(regular.HOME_ADVANTAGE),
            "noise_sd": np.array(regular.NOISE_SD),
        },
        references={**dataset.references, "oracle": oracle},
    )


def _count(options: Mapping[str, Any], option: str, default: int, low: int, high: int) -> int:
    value = options.get(option, default)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise DataError(f"league: {option} is a whole number from {low} to {high}, not {value!r}")
    return value
