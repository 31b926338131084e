"""`zoo.plot_model`: Keras's arguments, any model, both styles, every refusal one line."""

from __future__ import annotations

import html
import inspect
import re
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import zoo
from zoo._keras import keras, layers, ops
from zoo.core.errors import ZooError

BOTH = pytest.mark.parametrize("style", ["zoo", "keras"])
SHOW_ALL: dict[str, Any] = {
    "show_shapes": True,
    "show_dtype": True,
    "show_layer_names": True,
    "expand_nested": True,
    "show_layer_activations": True,
    "show_trainable": True,
}


def drawn(model: Any, **arguments: Any) -> str:
    """The DOT text of a picture for which no file is written."""
    return zoo.plot_model(model, None, **arguments).dot


def frozen() -> Any:
    """A model of every kind of thing that the arguments show."""
    ids = keras.Input((6,), dtype="int32", name="ids")
    x = layers.Embedding(9, 4, trainable=False, name="words")(ids)
    x = layers.LSTM(3, name="reader")(x)
    return keras.Model(ids, layers.Dense(2, activation="softmax", name="label")(x), name="frozen")


class Own(keras.Model):
    """A subclassed model: no graph to read."""

    def __init__(self) -> None:
        super().__init__(name="own")
        self.dense = layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        return self.dense(inputs)


def own() -> Any:
    model = Own()
    model(ops.ones((1, 4)))
    return model


def called() -> Any:
    model = keras.Sequential([layers.Dense(3), layers.Dense(1)])
    model(ops.ones((2, 4)))
    return model


def identity() -> Any:
    x = keras.Input((4,))
    return keras.Model(x, x)


def wrappers() -> Any:
    x = keras.Input((9, 4))
    steps = layers.TimeDistributed(layers.Dense(2))(x)
    return keras.Model(x, layers.Bidirectional(layers.LSTM(3))(steps), name="a b-c")


def dicts() -> Any:
    x = keras.Input((4,), name="x")
    outputs = {"a": layers.Dense(1)(x), "b": layers.Dense(2)(x)}
    return keras.Model({"x": x}, outputs)


def nested() -> Any:
    x = keras.Input((4,))
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.BatchNormalization()])
    outer = keras.Model(x, inner(inner(x)) + own()(x)[:, :1])
    y = keras.Input((4,))
    return keras.Model(y, [outer(y), inner(y)])


def several_outputs() -> Any:
    ids = keras.Input((5,), dtype="int32")
    x = layers.Embedding(9, 8)(ids)
    steps, hidden, carry = layers.LSTM(8, return_sequences=True, return_state=True)(x)
    return keras.Model(ids, [layers.MultiHeadAttention(2, 4)(steps, x), hidden, carry])


def from_the_middle() -> Any:
    x = keras.Input((4,))
    features = layers.Dense(3)(x)
    return keras.Model(features, layers.Dense(2)(features))


def test_the_signature_is_that_of_keras() -> None:
    ours = inspect.signature(zoo.plot_model).parameters
    theirs = inspect.signature(keras.utils.plot_model).parameters
    added = {"style", "detail"}
    assert [name for name in ours if name not in added] == list(theirs)
    for name, parameter in theirs.items():
        assert ours[name].default == parameter.default, name
        assert ours[name].kind == parameter.kind, name
    assert {ours[name].kind for name in added} == {inspect.Parameter.KEYWORD_ONLY}


@BOTH
@pytest.mark.parametrize(
    "build",
    [
        own,
        called,
        identity,
        wrappers,
        dicts,
        nested,
        several_outputs,
        from_the_middle,
        lambda: keras.Sequential([keras.Input((4,)), layers.Dense(2)]),
        lambda: zoo.build("basketball", n_teams=5),
    ],
)
def test_any_model_with_few_and_with_all_arguments(build: Callable[[], Any], style: Any) -> None:
    model = build()
    bare, full = (zoo.plot_model(model, None, style=style, **each) for each in ({}, SHOW_ALL))
    assert bare._repr_svg_().endswith("</svg>\n")
    assert full._repr_svg_().endswith("</svg>\n")
    assert len(full.dot) > len(bare.dot)
    assert drawn(build(), style=style, **SHOW_ALL) == full.dot, "no counter and no object id"


