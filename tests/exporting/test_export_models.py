"""Models of one's own in other runtimes' formats: what each can express, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import tiny

import zoo
from zoo._keras import keras, tf
from zoo.core.files import replacing_folder
from zoo.exporting import exporter, serving, verify
from zoo.exporting.formats import FORMATS, Artifact, ExportError

layers: Any = keras.layers
FILES = {name: FORMATS.get(name).file for name in FORMATS.names()}
slow = pytest.mark.slow


def _masked() -> Any:
    text = keras.Input((None,), dtype="int64", name="text")
    x = layers.Embedding(10, 4, mask_zero=True, name="embedding")(text)
    x = layers.Bidirectional(layers.GRU(3, return_sequences=True), name="both")(x)
    x, hidden, cell = layers.LSTM(
        3, return_sequences=True, return_state=True, zero_output_for_mask=True, name="first"
    )(x)
    x = layers.LSTM(3, go_backwards=True, name="second")(x, initial_state=[hidden, cell])
    score = layers.Dense(1, name="score")(x)
    return keras.Model(text, score, name="masked")


@pytest.mark.slow
@pytest.mark.parametrize(
    "format", [pytest.param("savedmodel", marks=slow), "litert", pytest.param("onnx", marks=slow)]
)
def test_masks_states_and_directions(format: str, tmp_path: Path) -> None:
    rows = np.array([[1, 2, 3, 0, 0], [4, 5, 0, 0, 0], [1, 0, 2, 0, 0], [0, 0, 0, 0, 0]])
    model = _masked()
    made = zoo.export(model, format, tmp_path / FILES[format], rows={"text": rows})
    assert made.difference <= 1e-5
    assert made.lengths == (5, 12)
    for layer in model._flatten_layers():
        assert "inner_loop" not in vars(layer), "the model is as it was"
        if isinstance(layer, keras.layers.LSTM | keras.layers.GRU):
            assert layer.use_cudnn == "auto"


@slow
def test_stacked_cells_and_attention_in_litert(tmp_path: Path) -> None:
    steps = keras.Input((None, 4), name="steps")
    cells = [layers.LSTMCell(3), layers.SimpleRNNCell(5)]
    x = layers.RNN(cells, return_sequences=True, name="cells")(steps)
    x = layers.MultiHeadAttention(2, 3, name="attention")(x, x)
    model = keras.Model(steps, layers.Dense(2, name="out")(x), name="cells")
    made = zoo.export(model, "litert", tmp_path / "model.tflite")
    assert made.difference <= 1e-5
    assert made.lengths == (16, 23)


def _dicts() -> Any:
    first = keras.Input((4,), dtype="int64", name="first")
    second = keras.Input((2,), name="second")
    looked_up = layers.Flatten(name="flat")(layers.Embedding(10, 4, name="table")(first))
    outputs = {
        "z": layers.Dense(1, name="one")(looked_up),
        "a": layers.Dense(2, name="two")(second),
    }
    return keras.Model({"first": first, "second": second}, outputs, name="dicts")


@pytest.mark.parametrize("format", list(FILES))
def test_dict_outputs_keep_their_keys(format: str, tmp_path: Path) -> None:
    made = zoo.export(_dicts(), format, tmp_path / FILES[format])
    again = exporter.load(made.path)
    assert again.inputs == {"first": "int64", "second": "float32"}
    assert set(again.outputs) == {"a", "z"}


@keras.saving.register_keras_serializable(package="zoo-tests")
class _Bessel(keras.layers.Layer):
    """An operation that TensorFlow alone has."""

    def call(self, inputs: Any) -> Any:
        return tf.math.bessel_i0e(inputs)


@pytest.mark.parametrize(
    ("format", "complaint"),
    [
        ("litert", "odd as litert: LiteRT has no built-in operation for BesselI0e"),
        ("onnx", "odd as onnx: ONNX has no operation for BesselI0e of layer odd_one"),
    ],
)
def test_what_a_format_cannot_express(
    format: str, complaint: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    number = keras.Input((4,), name="number")
    model = keras.Model(number, _Bessel(name="odd_one")(number), name="odd")
    capfd.readouterr()
    with pytest.raises(ExportError) as told:
        zoo.export(model, format, tmp_path / FILES[format])
    assert str(told.value) == complaint
    assert capfd.readouterr().err == "", "one line, and not the converter's pages"
    assert list(tmp_path.iterdir()) == []


def test_ids_of_text_alone_are_no_model_without_text(tmp_path: Path) -> None:
    words = keras.Input((1,), dtype="string", name="words")
    ids = layers.StringLookup(vocabulary=["a", "b"], name="ids")(words)
    model = keras.Model(words, ids, name="texts")
    rows = {"words": np.array([["a"], ["b"], ["c"]], dtype=object)}
    made = zoo.export(model, "savedmodel", tmp_path / "saved", rows=rows)
    assert exporter.load(made.path).run(rows)["ids"].ravel().tolist() == [1, 2, 0]
    with pytest.raises(ExportError, match="texts gives back the ids of its text"):
        zoo.export(model, "litert", tmp_path / "model.tflite", rows=rows)
    with pytest.raises(ExportError, match="rows of string for input words; pass"):
        zoo.export(model, "keras", tmp_path / "model.keras")


class _Subclassed(keras.Model):
    def call(self, inputs: Any) -> Any:
        return inputs


def test_refused_models_and_places(tmp_path: Path) -> None:
    model = tiny("mlp")
    number = keras.Input((2,), name="in")
    keyword = keras.Model(number, layers.Dense(1, name="out")(number), name="keyword")
    used = tmp_path / "used"
    used.mkdir()
    (used / "notes.txt").write_text("mine")
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").touch()
    cases: list[tuple[Any, str, Path | None, str]] = [
        (_Subclassed(name="sub"), "onnx", tmp_path / "m.onnx", "has no named inputs"),
        (3, "onnx", tmp_path / "m.onnx", "takes a Keras model or a run, not int"),
        (model, "onnx", None, "give a path to export a model"),
        (model, "onnx", tmp_path / "m.tflite", "must end in .onnx, not 'm.tflite'"),
        (model, "savedmodel", used, "is not a SavedModel"),
        (model, "savedmodel", used / "notes.txt", "is not a SavedModel"),
        (model, "keras", run / "model.keras", "is the model of a run; choose another path"),
        (keyword, "savedmodel", tmp_path / "kw", "must be a Python identifier, not 'in'"),
    ]
    for given, format, path, complaint in cases:
        with pytest.raises(ExportError, match=complaint.replace("(", r"\(")):
            zoo.export(given, format, path)
    with pytest.raises(ExportError, match="no rows for input features; rows were given for x"):
        zoo.export(model, "keras", tmp_path / "m.keras", rows={"x": np.zeros((2, 10))})
    assert (used / "notes.txt").read_text() == "mine"
    with pytest.raises(ExportError, match="is not a file or folder written by"):
        exporter.load(used / "notes.txt")


def test_a_savedmodel_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "saved"
    zoo.export(tiny("mlp"), "savedmodel", path)
    (path / "stale").write_text("from the one before")
    zoo.export(tiny("mlp"), "savedmodel", path)
    assert not (path / "stale").exists()

    def interrupted() -> None:
        with replacing_folder(path) as partial:
            partial.mkdir()
            (partial / "half").write_text("written")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (path / "saved_model.pb").is_file()
    assert {each.name for each in tmp_path.iterdir()} == {"saved", "signature.json"}


def test_onnx_axes_have_names_or_sizes(tmp_path: Path) -> None:
    import onnx

    zoo.export(tiny("novel"), "onnx", tmp_path / "model.onnx")
    graph = onnx.load(str(tmp_path / "model.onnx")).graph
    (text,) = graph.input
    assert [axis.dim_param for axis in text.type.tensor_type.shape.dim] == ["batch", "text_1"]
    shapes = {
        value.name: [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in graph.output
    }
    assert shapes == {"genre": ["batch", 3], "date": ["batch", 1]}


def test_the_check_sees_what_is_not_finite() -> None:
    model = tiny("mlp")
    rows = verify.made_up_rows(model, 2)
    (port,) = serving.outputs_of(model)

    def broken(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {port: np.full((len(inputs["features"]), 1), np.nan, np.float32)}

    artifact = Artifact("a runtime", {"features": "float32"}, (port,), broken)
    with pytest.raises(ExportError, match="differs from Keras by inf"):
        verify.check(model, artifact, rows, 1e-4)
    renamed = Artifact("a runtime", {"x": "float32"}, (port,), broken)
    with pytest.raises(ExportError, match=r"inputs \{'x': 'float32'\}, not \{'fea"):
        verify.check(model, renamed, rows, 1e-4)
