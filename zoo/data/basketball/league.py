"""An invented basketball league, generated from a seed in a fraction of a second; NumPy only.

Its figures are those of the real seasons 1985-2016: hidden strengths with a standard deviation of
8.7 points, 4.1 points for playing at home, noise of 10.5 points, 28.5 games a team and season, one
game in ten on a neutral court. Tournaments follow: selection and seeds from the results, then
single elimination.

Arrays that run over seasons and teams have shape (seasons, teams); team t plays in conference
t % conferences.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from zoo.data.basketball.games import Games, Ints

Floats = NDArray[np.float64]

FIRST_SEASON = 2001
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

FIELD = 64
REGIONS = 4
# Seeds in the order of a region's bracket: neighbors meet, winners meet their neighbors.
BRACKET = np.array([1, 16, 8, 9, 5, 12, 4, 13, 6, 11, 3, 14, 7, 10, 2, 15])

JUDGEMENT_SD = 1.5  # points: what the committee sees in a team that its results do not show
UPSET_SD = 4.0  # points: luck in deciding who is champion of a conference
SWEEPS = 25  # of the rating; the error falls about thirtyfold every ten

# No real place or school is meant.
_BEGINNINGS = (
    "Alder", "Bram", "Corrin", "Dray", "Ember", "Farrow", "Gris", "Hollin", "Isen", "Jarrow",
    "Kestrel", "Lark", "Mallow", "Nether", "Orrin", "Pell", "Quill", "Reyn", "Sorrel", "Teasel",
    "Umber", "Vesper",
)  # fmt: skip
_ENDINGS = (
    "beck", "combe", "crest", "fell", "garth", "holt", "lund", "marsh", "mere", "moor", "quay",
    "shaw", "stow", "strand", "tarn", "wick",
)  # fmt: skip
MAX_TEAMS = len(_BEGINNINGS) * len(_ENDINGS)  # 352
MOST_CONFERENCES = MAX_TEAMS // PER_CONFERENCE  # 32 conferences of 11 teams
FEWEST_CONFERENCES = 6  # 66 teams: enough for a tournament of 64


@dataclass(frozen=True)
class League:
    """Every game of a league, and what is behind them.

    Attributes:
        strength: True strengths in points, shape (seasons, teams).
        regular, tournament: The games.
        seeded: Teams of every tournament, shape (seasons, 4 regions, 16 seeds), seed 1 first.
    """

    strength: np.ndarray
    regular: Games
    tournament: Games
    seeded: Ints


@lru_cache(maxsize=1)
def generate(seed: int = 0, seasons: int = 20, conferences: int = MOST_CONFERENCES) -> League:
    """The league of this seed: the same on every machine. Treat the arrays as read-only."""
    rng = np.random.default_rng([seed, 0x1EA6])  # not the stream that draws the splits
    strength = strengths(rng, seasons, conferences)
    games = play_season(rng, strength, conferences, FIRST_SEASON)
    rating = ratings(games, strength.shape, FIRST_SEASON)
    seeded = seeds(rng, rating, conferences)
    finals = play_tournaments(rng, strength, seeded, FIRST_SEASON)
    return League(strength, games, finals, seeded)


def team_names(count: int) -> list[str]:
    """The first `count` names, all different, up to `MAX_TEAMS`."""
    return [beginning + ending for ending in _ENDINGS for beginning in _BEGINNINGS][:count]


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
    """Whole-number scores of games between teams of the given strengths; there are no ties.

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