@BOTH
def test_files_by_their_ending(tmp_path: Path, style: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # no system Graphviz
    model = frozen()
    for suffix, start in ((".svg", b"<?xml"), (".png", b"\x89PNG\r\n"), (".dot", b"digraph")):
        path = tmp_path / f"a{suffix}"
        assert zoo.plot_model(model, path, style=style).path == path
        assert path.read_bytes().startswith(start)
    monkeypatch.chdir(tmp_path)
    assert repr(zoo.plot_model(model)) == "Picture('model.png')"
    assert repr(zoo.plot_model(model, None)) == "Picture()"


def test_a_notebook_shows_the_picture(tmp_path: Path) -> None:
    picture = zoo.plot_model(frozen(), tmp_path / "a.png", dpi=60)
    assert picture._repr_png_() == (tmp_path / "a.png").read_bytes()
    assert "<svg" in picture._repr_svg_()
    assert "IPython" not in sys.modules


@BOTH
def test_dpi_is_the_resolution_of_a_png(tmp_path: Path, style: Any) -> None:
    widths = []
    for dpi in (50, 100):
        path = zoo.plot_model(frozen(), tmp_path / f"{dpi}.png", dpi=dpi, style=style).path
        assert path is not None
        widths.append(int.from_bytes(path.read_bytes()[16:20], "big"))  # of the header
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.02)


@BOTH
def test_positions_are_those_of_keras(style: Any) -> None:
    by_place = zoo.plot_model(
        frozen(), None, True, True, True, "LR", True, 90, True, True, "spline", style=style
    )
    by_name = drawn(frozen(), **SHOW_ALL, rankdir="LR", splines="spline", style=style)
    assert by_place.dot == by_name
    assert by_place.dpi == 90


@BOTH
def test_directions_and_splines(style: Any) -> None:
    model = zoo.build("residual_identity", shape=(8, 8, 4))  # its shortcut passes three boxes
    for rankdir in ("TB", "BT", "LR", "RL"):
        assert f"rankdir={rankdir}" in drawn(model, rankdir=rankdir, style=style)
    pictures = {
        splines: zoo.plot_model(model, None, show_shapes=True, splines=splines, style=style)
        for splines in ("ortho", "curved", "polyline", "spline", "line", "none")
    }
    for splines, picture in pictures.items():
        assert f"splines={splines}" in picture.dot
    assert len({picture._repr_svg_() for picture in pictures.values()}) == len(pictures)


@pytest.mark.parametrize("argument", SHOW_ALL)
def test_keras_style_says_what_keras_says(argument: str) -> None:
    """Each argument alone; the layers have names of their own, so that none is renumbered."""
    model = zoo.build("basketball", n_teams=5)
    theirs = keras.utils.model_to_dot(model, **{argument: True, "show_layer_names": True})
    ours = drawn(model, style="keras", **{argument: True, "show_layer_names": True})
    label = re.compile(r"label=<.*?</table>>")
    assert sorted(label.findall(ours)) == sorted(label.findall(theirs.to_string()))
    assert "subgraph cluster_team_strength" in ours or argument != "expand_nested"


# argument -> what the zoo's style then says of `frozen`, and never without it
SAID = {
    "show_shapes": ["(6)", "(6, 4)", "output (2)"],
    "show_dtype": ["int32", "float32"],
    "show_layer_names": ["ids", "words", "reader", "label"],
    "show_layer_activations": ["tanh", "softmax"],
    "show_trainable": ["trainable", "non-trainable"],
}


@pytest.mark.parametrize("argument", SAID)
def test_zoo_style_says_what_is_asked_for(argument: str) -> None:
    def texts(**arguments: Any) -> str:
        svg = html.unescape(zoo.plot_model(frozen(), None, **arguments)._repr_svg_())
        return " | ".join(re.findall(r">([^<>]+)</text>", svg))

    model_alone = texts()
    assert "Embedding 9 × 4" in model_alone
    others = texts(**{other: True for other in SAID if other != argument})
    for words in SAID[argument]:
        whole = re.compile(rf"(?<![\w-]){re.escape(words)}(?!\w)")
        assert whole.search(texts(**{argument: True})), words
        assert not whole.search(model_alone), words
        assert not whole.search(others), words


