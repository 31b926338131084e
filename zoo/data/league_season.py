"""The league's regular seasons: hidden strengths, schedule, scores. NumPy only.

Arrays that run over seasons and teams have shape (seasons, teams); team t plays in conference
t % conferences. The constants are measured on the real seasons 1985-2016.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoo.data.games import Games, Ints

Floats = NDArray[np.float64]

STRENGTH_SD = 8.7  # points, over the teams of one season
HOME_ADVANTAGE = 4.1  # points
NOISE_SD = 10.5  # points, one game
NEUTRAL_SHARE = 0.1  # of all regular-season games
GAMES_EACH = 28.5  # games of a team in a season
PER_CONFERENCE = 11  # teams

CONFERENCE_SD = 6.0  # of the mean strengths of conferences, before scaling to STRENGTH_SD
TEAM_SD = 6.3  # of teams about their conference
CONFERENCE_KEPT = 0.95  # correlation of one season with the next
TEAM_KEPT = 0.75
STRONGER_HOSTS = 0.7  # share of the non-conference games with a host

TOTAL_POINTS = 141.0  # mean of both teams' points together
TOTAL_SD = 20.0
LEAST_POINTS = 30


def strengths(rng: np.random.Generator, seasons: int, conferences: int) -> Floats:
    """True strengths in points: every season has mean 0 and standard deviation STRENGTH_SD."""
    teams = conferences * PER_CONFERENCE
    conference = _drift(rng, seasons, conferences, CONFERENCE_SD, CONFERENCE_KEPT)
    own = _drift(rng, seasons, teams, TEAM_SD, TEAM_KEPT)
    strength = own + conference[:, np.arange(teams) % conferences]
    strength -= strength.mean(axis=1, keepdims=True)
    return strength * (STRENGTH_SD / strength.std(axis=1, keepdims=True))


def _drift(rng: np.random.Generator, seasons: int, count: int, sd: float, kept: float) -> Floats:
    """Series of shape (seasons, count) that keep their sd and part of last season's value."""
    shocks = rng.normal(0.0, sd, (seasons, count))
    for season in range(1, seasons):
        shocks[season] *= np.sqrt(1.0 - kept**2)
        shocks[season] += kept * shocks[season - 1]
    return shocks


def schedule(rng: np.random.Generator, strength: Floats, conferences: int) -> tuple[Ints, ...]:
    """Season index, team_1, team_2 (0 to teams - 1) and home of every game.

    Each team meets the others of its conference twice, once at each place, and teams drawn from
    the whole league otherwise: random pairings keep the graph of games well connected.
    """
    seasons, teams = strength.shape
    i, j = np.triu_indices(PER_CONFERENCE, 1)
    # Team p of conference c has number p * conferences + c.
    first = (i[:, None] * conferences + np.arange(conferences)).ravel()
    second = (j[:, None] * conferences + np.arange(conferences)).ravel()
    inside_1, inside_2 = np.concatenate([first, second]), np.concatenate([second, first])

    outside = GAMES_EACH - 2 * (PER_CONFERENCE - 1)  # games of a team outside its conference
    rounds = int(np.ceil(outside))
    pairs = rng.random((seasons, rounds, teams)).argsort(axis=-1)[:, :, : teams // 2 * 2]
    wanted = round(outside * teams / 2)
    outside_1 = pairs[:, :, 0::2].reshape(seasons, -1)[:, :wanted]
    outside_2 = pairs[:, :, 1::2].reshape(seasons, -1)[:, :wanted]
    wanted = outside_1.shape[1]

    rows = np.arange(seasons)[:, None]
    stronger_1 = strength[rows, outside_1] > strength[rows, outside_2]
    draw = rng.random((seasons, wanted))
    host = np.where(stronger_1 == (draw < STRONGER_HOSTS), 1, -1)
    neutral = NEUTRAL_SHARE * (len(inside_1) + wanted) / wanted
    host[rng.random((seasons, wanted)) < neutral] = 0

    def join(inside: Ints, other: Ints) -> Ints:
        return np.concatenate([np.broadcast_to(inside, (seasons, len(inside))), other], 1).ravel()

    team_1, team_2 = join(inside_1, outside_1), join(inside_2, outside_2)
    home = join(np.ones(len(inside_1), np.int64), host)
    return np.repeat(np.arange(seasons), len(team_1) // seasons), team_1, team_2, home


def play(
    rng: np.random.Generator, strength_1: NDArray, strength_2: NDArray, home: Ints
) -> tuple[Ints, Ints]:
    """Whole-number scores of games between teams of the given strengths; nobody draws.

    The margin is rounded to the nearest point but never to 0: what would round to a draw is a
    win by one for the side that was ahead, which moves the mean of no game by 0.02 points.
    """
    margin = strength_1 - strength_2 + HOME_ADVANTAGE * home
    margin = margin + rng.normal(0.0, NOISE_SD, margin.shape)
    size = np.maximum(1, np.rint(np.abs(margin))).astype(np.int64)
    total = rng.normal(TOTAL_POINTS, TOTAL_SD, margin.shape)
    loser = np.maximum(LEAST_POINTS, np.rint((total - size) / 2)).astype(np.int64)
    ahead = margin > 0
    return np.where(ahead, loser + size, loser), np.where(ahead, loser, loser + size)


def play_season(
    rng: np.random.Generator, strength: Floats, conferences: int, first_season: int
) -> Games:
    """All regular-season games, in the order of the seasons; team ids 0 to teams - 1."""
    season, team_1, team_2, home = schedule(rng, strength, conferences)
    score_1, score_2 = play(rng, strength[season, team_1], strength[season, team_2], home)
    return Games(season + first_season, team_1, team_2, home, score_1, score_2).lower_id_first()
