"""US college basketball: who wins, and by how many points (`advanced-keras`).

A team is a team in one season ("1999 Duke"), so every strength is that season's. A difference
is always team 1 minus team 2; a seed difference is seed of team 2 minus seed of team 1, so that
in both a larger number favors team 1.
"""

from __future__ import annotations

from zoo._keras import keras, layers
from zoo.models.registry import register
from zoo.models.spec import TensorSpec

N_TEAMS = 10_888  # team-seasons in the course's table

TEAM_1 = TensorSpec("team_1", (1,), "a team in one season", "id", dtype="int32", vocabulary="team")
TEAM_2 = TensorSpec("team_2", (1,), "its opponent", "id", dtype="int32", vocabulary="team")
HOME = TensorSpec("home", (1,), "1: team 1 at home, -1: team 2", "-1, 0, 1", default=0.0)
SEED_DIFF = TensorSpec("seed_diff", (1,), "seed of team 2 minus seed of team 1", "seeds")
SCORE_DIFF = TensorSpec("score_diff", (1,), "score of team 1 minus score of team 2", "points")


@register(
    documents="advanced-keras",
    section="inputs and layers",
    inputs=(SEED_DIFF,),
    outputs=(SCORE_DIFF,),
    count=2,
    claim="One input and one Dense unit already make a useful predictor of tournament games.",
    recipe="seed_difference",
)
def seed_difference() -> keras.Model:
    """Linear regression of the score difference on the difference of tournament seeds."""
    seed_diff = keras.Input((1,), name="seed_diff")

    score_diff = layers.Dense(1, name="score_diff")(seed_diff)  # (1)

    return keras.Model(seed_diff, score_diff, name="seed_difference")


@register(
    documents="advanced-keras",
    section="categorical embeddings; models as layers",
    inputs=(TensorSpec("team", (1,), "team-season", "id", dtype="int32", vocabulary="team"),),
    outputs=(TensorSpec("strength", ("width",), "strength, in units set by the enclosing model"),),
    count=N_TEAMS,
    concepts=("embedding", "model-as-layer"),
    claim="An embedding of width 1 rates every team; as a separate model it can be shared.",
    tiny={"n_teams": 20},
)
def team_strength(n_teams: int = N_TEAMS, l2: float = 0.0, width: int = 1) -> keras.Model:
    """Look-up table from a team-season to its strength, made to be called by other models.

    Args:
        n_teams: Rows of the table; ids run from 0 to n_teams - 1.
        l2: Weight of a penalty on the sum of squared strengths.
        width: Numbers in a team's strength.
    """
    penalty = keras.regularizers.L2(l2) if l2 else None
    team = keras.Input((1,), dtype="int32", name="team")

    vector = layers.Embedding(n_teams, width, embeddings_regularizer=penalty, name="lookup")(team)
    strength = layers.Flatten(name="strength")(vector)  # (1, 1) -> (1)

    return keras.Model(team, strength, name="team_strength")


@register(
    documents="advanced-keras",
    section="two inputs through one shared model",
    inputs=(TEAM_1, TEAM_2),
    outputs=(SCORE_DIFF,),
    count=N_TEAMS,
    concepts=("multi-input", "shared-layers", "model-as-layer", "merge", "embedding"),
    claim="One strength model called on both teams halves the weights and shares what is learned.",
    recipe="two_team",
    tiny={"n_teams": 20},
)
def two_team(n_teams: int = N_TEAMS, l2: float = 0.0) -> keras.Model:
    """Score difference as the difference of two teams' strengths, in points.

    Swapping the teams negates the output exactly: there is one table and no bias.

    Args:
        n_teams, l2: As in `team_strength`.
    """
    team_1 = keras.Input((1,), dtype="int32", name="team_1")
    team_2 = keras.Input((1,), dtype="int32", name="team_2")

    strength = team_strength(n_teams, l2)  # one model, called twice
    score_diff = layers.Subtract(name="score_diff")([strength(team_1), strength(team_2)])  # (1)

    return keras.Model([team_1, team_2], score_diff, name="two_team")