@BOTH
def test_names_with_angle_brackets(style: Any) -> None:
    x = keras.Input((4,), name="x")
    layer = layers.Dense(2, activation=lambda each: each, name="a<b")
    svg = zoo.plot_model(keras.Model(x, layer(x)), None, style=style, **SHOW_ALL)._repr_svg_()
    assert "&lt;lambda&gt;" in svg
    assert "a&lt;b" in svg


@BOTH
@pytest.mark.parametrize("name", ['q"q', "{x}", "a|b", "it's"])
def test_names_that_dot_would_read(style: Any, name: str) -> None:
    x = keras.Input((4,), name="x")
    drawing = zoo.plot_model(
        keras.Model(x, layers.Dense(2, name=name)(x)), None, style=style, **SHOW_ALL
    )
    assert name in unescape(drawing._repr_svg_())


def test_zoo_style_opens_models_and_wrappers_when_asked() -> None:
    model = zoo.build("video_classifier", n_frames=3, n_pixels=16, units=8)
    assert "cluster" not in drawn(model)
    assert 'subgraph "cluster digits"' in drawn(model, expand_nested=True)
    closed, opened = (
        drawn(zoo.build("basketball", n_teams=5), expand_nested=each) for each in (False, True)
    )
    assert "<b>team_strength</b>" not in closed
    assert opened.count("<b>team_strength</b>") == 3, "the frame, and both calls of what is in it"


def test_partly_trainable_models_are_told_apart() -> None:
    x = keras.Input((4,), name="x")
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4), layers.Dense(4)], name="inner")
    model = keras.Model(x, inner(x))
    assert "trainable" in drawn(model, show_trainable=True)
    inner.layers[0].trainable = False
    assert "partly trainable" in drawn(model, show_trainable=True)
    inner.trainable = False
    assert "non-trainable" in drawn(model, show_trainable=True)


def test_detail_decides_how_much_is_one_box() -> None:
    model = zoo.build("residual_network", image_shape=(12, 12, 1), filters=(2, 4), blocks=1)
    boxes = {
        detail: len(re.findall(r"^\t\S+ \[label=<", drawn(model, detail=detail), re.MULTILINE))
        for detail in ("layers", "runs", "blocks", "auto")
    }
    assert boxes["layers"] == len(model.layers)
    assert boxes["layers"] > boxes["runs"] > boxes["blocks"]
    assert boxes["auto"] <= 24


def test_labels_on_right_angles_have_a_place_of_their_own() -> None:
    text = drawn(frozen(), show_shapes=True)
    assert text.count("shape=plain") == 3
    assert "->" in text
    assert "shape=plain" not in drawn(frozen(), show_shapes=True, splines="spline")


def test_refusals_are_one_line(tmp_path: Path) -> None:
    model = zoo.build("adder")

    def refusal(*arguments: Any, **named: Any) -> str:
        with pytest.raises(ZooError) as caught:
            zoo.plot_model(*arguments, **named)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert "zoo.build('adder')" in refusal("adder")
    assert "not Dense" in refusal(layers.Dense(1))
    assert "is not built" in refusal(keras.Sequential([layers.Dense(1)]))
    assert "is not built" in refusal(Own(), style="keras")
    assert "must end in .svg, .png, .dot" in refusal(model, tmp_path / "a.gif")
    assert "must end in .svg, .png, .dot" in refusal(model, "model")
    assert "make the folder" in refusal(model, tmp_path / "no" / "a.svg")
    assert "to_file must be the name of a file or None" in refusal(model, True)
    assert "did you mean keras" in refusal(model, None, style="kears")
    assert "known: auto, blocks, layers, runs" in refusal(model, None, detail="high")
    assert "needs style='zoo'" in refusal(model, None, style="keras", detail="runs")
    assert "known: BT, LR, RL, TB" in refusal(model, None, rankdir="down")
    assert "did you mean spline" in refusal(model, None, splines="splin")
    assert "dpi must be a number from 1" in refusal(model, None, dpi=0)
    assert "dpi must be a number from 1" in refusal(model, None, dpi="high")
    assert "did you mean show_shapes" in refusal(model, None, show_shape=True)
    assert "layer_range is gone" in refusal(model, None, layer_range=["a", "b"])
    assert zoo.plot_model(model, None, layer_range=None).dot
    assert not list(tmp_path.iterdir()), "nothing is written where something is refused"
