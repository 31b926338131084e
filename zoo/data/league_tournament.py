"""The league's tournaments: selection and seeds from results, then single elimination."""

from __future__ import annotations

import numpy as np

from zoo.data.games import Games, Ints
from zoo.data.league_season import HOME_ADVANTAGE, Floats, play

FIELD = 64
REGIONS = 4
# Seeds as they stand in a region's bracket: neighbors meet, winners meet their neighbors.
BRACKET = np.array([1, 16, 8, 9, 5, 12, 4, 13, 6, 11, 3, 14, 7, 10, 2, 15])

JUDGEMENT_SD = 1.5  # points: what the committee sees in a team that its results do not show
UPSET_SD = 4.0  # points: luck in deciding who is champion of a conference
SWEEPS = 25  # of the rating; the error falls about thirtyfold every ten


def ratings(games: Games, shape: tuple[int, int], first_season: int) -> Floats:
    """Mean margin corrected for home and for the opponents, in points; shape (seasons, teams)."""
    seasons, teams = shape
    base = (games.season - first_season) * teams
    one, two = base + games.team_1, base + games.team_2
    player, opponent = np.concatenate([one, two]), np.concatenate([two, one])
    margin = games.score_1 - games.score_2 - HOME_ADVANTAGE * games.home
    size = seasons * teams
    played = np.maximum(1, np.bincount(player, minlength=size))
    own = np.bincount(player, np.concatenate([margin, -margin]), size) / played
    rating = own
    for _ in range(SWEEPS):
        rating = own + np.bincount(player, rating[opponent], size) / played
    return rating.reshape(shape)


def seeds(rng: np.random.Generator, rating: Floats, conferences: int) -> Ints:
    """Teams of every tournament, shape (seasons, 4 regions, 16 seeds), seed 1 first.

    The champion of each conference is in; the committee fills the field with the best of the
    rest and ranks all by what it sees.
    """
    seasons, teams = rating.shape
    seen = rating + rng.normal(0.0, JUDGEMENT_SD, rating.shape)
    luck = rating + rng.normal(0.0, UPSET_SD, rating.shape)
    # Teams of one conference lie `conferences` apart.
    members = luck.reshape(seasons, teams // conferences, conferences)
    champion = members.argmax(axis=1) * conferences + np.arange(conferences)
    rows = np.arange(seasons)[:, None]
    order = seen.copy()
    order[rows, champion] += 1000.0  # ahead of everyone else in the queue for places
    field = np.argsort(-order, axis=1)[:, :FIELD]
    ranked = np.take_along_axis(field, np.argsort(-seen[rows, field], axis=1), axis=1)
    lines = ranked.reshape(seasons, FIELD // REGIONS, REGIONS)  # four teams share a seed
    return rng.permuted(lines, axis=2).transpose(0, 2, 1)


def play_tournaments(
    rng: np.random.Generator, strength: Floats, seeded: Ints, first_season: int
) -> Games:
    """The 63 games of every season on neutral courts, in the order of seasons and rounds."""
    seasons, teams = strength.shape
    rows = np.arange(seasons)[:, None]
    seed_of = np.zeros((seasons, teams), np.int64)
    line = np.broadcast_to(np.arange(1, FIELD // REGIONS + 1), seeded.shape)
    seed_of[rows, seeded.reshape(seasons, -1)] = line.reshape(seasons, -1)

    alive = seeded[:, :, BRACKET - 1].reshape(seasons, FIELD)
    rounds = []
    while alive.shape[1] > 1:
        one, two = alive[:, 0::2], alive[:, 1::2]
        neutral = np.zeros(one.shape, np.int64)
        score_1, score_2 = play(rng, strength[rows, one], strength[rows, two], neutral)
        season = np.broadcast_to(rows + first_season, one.shape)
        seed_diff = seed_of[rows, two] - seed_of[rows, one]
        rounds.append((season, one, two, neutral, score_1, score_2, seed_diff))
        alive = np.where(score_1 > score_2, one, two)
    columns = (np.concatenate(column, axis=1).ravel() for column in zip(*rounds, strict=True))
    return Games(*columns).lower_id_first()