@register(
    documents="advanced-keras",
    section="merge layers",
    inputs=(TensorSpec("a", (1,), "first term"), TensorSpec("b", (1,), "second term")),
    outputs=(TensorSpec("sum", (1,), "a + b"),),
    count=0,
    concepts=("multi-input", "merge"),
    claim="A model need not have weights: predict(1, 2) is 3 and predict(42, 119) is 161.",
)
def adder() -> keras.Model:
    """Sum of two inputs: the smallest model with a merge layer, and nothing to train."""
    a = keras.Input((1,), name="a")
    b = keras.Input((1,), name="b")

    total = layers.Add(name="sum")([a, b])  # (1)

    return keras.Model([a, b], total, name="adder")


@register(
    documents="advanced-keras",
    section="three inputs",
    inputs=(TEAM_1, TEAM_2, HOME),
    outputs=(SCORE_DIFF,),
    count=N_TEAMS + 4,
    concepts=("multi-input", "shared-layers", "model-as-layer", "merge", "embedding"),
    claim="Three inputs, two of them through one shared model, predict the score difference.",
    recipe="basketball",
    aliases=("three_input",),
    tiny={"n_teams": 20},
)
def basketball(n_teams: int = N_TEAMS, l2: float = 0.0, width: int = 1) -> keras.Model:
    """Score difference from both teams' shared strengths and the home advantage.

    The Dense kernel sets the unit: strength x kernel is in points, and the kernel's last entry
    is the home advantage in points.

    Args:
        n_teams, l2, width: As in `team_strength`.
    """
    team_1 = keras.Input((1,), dtype="int32", name="team_1")
    team_2 = keras.Input((1,), dtype="int32", name="team_2")
    home = keras.Input((1,), name="home")

    strength = team_strength(n_teams, l2, width)  # one model, called twice
    game = layers.Concatenate(name="game")([strength(team_1), strength(team_2), home])  # (3)
    score_diff = layers.Dense(1, name="score_diff")(game)  # (1)

    return keras.Model([team_1, team_2, home], score_diff, name="basketball")


@register(
    documents="advanced-keras",
    section="stacking",
    inputs=(
        TensorSpec("game", (3,), "home, seed_diff and pred, the `basketball` prediction in points"),
    ),
    outputs=(SCORE_DIFF,),
    count=4,
    published=4,
    concepts=("stacking",),
    claim="A second model learns how much to trust the first one's prediction.",
    recipe="tournament_stack",
)
def tournament_stack() -> keras.Model:
    """Tournament score difference from home, seed difference and another model's prediction."""
    game = keras.Input((3,), name="game")  # home, seed_diff, pred

    score_diff = layers.Dense(1, name="score_diff")(game)  # (1)

    return keras.Model(game, score_diff, name="tournament_stack")


@register(
    documents="advanced-keras",
    section="two outputs",
    inputs=(TensorSpec("game", (2,), "seed_diff and pred, the `basketball` prediction in points"),),
    outputs=(TensorSpec("scores", (2,), "score of team 1, score of team 2", "points"),),
    count=6,
    concepts=("stacking",),
    claim="One Dense layer with two units predicts both scores at once.",
    recipe="two_scores",
)
def two_scores() -> keras.Model:
    """Both teams' scores from the seed difference and another model's prediction."""
    game = keras.Input((2,), name="game")  # seed_diff, pred

    scores = layers.Dense(2, name="scores")(game)  # (2)

    return keras.Model(game, scores, name="two_scores")


@register(
    documents="advanced-keras",
    section="one model for regression and classification",
    inputs=(SEED_DIFF,),
    outputs=(SCORE_DIFF, TensorSpec("won", (1,), "probability that team 1 wins", "probability")),
    count=4,
    concepts=("multi-output",),
    claim="One model is regressor and classifier: held-out MAE 9.28 points, log-loss 0.58.",
    recipe="score_and_win",
)
def score_and_win() -> keras.Model:
    """Score difference and probability of winning: the classifier reads the regressor's output."""
    seed_diff = keras.Input((1,), name="seed_diff")

    score_diff = layers.Dense(1, name="score_diff")(seed_diff)  # (1)
    won = layers.Dense(1, activation="sigmoid", name="won")(score_diff)  # (1)

    return keras.Model(seed_diff, [score_diff, won], name="score_and_win")
