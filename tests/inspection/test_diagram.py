"""Diagrams: complete, made from names alone, the same bytes in every process, written whole."""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support import LARGE, slow_if_large, tiny, tiny_once

import zoo
from zoo._keras import keras, layers
from zoo.inspection.diagram import DPI, keras_dot, png, svg, to_dot
from zoo.inspection.diagram.describe import Show
from zoo.inspection.diagram.drawing import Frame, compose

every_architecture = pytest.mark.parametrize(
    "name", [slow_if_large(name) for name in zoo.list_models()]
)
LIGHT = [name for name in zoo.list_models() if name not in LARGE]
OBJECT_ID = re.compile(r"\d{12,}")


def frames(model: Any, **style: Any) -> list[Frame]:
    return compose(model, **style)


def boxes(frame: Frame) -> dict[str, list[str]]:
    return {box.id: box.lines for box in frame.boxes}


def parameters(frame: Frame) -> int:
    """The sum of what the boxes of a frame say."""
    said = "\n".join(line for box in frame.boxes for line in box.lines)
    numbers = re.findall(r"^([\d,]+) parameters?\b", said, re.MULTILINE)
    return sum(int(number.replace(",", "")) for number in numbers)


def siamese(depth: int = 2) -> Any:
    """A model of layers that Keras names, with a shared model of `depth` layers."""
    tower = keras.Sequential([keras.Input((4,)), *(layers.Dense(4) for _ in range(depth))])
    left, right = keras.Input((4,)), keras.Input((4,))
    return keras.Model([left, right], layers.Add()([tower(left), tower(right)]))


def residual(blocks: int, filters: int = 8) -> Any:
    """A deep network: a stem, `blocks` residual blocks that are alike, a head."""
    picture = keras.Input((8, 8, 3), name="picture")
    x = layers.Conv2D(filters, 3, padding="same", name="stem_conv")(picture)
    x = layers.BatchNormalization(name="stem_norm")(x)
    x = layers.Activation("relu", name="stem_relu")(x)
    for i in range(1, blocks + 1):
        y = layers.Conv2D(filters, 3, padding="same", name=f"block{i}_conv")(x)
        y = layers.BatchNormalization(name=f"block{i}_norm")(y)
        y = layers.ReLU(name=f"block{i}_relu")(y)
        x = layers.Add(name=f"block{i}_add")([y, x])
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(picture, layers.Dense(2, name="label")(x), name="residual")


def test_every_layer_is_in_its_diagram() -> None:
    for name in LIGHT:
        model = tiny_once(name)
        drawn = [box.title for frame in frames(model, detail="layers") for box in frame.boxes]
        assert {layer.name for layer in model.layers} <= set(drawn), name


@every_architecture
def test_the_boxes_say_all_parameters_once(name: str) -> None:
    model = tiny_once(name)
    whole, *nested = frames(model)
    assert parameters(whole) == model.count_params()
    for frame in nested:
        assert frame.lines[0].startswith(f"{parameters(frame):,} parameter")
    text = to_dot(model)
    assert not OBJECT_ID.search(text)
    assert svg(text).endswith("</svg>\n")


def test_every_edge_says_its_shape() -> None:
    whole, inside = frames(zoo.build("basketball"))
    assert {(arrow.tail, arrow.label) for arrow in whole.arrows} == {
        ("team_1", "(1) int32"),
        ("team_2", "(1) int32"),
        ("home", "(1)"),
        ("team_strength (call 1)", "(1)"),
        ("team_strength (call 2)", "(1)"),
        ("game", "(3)"),
    }
    assert [arrow.label for arrow in inside.arrows] == ["(1) int32", "(1, 1)"]
    assert {
        arrow.label for arrow in frames(zoo.build("basketball"), show=Show(shapes=False))[0].arrows
    } == {""}


def test_a_shared_model_shows_both_calls_and_opens_once() -> None:
    whole, *nested = frames(zoo.build("basketball"))
    drawn = boxes(whole)
    assert drawn["team_strength (call 1)"][-1] == "shared weights, call 1 of 2"
    assert drawn["team_strength (call 2)"][-1] == "shared weights, call 2 of 2"
    (frame,) = nested
    assert frame.lines == ["10,888 parameters, one set for 2 calls"]
    ties = {box.tie for box in whole.boxes if box.title == "team_strength"}
    assert ties == {frame.tie}
    text = to_dot(zoo.build("basketball"))
    assert text.count('subgraph "cluster team_strength"') == 1


