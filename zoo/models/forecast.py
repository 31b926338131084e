"""Tournaments of US college basketball, foretold from regular seasons (`advanced-keras`).

The document ends with 9.28 points and a log-loss of 0.58, "but I think you can do better". These
put its pieces together: strengths that both teams share, learned from regular seasons, stay as
they are while what seeds add to them is learned from tournaments.

Everything is in points, and nothing but a team's usual score has a bias: seen from the other side,
a game has the same difference with the other sign, and the two probabilities add up to 1.
"""

from __future__ import annotations

from zoo._keras import keras, layers, ops
from zoo.models.basketball import (
    HOME,
    N_TEAMS,
    SCORE_DIFF,
    SEED_DIFF,
    TEAM_1,
    TEAM_2,
    team_strength,
)
from zoo.models.registry import register
from zoo.models.spec import TensorSpec

SCORES = TensorSpec("scores", (2,), "score of team 1, score of team 2", "points")
WON = TensorSpec("won", (1,), "probability that team 1 wins", "probability")
L2 = 0.2  # of the mean squared strength


@register(
    documents="advanced-keras",
    section="three inputs, in points",
    inputs=(TEAM_1, TEAM_2, HOME),
    outputs=(SCORE_DIFF,),
    count=N_TEAMS + 1,
    concepts=("multi-input", "shared-layers", "model-as-layer", "merge", "embedding"),
    claim="Swapping the teams changes nothing but the sign of the difference.",
    recipe="season_strengths",
    tiny={"n_teams": 20},
)
def season_strengths(n_teams: int = N_TEAMS, l2: float = L2) -> keras.Model:
    """Score difference as the difference of two strengths in points, and the home advantage.

    Args:
        n_teams: As in `team_strength`.
        l2: Weight of a penalty on the mean squared strength.
    """
    team_1 = keras.Input((1,), dtype="int32", name="team_1")
    team_2 = keras.Input((1,), dtype="int32", name="team_2")
    home = keras.Input((1,), name="home")

    strength = team_strength(n_teams, l2 / n_teams)  # one model, called twice
    gap = layers.Subtract(name="gap")([strength(team_1), strength(team_2)])  # (1)
    court = layers.Dense(1, use_bias=False, name="court")(home)  # (1), points for playing at home
    score_diff = layers.Add(name="score_diff")([gap, court])  # (1)

    return keras.Model([team_1, team_2, home], score_diff, name="season_strengths")


@register(
    documents="advanced-keras",
    section="its pieces together",
    inputs=(TEAM_1, TEAM_2, HOME, SEED_DIFF),
    outputs=(SCORE_DIFF, WON),
    count=N_TEAMS + 4,
    concepts=("multi-input", "multi-output", "shared-layers", "model-as-layer", "embedding"),
    claim="Seen from the other side, the two chances of a game add up to 1.",
    recipe="tournament_forecast",
    tiny={"n_teams": 20},
)
def tournament_forecast(n_teams: int = N_TEAMS) -> keras.Model:
    """Score difference and probability of winning, from strengths, seeds and home.

    Strengths and home advantage do not train: they are those of `season_strengths`. The classifier
    reads the regressor: the difference, and its square with the sign kept, since a large
    difference is surer than a logistic curve has it.

    Args:
        n_teams: As in `team_strength`.
    """
    team_1 = keras.Input((1,), dtype="int32", name="team_1")
    team_2 = keras.Input((1,), dtype="int32", name="team_2")
    home = keras.Input((1,), name="home")
    seed_diff = keras.Input((1,), name="seed_diff")

    strength = team_strength(n_teams)  # one model, called twice
    strength.trainable = False
    gap = layers.Subtract(name="gap")([strength(team_1), strength(team_2)])  # (1)
    court = layers.Dense(1, use_bias=False, name="court", trainable=False)(home)  # (1)
    seeds = layers.Dense(1, use_bias=False, name="seeds")(seed_diff)  # (1), points for the seeds
    score_diff = layers.Add(name="score_diff")([gap, court, seeds])  # (1)
    won = _chance(score_diff)  # (1)

    inputs = [team_1, team_2, home, seed_diff]
    return keras.Model(inputs, [score_diff, won], name="tournament_forecast")


