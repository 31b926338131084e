"""What `advanced-keras` says of its basketball models, held to today's Keras."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support import tiny
from text_helpers import real

import zoo
from zoo._keras import keras, tf
from zoo.core.console import Reporter
from zoo.core.errors import BuildError

QUIET: Any = 0  # Keras annotates `verbose` as a string
TEAM_1, TEAM_2 = np.array([[3], [7], [7]]), np.array([[7], [3], [12]])
HOME = np.array([[1.0], [-1.0], [0.0]], np.float32)


def table_of(model: Any) -> np.ndarray:
    """The strength of every team, shape (n_teams, width)."""
    lookup = model.get_layer("team_strength").get_layer("lookup")
    return keras.ops.convert_to_numpy(lookup.embeddings)


@pytest.mark.claim("adder")
def test_adder_adds_without_weights() -> None:
    """`advanced-keras`: predict(1, 2) is 3 and predict(42, 119) is 161."""
    model = tiny("adder")
    assert model.weights == []
    a, b = np.array([[1.0], [42.0]]), np.array([[2.0], [119.0]])
    np.testing.assert_array_equal(model.predict([a, b], verbose=QUIET), [[3.0], [161.0]])


@pytest.mark.claim("team_strength")
def test_one_strength_model_can_be_shared() -> None:
    """`advanced-keras`: a table of one number a team, as a model that two others call."""
    strength: Any = zoo.build("team_strength", n_teams=20)
    table = keras.ops.convert_to_numpy(strength.get_layer("lookup").embeddings)
    np.testing.assert_array_equal(strength(TEAM_1), table[TEAM_1[:, 0]])

    team = keras.Input((1,), dtype="int32")
    doubled: Any = keras.Model(team, 2 * strength(team))
    assert [id(weight) for weight in doubled.weights] == [id(weight) for weight in strength.weights]


@pytest.mark.claim("two_team")
def test_one_table_learns_from_both_teams() -> None:
    """`advanced-keras`: half the weights of two tables, and each game teaches about both teams."""
    model = tiny("two_team")
    assert model.count_params() == 20
    score_diff = model([TEAM_1, TEAM_2])
    np.testing.assert_array_equal(score_diff, -np.asarray(model([TEAM_2, TEAM_1])))

    (table,) = model.trainable_weights
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model([TEAM_1, TEAM_2])[:1])  # the first game: team 3 against team 7
    gradient = tf.convert_to_tensor(tape.gradient(loss, table.value)).numpy()
    expected = np.zeros((20, 1))
    expected[3], expected[7] = 1, -1
    np.testing.assert_array_equal(gradient, expected)


@pytest.mark.claim("basketball")
def test_basketball_weighs_two_strengths_and_home() -> None:
    """`advanced-keras`: three inputs, two of them through one model, and a Dense layer."""
    model = tiny("basketball")
    strength = table_of(model)
    kernel, bias = model.get_layer("score_diff").get_weights()
    game = np.concatenate([strength[TEAM_1[:, 0]], strength[TEAM_2[:, 0]], HOME], axis=1)
    np.testing.assert_allclose(model([TEAM_1, TEAM_2, HOME]), game @ kernel + bias, atol=1e-6)


@pytest.mark.parametrize("width", [1, 2, 8])
def test_a_wider_strength_adds_no_function(width: int) -> None:
    """The output is linear in both vectors, so each team counts as one number in either place."""
    model = tiny("basketball", width=width)
    assert model.count_params() == 20 * width + 2 * width + 2
    kernel, bias = model.get_layer("score_diff").get_weights()
    as_first, as_second = (table_of(model) @ part for part in np.split(kernel[:-1], 2))
    expected = as_first[TEAM_1[:, 0]] + as_second[TEAM_2[:, 0]] + HOME * kernel[-1] + bias
    np.testing.assert_allclose(model([TEAM_1, TEAM_2, HOME]), expected, atol=1e-6)


def test_strengths_of_any_width_are_in_points() -> None:
    """The reported strength is half the difference that a team makes as first and as second."""
    from zoo.experiments.reports import team_strengths

    model = tiny("basketball", width=3)
    teams, other = np.arange(20)[:, None], np.zeros((20, 1), int)
    nowhere = np.zeros((20, 1), np.float32)
    first, second = model([teams, other, nowhere]), model([other, teams, nowhere])
    points = (np.asarray(first) - np.asarray(second))[:, 0] / 2
    np.testing.assert_allclose(
        team_strengths(model) - team_strengths(model)[0], points - points[0], atol=1e-6
    )


@pytest.mark.slow  # trains on the real tournaments
@pytest.mark.realdata
@pytest.mark.claim("score_and_win")
def test_score_and_win_reaches_the_published_scores(tmp_path: Any) -> None:
    """`advanced-keras` prints MAE 9.28 points and log-loss 0.58 on held-out tournament games."""
    real("tournament", "ncaa")
    reporter = Reporter(silent=True)
    run = zoo.fit("score_and_win", data="ncaa", logdir=tmp_path, reporter=reporter, baseline="")
    test = run.metrics["test"]
    assert test["score_diff_mae"] == pytest.approx(9.28, rel=0.02)
    assert test["won_log_loss"] == pytest.approx(0.58, rel=0.02)


@pytest.mark.parametrize("name", ["team_strength", "basketball"])
def test_impossible_widths(name: str) -> None:
    with pytest.raises(BuildError, match="output_dim"):
        zoo.build(name, n_teams=5, width=0)
