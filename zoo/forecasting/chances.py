"""What a bracket and the chance of every pair give: odds by round, picks, the likeliest path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zoo.core.errors import DataError
from zoo.forecasting.bracket import Bracket

Floats = NDArray[np.float64]

TOLERANCE = 1e-6  # of the sum of a pair's two chances: they may come from 32-bit numbers


@dataclass(frozen=True)
class Game:
    """A game with both teams known.

    Attributes:
        slot: Its name, such as R1W1.
        round: 0 for a play-in game, 1 for the first round of the whole field.
        teams: The ids of the two teams.
        winner: The id of the team that is taken to win.
        chance: Probability that it beats the other.
    """

    slot: str
    round: int
    teams: tuple[int, int]
    winner: int
    chance: float


def checked(bracket: Bracket, chance: ArrayLike) -> Floats:
    """The chances as an array of shape (teams, teams) with zeros on its diagonal.

    Raises:
        DataError: another shape, an entry that is no probability, or a pair whose two chances do
            not add up to 1.
    """
    found = np.array(chance, np.float64)
    count = len(bracket.teams)
    if found.shape != (count, count):
        raise DataError(f"chance must have shape {(count, count)}, not {found.shape}")
    np.fill_diagonal(found, 0.0)
    bad = ~((found >= 0) & (found <= 1) & (abs(found + found.T - 1) <= TOLERANCE))
    np.fill_diagonal(bad, False)
    if bad.any():
        i, j = np.argwhere(bad)[0].tolist()
        raise DataError(
            f"chance of {bracket.teams[i]} against {bracket.teams[j]}: {found[i, j]:.6g} and "
            f"{found[j, i]:.6g} the other way; both must be from 0 to 1 and add up to 1"
        )
    return found


def simulate(bracket: Bracket, chance: ArrayLike, times: int = 10_000, seed: int = 0) -> Floats:
    """Share of simulated tournaments in which each team wins its game of each round.

    Args:
        bracket: Who meets whom.
        chance: Probability that team i of the bracket beats team j, shape (teams, teams).
        times: How many tournaments are played.
        seed: Of the random numbers; the same seed gives the same shares.

    Returns:
        Shape (teams, rounds): column r - 1 is round r, so the last is the title. Play-in games
        have no column; a team that loses one has zeros.

    Raises:
        DataError: `times` is below 1, or the chances are refused by `checked`.
    """
    if times < 1:
        raise DataError(f"times must be 1 or more, not {times}")
    chance = checked(bracket, chance)
    count = len(bracket.teams)
    rng = np.random.default_rng(seed)
    odds = np.zeros((count, bracket.rounds))
    source = [np.full(times, team) for team in range(count)]
    for game in bracket.games:
        one, two = (source[side] for side in game.sides)
        winner = np.where(rng.random(times) < chance[one, two], one, two)
        source.append(winner)
        if game.round:
            odds[:, game.round - 1] += np.bincount(winner, minlength=count)
    return odds / times


def exact(bracket: Bracket, chance: ArrayLike) -> Floats:
    """Probability that each team wins its game of each round; what `simulate` estimates.

    Args:
        bracket: Who meets whom.
        chance: Probability that team i of the bracket beats team j, shape (teams, teams).

    Returns:
        Shape (teams, rounds), as of `simulate`.

    Raises:
        DataError: the chances are refused by `checked`.
    """
    chance = checked(bracket, chance)
    count = len(bracket.teams)
    odds = np.zeros((count, bracket.rounds))
    source = list(np.eye(count))  # probability that each team comes out of a label or game
    for game in bracket.games:
        one, two = (source[side] for side in game.sides)
        # The two sides share no team and no game, so they are independent.
        wins = one * (chance @ two) + two * (chance @ one)
        source.append(wins)
        if game.round:
            odds[:, game.round - 1] += wins
    return odds


def likeliest(bracket: Bracket, chance: ArrayLike) -> list[Game]:
    """The favorite of every game, each game between the favorites of those before it.

    Args:
        bracket: Who meets whom.
        chance: Probability that team i of the bracket beats team j, shape (teams, teams).

    Returns:
        The games in the bracket's order. At even chances the stronger side is taken.

    Raises:
        DataError: the chances are refused by `checked`.
    """
    chance = checked(bracket, chance)
    winners: list[int] = []
    source = list(range(len(bracket.teams)))
    for game in bracket.games:
        one, two = (source[side] for side in game.sides)
        winners.append(one if chance[one, two] >= chance[two, one] else two)
        source.append(winners[-1])
    return _games(bracket, chance, winners)


def most_probable_path(bracket: Bracket, chance: ArrayLike) -> list[Game]:
    """The bracket that is the most probable as a whole: the highest product over its games.

    It may pick against a favorite where the other winner has an easier way on.

    Args:
        bracket: Who meets whom.
        chance: Probability that team i of the bracket beats team j, shape (teams, teams).

    Returns:
        The games in the bracket's order.

    Raises:
        DataError: the chances are refused by `checked`.
    """
    chance = checked(bracket, chance)
    count = len(bracket.teams)
    with np.errstate(divide="ignore"):
        log_chance, start = np.log(chance), np.log(np.eye(count))
    # Log probability of the best way in which each team comes out of a label or game: -inf where
    # it cannot. The two sides share no team.
    best = list(start)
    for game in bracket.games:
        one, two = (best[side] for side in game.sides)
        best.append(
            np.maximum(
                one + (log_chance + two).max(axis=1),
                two + (log_chance + one).max(axis=1),
            )
        )
    winner = {len(best) - 1: int(best[-1].argmax())}  # of a label or game
    for number in reversed(range(len(bracket.games))):
        one, two = bracket.games[number].sides
        team = winner[count + number]
        if np.isneginf(best[one][team]):
            one, two = two, one
        winner[one] = team
        winner[two] = int((log_chance[team] + best[two]).argmax())
    return _games(bracket, chance, [winner[count + each] for each in range(len(bracket.games))])


def _games(bracket: Bracket, chance: Floats, winners: list[int]) -> list[Game]:
    """The games with these winners, places in `bracket.teams` in the order of the games."""
    source = [*range(len(bracket.teams)), *winners]
    played = []
    for game, winner in zip(bracket.games, winners, strict=True):
        one, two = (source[side] for side in game.sides)
        loser = two if winner == one else one
        teams = (bracket.teams[one], bracket.teams[two])
        odds = float(chance[winner, loser])
        played.append(Game(game.slot, game.round, teams, bracket.teams[winner], odds))
    return played
