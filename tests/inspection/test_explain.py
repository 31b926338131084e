"""Parameter arithmetic: every formula worked out, every sum held against Keras's own count."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import pytest
from support import slow, tiny, tiny_once

import zoo
from zoo._keras import keras, layers
from zoo.cli.options import arguments
from zoo.cli.root import cli, run
from zoo.core.errors import BuildError, RecipeError, UnknownNameError
from zoo.inspection.arithmetic import evaluate
from zoo.inspection.explain import explain

# Several sizes besides the defaults, of one architecture of each kind.
OTHER_SIZES: list[tuple[str, dict[str, Any]]] = [
    ("basketball", {"n_teams": 7}),
    ("rnn", {"units": 3}),
    ("rnn", {"units": 3, "hidden": 4}),
    ("cnn", {"flatten": True}),
    ("cnn", {"image_shape": (20, 20, 1), "batch_normalization": True, "skip": True}),
    slow("vgg_like", {"image_shape": (20, 20, 3), "batch_normalization": True}),
    ("vgg_like", {"image_shape": (20, 20, 3), "filters": (4, 8), "units": 8, "skip": True}),
    slow("vgg_like", {"image_shape": (20, 20, 3), "batch_normalization": True, "skip": True}),
    slow("residual_network", {"blocks": 1, "batch_normalization": False}),
    slow("residual_network", {"blocks": 1, "skip": False}),
    ("posts", {"vocabulary": 100, "filters": 3}),
    ("two_branch_add", {"as_printed": True}),
    ("qa", {"n_answers": 3, "text_units": 2}),
]


def counted(weights: list[Any]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def chain(*stack: Any, shape: tuple[int | None, ...], dtype: str = "float32") -> Any:
    """A model of layers one after another."""
    tensor = given = keras.Input(shape, dtype=dtype, name="given")
    for layer in stack:
        tensor = layer(tensor)
    return keras.Model(given, tensor, name="chain")


@pytest.mark.parametrize("name", zoo.list_models())
def test_sum_is_keras_count_at_a_small_size(name: str) -> None:
    model = tiny_once(name)
    explained = explain(model)
    assert explained.total == model.count_params()
    assert explained.trainable == counted(model.trainable_weights)
    assert explained.non_trainable == counted(model.non_trainable_weights)


@pytest.mark.parametrize(("name", "arguments"), OTHER_SIZES)
def test_sum_at_other_sizes(name: str, arguments: dict[str, Any]) -> None:
    model = zoo.build(name, **arguments)
    explained = explain(name, **arguments)
    assert explained.total == model.count_params()
    assert explained == explain(model), "built with and without memory for its weights"


FORMULAS: list[tuple[str, dict[str, Any], tuple[int, ...], str, int]] = [
    ("Dense", {"units": 20}, (10,), "(10 + 1) x 20", 220),
    ("Dense", {"units": 20, "use_bias": False}, (10,), "10 x 20", 200),
    ("Conv2D", {"filters": 32, "kernel_size": (3, 5)}, (8, 8, 4), "(3 x 5 x 4 + 1) x 32", 1_952),
    (
        "Conv2D",
        {"filters": 8, "kernel_size": 3, "groups": 2},
        (8, 8, 4),
        "(3 x 3 x 2 + 1) x 8",
        152,
    ),
    (
        "Conv2D",
        {"filters": 8, "kernel_size": 1, "use_bias": False},
        (8, 8, 4),
        "1 x 1 x 4 x 8",
        32,
    ),
    ("Conv1D", {"filters": 6, "kernel_size": 5}, (9, 2), "(5 x 2 + 1) x 6", 66),
    (
        "Conv2DTranspose",
        {"filters": 6, "kernel_size": 2},
        (8, 8, 3),
        "(2 x 2 x 3 + 1) x 6",
        78,
    ),
    ("DepthwiseConv2D", {"kernel_size": 3}, (8, 8, 4), "(3 x 3 + 1) x 4", 40),
    (
        "DepthwiseConv2D",
        {"kernel_size": 3, "depth_multiplier": 2},
        (8, 8, 4),
        "(3 x 3 + 1) x 4 x 2",
        80,
    ),
    (
        "SeparableConv2D",
        {"filters": 5, "kernel_size": 3},
        (8, 8, 4),
        "3 x 3 x 4 + (4 + 1) x 5",
        61,
    ),
    (
        "SeparableConv2D",
        {"filters": 5, "kernel_size": 3, "use_bias": False, "depth_multiplier": 2},
        (8, 8, 4),
        "3 x 3 x 4 x 2 + 4 x 2 x 5",
        112,
    ),
    ("LSTM", {"units": 10}, (7, 1), "4 x (1 x 10 + 10^2 + 10)", 480),
    ("LSTM", {"units": 10, "use_bias": False}, (7, 1), "4 x (1 x 10 + 10^2)", 440),
    ("GRU", {"units": 3}, (7, 5), "3 x (5 x 3 + 3^2 + 2 x 3)", 90),
    ("GRU", {"units": 3, "reset_after": False}, (7, 5), "3 x (5 x 3 + 3^2 + 3)", 81),
    ("SimpleRNN", {"units": 4}, (7, 3), "3 x 4 + 4^2 + 4", 32),
    ("LayerNormalization", {}, (6,), "2 x 6", 12),
    ("PReLU", {}, (3, 2), "3 x 2", 6),
]


@pytest.mark.parametrize(("kind", "settings", "shape", "formula", "count"), FORMULAS)
def test_formula(
    kind: str, settings: dict[str, Any], shape: tuple[int, ...], formula: str, count: int
) -> None:
    model = chain(getattr(layers, kind)(**settings, name="layer"), shape=shape)
    (line,) = explain(model).lines
    assert (line.formula, line.count) == (formula, count)
    assert model.count_params() == count


def test_embedding_is_rows_times_width() -> None:
    model = chain(layers.Embedding(10_000, 64, name="words"), shape=(None,), dtype="int32")
    (line,) = explain(model).lines
    assert (line.formula, line.count) == ("10,000 x 64", 640_000)


def test_trained_and_moving_statistics_are_separate_lines() -> None:
    model = chain(layers.BatchNormalization(name="norm"), shape=(4, 6))
    trained, moving = explain(model).lines
    assert (trained.weights, trained.count) == (("gamma", "beta"), 12)
    assert (moving.weights, moving.count) == (("moving_mean", "moving_variance"), 12)
    assert (trained.trainable, moving.trainable) == (True, False)
    explained = explain(model)
    assert (explained.total, explained.trainable, explained.non_trainable) == (24, 12, 12)
    assert "not trained: moving_mean, moving_variance" in str(explained)


def test_a_frozen_layer_is_not_trained() -> None:
    explained = explain(chain(layers.Dense(3, name="frozen", trainable=False), shape=(2,)))
    assert (explained.trainable, explained.non_trainable) == (0, 9)


def test_layers_that_no_rule_knows_are_counted_by_their_shapes() -> None:
    """Composite layers are opened; adapted ones no longer follow the rule of their class."""
    x = keras.Input((5, 6), name="x")
    attended = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    wrapped = layers.SpectralNormalization(layers.Dense(5, name="inner"), name="spectral")(attended)
    adapted = layers.Dense(3, name="adapted")
    both = layers.Bidirectional(layers.LSTM(2, name="reader"), name="both")(adapted(wrapped))
    adapted.enable_lora(2)
    model = keras.Model(x, both, name="odd")
    explained = explain(model)
    assert explained.total == model.count_params()
    assert explained.trainable == counted(model.trainable_weights)
    paths = {line.path for line in explained.lines}
    assert {"attention/query", "spectral/inner", "both/forward_reader"} <= paths
    lora = [line for line in explained.lines if line.path == "adapted"]
    assert all(line.rule is None for line in lora)


def test_a_shared_layer_is_counted_once() -> None:
    lines = {line.path: line for line in explain("siamese_lstm").lines}
    assert lines["lstm"].note == "shared, called 2 times"
    assert lines["lstm"].formula == "4 x (128 x 32 + 32^2 + 32)"
    nested = {line.path: line for line in explain("basketball").lines}
    assert nested["team_strength"].note == "shared, called 2 times"
    assert nested["team_strength/lookup"].formula == "10,888 x 1"


def test_weights_used_in_two_places_are_counted_in_the_first() -> None:
    dense = layers.Dense(3, name="dense")
    x = keras.Input((4, 3), name="x")
    inner = keras.Model(x, dense(x), name="inner")
    y = keras.Input((4, 3), name="y")
    model = keras.Model(y, layers.TimeDistributed(dense, name="steps")(inner(y)), name="outer")
    explained = explain(model)
    assert explained.total == model.count_params() == 12
    assert explained.lines[-1].note == "weights counted above"


def test_time_distributed_is_opened() -> None:
    paths = [line.path for line in explain("video_classifier").lines]
    assert paths[0] == "digits"
    assert all(path.startswith("digits/") for path in paths[1:])
    assert len(paths) > 3


def test_layers_without_weights_show_on_demand() -> None:
    silent, full = explain("adder"), explain("adder", weightless=True)
    assert (silent.lines, silent.omitted) == ((), 3)
    assert [line.name for line in full.lines] == ["a", "b", "sum"]
    assert "3 layers without weights" in str(silent)
    assert "without weights" not in str(full)


def test_table_is_aligned() -> None:
    table = str(explain("rnn")).splitlines()
    rows = [row for row in table if "=" in row]
    assert table[1].split()[:2] == ["lstm", "LSTM"]
    assert "4 x (1 x 10 + 10^2 + 10)" in table[1]
    assert len({row.index("=") for row in rows}) == 1
    assert rows[-1].split() == ["total", "=", "601"]
    assert "  LSTM   4 x (inputs x units + units^2 + units)" in table


def test_size_costs_nothing() -> None:
    """A table of 100 GB is explained at once: its weights are never given values."""
    begun = time.monotonic()
    explained = explain("lstm_classifier", vocabulary=100_000_000)
    assert explained.lines[0].formula == "100,000,000 x 256"
    assert time.monotonic() - begun < 10


def test_arguments_need_a_name() -> None:
    with pytest.raises(TypeError, match="need the name of an architecture"):
        explain(tiny("adder"), units=3)


def test_unknown_names_and_arguments() -> None:
    with pytest.raises(UnknownNameError, match="basketball"):
        explain("basketbal")
    with pytest.raises(BuildError, match="n_teams"):
        explain("basketball", n_team=3)


@pytest.mark.parametrize("formula", ["1 +", "a x 2", "__import__('os')", "2 / 2", "1.5 x 2"])
def test_what_is_not_a_formula(formula: str) -> None:
    with pytest.raises((ValueError, SyntaxError, KeyError)):
        evaluate(formula)


def test_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["explain", "two_team", "--set", "n_teams=12"]) == 0
    assert "12 x 1" in capsys.readouterr().out
    assert run(cli, ["explain", "two_team", "--set", "n_teams=12", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["total"], data["lines"][-1]["formula"]) == (12, "12 x 1")
    assert run(cli, ["explain", "two_team", "--set", "n_team=12"]) == 1
    assert "did you mean n_teams?" in capsys.readouterr().err


def test_arguments_of_the_command_line() -> None:
    pairs = ["a=1", "b=(2, 3)", "c=text", "d=true", "e=False", "f=None", "g=x=y", "h='q'", "i=1e-3"]
    assert arguments(pairs) == {
        "a": 1,
        "b": (2, 3),
        "c": "text",
        "d": True,
        "e": False,
        "f": None,
        "g": "x=y",
        "h": "q",
        "i": 1e-3,
    }


@pytest.mark.parametrize(
    ("pairs", "said"), [(["units"], "KEY=VALUE"), (["=3"], "KEY=VALUE"), (["a=1", "a=2"], "twice")]
)
def test_malformed_arguments(pairs: list[str], said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        arguments(pairs)