@register(
    documents="advanced-keras",
    section="two outputs, of two numbers a team",
    inputs=(TEAM_1, TEAM_2, HOME),
    outputs=(SCORES,),
    count=2 * N_TEAMS + 2,
    concepts=("multi-input", "shared-layers", "model-as-layer", "merge", "embedding"),
    claim="Swapping the teams swaps the two scores.",
    recipe="season_scores",
    tiny={"n_teams": 20},
)
def season_scores(n_teams: int = N_TEAMS, l2: float = L2) -> keras.Model:
    """Both scores: a team's attack less the other's defense, and what the court adds.

    Args:
        n_teams: As in `team_strength`.
        l2: Weight of a penalty on the mean squared attack, and on that of the defense.
    """
    team_1 = keras.Input((1,), dtype="int32", name="team_1")
    team_2 = keras.Input((1,), dtype="int32", name="team_2")
    home = keras.Input((1,), name="home")

    attack = _named("attack", n_teams, l2 / n_teams)
    defense = _named("defense", n_teams, l2 / n_teams)
    court = layers.Dense(1, name="court")  # the usual score, and points for playing at home
    gap_1 = layers.Subtract(name="gap_1")([attack(team_1), defense(team_2)])  # (1)
    gap_2 = layers.Subtract(name="gap_2")([attack(team_2), defense(team_1)])  # (1)
    away = layers.Rescaling(-1.0, name="away")(home)  # (1)
    score_1 = layers.Add(name="score_1")([gap_1, court(home)])  # (1)
    score_2 = layers.Add(name="score_2")([gap_2, court(away)])  # (1)
    scores = layers.Concatenate(name="scores")([score_1, score_2])  # (2)

    return keras.Model([team_1, team_2, home], scores, name="season_scores")


@register(
    documents="advanced-keras",
    section="its pieces together, of two numbers a team",
    inputs=(TEAM_1, TEAM_2, HOME, SEED_DIFF),
    outputs=(SCORES, WON),
    count=2 * N_TEAMS + 5,
    concepts=("multi-input", "multi-output", "shared-layers", "model-as-layer", "embedding"),
    claim="Swapping the teams swaps the scores, and the chances add up to 1.",
    recipe="tournament_scores",
    tiny={"n_teams": 20},
)
def tournament_scores(n_teams: int = N_TEAMS) -> keras.Model:
    """Both scores and the probability of winning, from attack, defense, seeds and home.

    Attack, defense and the court do not train: they are those of `season_scores`. The classifier
    reads the difference of the scores, as in `tournament_forecast`.

    Args:
        n_teams: As in `team_strength`.
    """
    team_1 = keras.Input((1,), dtype="int32", name="team_1")
    team_2 = keras.Input((1,), dtype="int32", name="team_2")
    home = keras.Input((1,), name="home")
    seed_diff = keras.Input((1,), name="seed_diff")

    attack = _named("attack", n_teams)
    defense = _named("defense", n_teams)
    attack.trainable = defense.trainable = False
    court = layers.Dense(1, name="court", trainable=False)
    seeds = layers.Dense(1, use_bias=False, name="seeds")  # points for the seeds
    gap_1 = layers.Subtract(name="gap_1")([attack(team_1), defense(team_2)])  # (1)
    gap_2 = layers.Subtract(name="gap_2")([attack(team_2), defense(team_1)])  # (1)
    away = layers.Rescaling(-1.0, name="away")(home)  # (1)
    lower = layers.Rescaling(-1.0, name="lower")(seed_diff)  # (1)
    score_1 = layers.Add(name="score_1")([gap_1, court(home), seeds(seed_diff)])  # (1)
    score_2 = layers.Add(name="score_2")([gap_2, court(away), seeds(lower)])  # (1)
    scores = layers.Concatenate(name="scores")([score_1, score_2])  # (2)
    score_diff = layers.Subtract(name="score_diff")([score_1, score_2])  # (1)
    won = _chance(score_diff)  # (1)

    inputs = [team_1, team_2, home, seed_diff]
    return keras.Model(inputs, [scores, won], name="tournament_scores")


def _named(name: str, n_teams: int, l2: float = 0.0) -> keras.Model:
    """A table of strengths under a name of its own."""
    table = team_strength(n_teams, l2)
    return keras.Model(table.input, table.output, name=name)


def _chance(score_diff: keras.KerasTensor) -> keras.KerasTensor:
    """Probability of winning, from the score difference: (1) -> (1)."""
    square = layers.Multiply(name="square")([score_diff, ops.abs(score_diff)])  # (1)
    margin = layers.Concatenate(name="margin")([score_diff, square])  # (2)
    start = keras.initializers.Zeros()  # 1/2 for everyone
    won = layers.Dense(1, "sigmoid", use_bias=False, kernel_initializer=start, name="won")
    return won(margin)  # (1)