def test_a_shared_layer_shows_both_calls_in_one_color() -> None:
    (whole,) = frames(zoo.build("siamese_lstm"))
    calls = [box for box in whole.boxes if box.title == "lstm"]
    assert [box.id for box in calls] == ["lstm (call 1)", "lstm (call 2)"]
    assert {box.tie for box in calls} == {0}
    assert [box.tie for box in whole.boxes if box.title != "lstm"] == [None] * 4


def test_inputs_and_outputs_look_different() -> None:
    (whole,) = frames(zoo.build("score_and_win"))
    looks = {box.id: (box.kind, box.output, box.lines[-1]) for box in whole.boxes}
    assert looks["seed_diff"] == ("input", False, "input")
    assert looks["score_diff"] == ("dense", True, "output (1)")
    assert looks["won"] == ("dense", True, "output (1)")


def test_time_distributed_and_bidirectional_are_opened() -> None:
    x = keras.Input((9, 4), name="x")
    steps = layers.TimeDistributed(layers.Dense(2, name="dense"), name="steps")(x)
    both = layers.Bidirectional(layers.LSTM(3, name="reader"), name="both")(steps)
    (whole,) = frames(keras.Model(x, both, name="model"))
    drawn = {box.id: box for box in whole.boxes}
    assert drawn["steps"].lines[:2] == ["TimeDistributed", "at each of 9 steps"]
    assert [(box.title, box.lines) for box in drawn["steps"].inside] == [("dense", ["Dense 2"])]
    assert [box.title for box in drawn["both"].inside] == ["forward_reader", "backward_reader"]
    video, frame = frames(zoo.build("video_classifier"))
    assert video.boxes[1].lines[0] == "TimeDistributed of digit_mlp"
    assert (frame.title, frame.tie) == ("digit_mlp", video.boxes[1].tie)


def test_flat_diagrams_open_nothing() -> None:
    for name in ("basketball", "video_classifier", "sequence_tagger"):
        (whole,) = frames(zoo.build(name), nested=False)
        assert not any(box.inside for box in whole.boxes)


def test_models_inside_models_inside_wrappers() -> None:
    x = keras.Input((4,), name="x")
    inner = keras.Model(x, layers.Dense(2, name="dense")(x), name="inner")
    y = keras.Input((4,), name="y")
    outer = keras.Model(y, layers.Add(name="sum")([inner(y), inner(y)]), name="outer")
    z = keras.Input((5, 4), name="z")
    model = keras.Model(z, layers.TimeDistributed(outer, name="steps")(z), name="model")
    assert [frame.id for frame in frames(model)] == ["model", "steps", "steps/inner"]
    assert [box.id for box in frames(model)[1].boxes] == [
        "steps/y",
        "steps/inner (call 1)",
        "steps/inner (call 2)",
        "steps/sum",
    ]


def test_an_input_that_nothing_reads_is_drawn() -> None:
    (whole,) = frames(zoo.build("two_branch_add", as_printed=True))
    assert {"a", "b"} <= set(boxes(whole))
    assert "b" not in {arrow.tail for arrow in whole.arrows}


def test_a_subclassed_model_is_one_box() -> None:
    class Own(keras.Model):
        def call(self, inputs: Any) -> Any:
            return inputs

    (whole,) = frames(Own(name="own"))
    assert boxes(whole) == {"own": ["Own"]}


def test_settings_are_said() -> None:
    x = keras.Input((8, 8, 4), name="x")
    y = layers.Conv2D(6, (3, 5), strides=2, padding="same", activation="relu", name="conv")(x)
    y = layers.MaxPooling2D(2, name="pool")(y)
    y = layers.DepthwiseConv2D(1, use_bias=False, depth_multiplier=2, name="depth")(y)
    y = layers.Reshape((-1, 3), name="rows")(y)
    y = layers.Dropout(0.25, name="drop")(y)
    y = layers.Concatenate(axis=1, name="join")([y, y])
    y = layers.LSTM(5, return_sequences=True, name="lstm")(y)
    y = layers.Conv1D(2, 3, dilation_rate=2, name="wide")(y)
    drawn = boxes(frames(keras.Model(x, y, name="model"))[0])
    said = {name: lines[0] for name, lines in drawn.items()}
    assert said == {
        "x": "input",
        "conv": "Conv2D 6, 3×5, stride 2, same, relu",
        "pool": "MaxPooling2D 2×2",
        "depth": "DepthwiseConv2D 1×1, depth × 2, no bias",
        "rows": "Reshape, to (-1, 3)",
        "drop": "Dropout 0.25",
        "join": "Concatenate, axis 1",
        "lstm": "LSTM 5, every step",
        "wide": "Conv1D 2, kernel 3, dilation 2",
    }


def test_deep_networks_are_drawn_coarser() -> None:
    model = residual(12)
    (whole,) = frames(model)
    drawn = boxes(whole)
    assert list(drawn) == ["picture", "stem_conv", "block1 … block12", "pool", "label"]
    assert drawn["stem_conv"][:2] == ["Conv2D 8, 3×3, same", "+ BatchNormalization, relu"]
    assert drawn["block1 … block12"] == [
        "12 blocks alike, each:",
        "2 branches, Add",
        "3×3 8",
        "identity",
        "7,392 parameters in all",
    ]
    (runs,) = frames(model, detail="runs")
    (every,) = frames(model, detail="layers")
    assert (len(runs.boxes), len(every.boxes)) == (28, len(model.layers))


def test_the_large_architectures_have_few_boxes_and_stay_tall() -> None:
    for name in ("inception_network", "residual_network"):
        model = zoo.build(name)
        assert all(len(frame.boxes) <= 24 for frame in frames(model))
        size = re.search(r'<svg width="(\d+)pt" height="(\d+)pt"', svg(to_dot(model)))
        assert size is not None
        assert int(size[2]) > 2 * int(size[1]), "one column, from the input down"


def test_a_deep_model_stays_tall_and_its_text_as_large() -> None:
    """Layer by layer: one column, never folded, and in a bitmap never scaled down."""
    x = start = keras.Input((4,), name="x")
    for number in range(60):
        x = layers.Dense(4, name=f"dense_layer{number}")(x)
    drawn = to_dot(keras.Model(start, x, name="deep"), detail="layers")
    size = re.search(r'<svg width="(\d+)pt" height="(\d+)pt"', svg(drawn))
    assert size is not None
    width, height = map(int, size.groups())
    assert height > 60 * 50, "each layer below the one before"
    assert width < 200
    bitmap = png(drawn)
    pixels = [int.from_bytes(bitmap[at : at + 4], "big") for at in (16, 20)]
    assert pixels == [pytest.approx(each * DPI / 72, abs=3) for each in (width, height)]


def test_a_dense_block_has_too_many_branches_to_spell_out() -> None:
    x = keras.Input((4, 4, 2), name="x")
    y = layers.Conv2D(2, 1, name="start")(x)
    for i in range(30):  # two to the power of thirty paths
        z = layers.Conv2D(2, 1, name=f"dense_block_conv{i}")(y)
        y = layers.Concatenate(name=f"dense_block_join{i}")([y, z])
    model = keras.Model(x, layers.Dense(1, name="label")(y), name="model")
    (whole,) = frames(model)
    assert len(whole.boxes) <= len(model.layers)


def test_names_that_would_break_dot_or_html() -> None:
    x = keras.Input((2,), name="x:0")
    y = layers.Dense(1, name="<b> & 'c'")(x)
    text = html.unescape(svg(to_dot(keras.Model(x, y, name="graph"))))
    assert ">x:0<" in text
    assert "><b> & 'c'<" in text


def test_names_that_keras_makes_up_do_not_count_what_was_built_before() -> None:
    first = (to_dot(siamese()), keras_dot(siamese()))
    for _ in range(3):
        siamese(3)
    assert (to_dot(siamese()), keras_dot(siamese())) == first
    assert "dense_1" in first[0]
    assert not OBJECT_ID.search(first[1])


def digests(names: Sequence[str]) -> dict[str, str]:
    """A digest of each architecture's drawings, both styles."""
    return {
        name: hashlib.sha256((to_dot(tiny(name)) + keras_dot(tiny(name))).encode()).hexdigest()
        for name in names
    }


@pytest.mark.slow
def test_the_same_text_in_every_process() -> None:
    """Another process, with other hashes and object ids, building in the opposite order."""
    program = f"import json, test_diagram; print(json.dumps(test_diagram.digests({LIGHT[::-1]})))"
    folders = (Path(zoo.__file__).parents[1], Path(__file__).parents[1])  # zoo, examples.py
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(map(str, folders))},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == digests(LIGHT)
