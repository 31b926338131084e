"""Trained models in other runtimes' formats: the same numbers there, or one line that says why."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from examples import example_inputs, fed, length_for, tiny
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import zoo
from zoo._keras import keras, tf
from zoo.cli.root import cli
from zoo.cli.root import run as call
from zoo.core.console import Reporter
from zoo.core.errors import TrainingError, UnknownNameError
from zoo.core.files import replacing_folder
from zoo.experiments.runs import Run
from zoo.exporting import exporter, onnx_file, serving, verify
from zoo.exporting.formats import FORMATS, Artifact, ExportError, Format
from zoo.training.compile import compile_model

layers: Any = keras.layers
QUICK = ("basketball", "score_and_win", "novel")  # shared model, two outputs, variable length
TRAINABLE = [name for name in zoo.list_models() if zoo.spec(name).recipe]
ROWS = 8
FILES = {name: FORMATS.get(name).file for name in FORMATS.names()}
slow = pytest.mark.slow


def _targets(model: Any, recipe: zoo.Recipe) -> dict[str, np.ndarray]:
    """0 or 1 for every output, as its loss wants it."""
    rng = np.random.default_rng(0)
    targets = {}
    for name, tensor in serving.outputs_of(model).items():
        shape = (ROWS, *(size or 1 for size in tensor.shape[1:]))
        if recipe.loss[name].startswith("sparse"):
            shape = (*shape[:-1], 1)
        targets[name] = rng.integers(0, 2, shape).astype(np.float32)
    return targets


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICK else slow)
        for name in sorted(TRAINABLE, key=lambda name: name not in QUICK)
    ],
)
def test_train_tensorboard_export_reload(name: str, tmp_path: Path) -> None:
    """An epoch of training with TensorBoard, then every format, reloaded from its file."""
    recipe = zoo.recipe(str(zoo.spec(name).recipe))
    keras.utils.set_random_seed(0)
    model = tiny(name)
    rows = example_inputs(model, ROWS, length=length_for(name))
    before = [np.array(weight) for weight in model.trainable_weights]
    compile_model(model, recipe, 2)
    board = zoo.TensorBoard(tmp_path / "run")
    targets = _targets(model, recipe)
    model.fit(fed(rows), fed(targets), batch_size=4, epochs=1, verbose=0, callbacks=[board])
    after = [np.array(weight) for weight in model.trainable_weights]
    assert any(not np.array_equal(*pair) for pair in zip(before, after, strict=True))

    events = EventAccumulator(str(tmp_path / "run" / "train")).Reload()
    tags = events.Tags()
    assert {"loss", "learning_rate"} <= set(tags["scalars"]) | set(tags["tensors"])

    expected = serving.predict(model, rows)
    for format, file in FILES.items():
        path = tmp_path / "export" / file
        made = zoo.export(model, format, path, rows=rows)
        assert made.difference <= 1e-4
        assert made.bytes > 0
        assert {1, ROWS} <= set(made.batches)
        varies = any(None in tensor.shape[1:] for tensor in model.inputs)
        assert len(made.lengths) == (2 if varies else 0)
        again = exporter.load(path)
        assert again.inputs == {key: str(array.dtype) for key, array in rows.items()}
        found = again.run({key: array[:5] for key, array in rows.items()})
        assert set(found) == set(serving.outputs_of(model))
        for port, values in found.items():
            np.testing.assert_allclose(values, expected[port][:5], atol=1e-4, err_msg=format)
    assert set(json.loads((tmp_path / "export" / "signature.json").read_text())) == set(
        FILES.values()
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    logdir = tmp_path_factory.mktemp("logs")
    silent = Reporter(silent=True)
    return zoo.fit(
        "seed_difference", data="league", logdir=logdir, reporter=silent, epochs=1, baseline=""
    )


def _call(
    capsys: pytest.CaptureFixture[str], run: Run, *words: str
) -> tuple[int, list[str], list[str]]:
    capsys.readouterr()
    logdir = str(run.folder.parent.parent)
    status = call(cli, ["export", "seed_difference", "--logdir", logdir, *words])
    out, err = capsys.readouterr()
    return status, out.splitlines(), err.splitlines()


def test_command_writes_several_formats(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--format", "keras", "--format", "onnx", "--to", str(tmp_path)]
    status, out, err = _call(capsys, run, *words)
    assert (status, err) == (0, [])
    assert [line.partition(":")[0] for line in out] == [
        str(tmp_path / "model.keras"),
        str(tmp_path / "model.onnx"),
    ]
    assert all("test rows, batches of 1, 32" in line for line in out)
    assert {path.name for path in tmp_path.iterdir()} == {
        "model.keras",
        "model.onnx",
        "signature.json",
    }


def test_signature_file_says_names_types_shapes_and_units(run: Run, tmp_path: Path) -> None:
    zoo.export(run, "keras", tmp_path / "model.keras")
    entry = json.loads((tmp_path / "signature.json").read_text())["model.keras"]
    kind = {"dtype": "float32", "shape": [None, 1]}
    assert entry["inputs"] == [{"name": "seed_diff", **kind, "unit": "seeds"}]
    assert entry["outputs"] == [{"name": "score_diff", **kind, "unit": "points"}]
    assert entry["run"] == f"seed_difference/{run.folder.name}"
    assert entry["check"]["rows"] == "test"


def test_signature_file_keeps_its_neighbors_and_forgets_what_is_gone(tmp_path: Path) -> None:
    for name in ("one.keras", "two.keras"):
        zoo.export(tiny("mlp"), "keras", tmp_path / name)
    entries = json.loads((tmp_path / "signature.json").read_text())
    assert list(entries) == ["one.keras", "two.keras"]
    (tmp_path / "one.keras").unlink()
    exporter.add_signature(tmp_path, "two.keras", {"format": "keras"})
    assert json.loads((tmp_path / "signature.json").read_text()) == {
        "two.keras": {"format": "keras"}
    }


def test_default_place_is_the_run_folder(run: Run) -> None:
    made = zoo.export(run.folder, "keras")
    assert made.path == run.folder / "export" / "model.keras"
    assert made.rows == "test"
    loaded = keras.models.load_model(made.path)
    assert [tensor.name for tensor in loaded.inputs] == ["seed_diff"]


def test_a_failed_check_is_one_line_and_keeps_what_was_there(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "model.onnx"
    kept.write_text("the one before")
    opened = onnx_file.open_

    def wrong(path: Path) -> Artifact:
        true = opened(path)
        return Artifact(
            true.runtime,
            true.inputs,
            true.outputs,
            lambda inputs: {name: values + 0.25 for name, values in true.run(inputs).items()},
        )

    monkeypatch.setitem(FORMATS._values, "onnx", Format("model.onnx", onnx_file.write, wrong))
    words = ["--format", "onnx", "--format", "keras", "--to", str(tmp_path)]
    status, out, err = _call(capsys, run, *words)
    assert status == 1
    assert len(out) == 1, "the other format is still written"
    (line,) = err
    assert line.startswith("error: onnxruntime ")
    assert "differs from Keras by 0.25 in score_diff" in line
    assert kept.read_text() == "the one before"
    assert {path.name for path in tmp_path.iterdir()} == {
        "model.onnx",
        "model.keras",
        "signature.json",
    }
    assert list(json.loads((tmp_path / "signature.json").read_text())) == ["model.keras"]


@slow
def test_a_stacked_run_takes_its_own_upstream(tmp_path: Path) -> None:
    silent = Reporter(silent=True)
    options: dict[str, Any] = {"data": "league", "logdir": tmp_path, "reporter": silent}
    stacked = zoo.fit("two_scores", epochs=1, baseline="", **options)
    assert exporter.rows_for(stacked)[0] == "test"
    (tmp_path / "basketball").rename(tmp_path / "gone")
    assert exporter.rows_for(stacked)[0] == "made up"


def test_unknown_run_and_format(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    status = call(cli, ["export", "no-such-run", "--format", "onnx"])
    assert status == 1
    assert capsys.readouterr().err.count("\n") == 1
    with pytest.raises(UnknownNameError, match="did you mean onnx"):
        zoo.export(run, "onxn")
    with pytest.raises(TrainingError):
        zoo.export("no-such-run", "onnx")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "tf2onnx.convert", None)
    with pytest.raises(ExportError, match=r"pip install 'functional-zoo\[export\]'"):
        zoo.export(tiny("mlp"), "onnx", tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_litert_without_its_package_uses_tensorflows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    made = zoo.export(tiny("mlp"), "litert", tmp_path / "model.tflite")
    assert made.runtime == f"LiteRT of TensorFlow {tf.__version__}"


def test_data_that_is_gone_gives_made_up_rows(run: Run) -> None:
    data = dataclasses.replace(run.record.data, source="ncaa")
    elsewhere = dataclasses.replace(run.record, data=data)
    split, rows = exporter.rows_for(Run(run.folder, run.model, elsewhere))
    assert split == "made up"
    assert {name: array.shape for name, array in rows.items()} == {"seed_diff": (verify.ROWS, 1)}


def test_a_keras_file_needs_nothing_of_the_zoo(tmp_path: Path) -> None:
    model = tiny("binary_mlp")
    compile_model(model, zoo.recipe("binary_mlp"), 1)  # with a metric that Keras does not know
    zoo.export(model, "keras", tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    assert not loaded.compiled
    assert loaded.name == "binary_mlp"
    assert model.compiled


@pytest.mark.parametrize("name", ["posts", "qa"])
def test_made_up_rows_are_long_enough(name: str) -> None:
    model = tiny(name)
    rows = verify.made_up_rows(model, 2)
    assert all(array.shape[0] == 2 for array in rows.values())
    for values in serving.predict(model, rows).values():
        assert np.abs(values).max() < 1e3  # the maximum of no steps is -3e38


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
        ("onnx", "odd as onnx: ONNX has no operation for BesselI0e"),
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


def test_text_goes_to_tensorflow_alone(tmp_path: Path) -> None:
    words = keras.Input((1,), dtype="string", name="words")
    ids = layers.StringLookup(vocabulary=["a", "b"], name="ids")(words)
    model = keras.Model(words, ids, name="texts")
    rows = {"words": np.array([["a"], ["b"], ["c"]], dtype=object)}
    made = zoo.export(model, "savedmodel", tmp_path / "saved", rows=rows)
    assert exporter.load(made.path).run(rows)["ids"].ravel().tolist() == [1, 2, 0]
    with pytest.raises(ExportError, match="LiteRT reads no text, such as words"):
        zoo.export(model, "litert", tmp_path / "model.tflite", rows=rows)
    with pytest.raises(ExportError, match="ONNX has no operation for LookupTable"):
        zoo.export(model, "onnx", tmp_path / "model.onnx", rows=rows)
    with pytest.raises(ExportError, match="input words is string: give rows"):
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
    cases: list[tuple[Any, str, Path | None, str]] = [
        (_Subclassed(name="sub"), "onnx", tmp_path / "m.onnx", "has no named inputs"),
        (3, "onnx", tmp_path / "m.onnx", "takes a Keras model or a run, not int"),
        (model, "onnx", None, "say where to write"),
        (model, "onnx", tmp_path / "m.tflite", "ends in .onnx, not 'm.tflite'"),
        (model, "savedmodel", used, "is not a SavedModel"),
        (model, "savedmodel", used / "notes.txt", "is not a SavedModel"),
        (keyword, "savedmodel", tmp_path / "kw", "an input must have a Python name, not 'in'"),
    ]
    for given, format, path, complaint in cases:
        with pytest.raises(ExportError, match=complaint.replace("(", r"\(")):
            zoo.export(given, format, path)
    with pytest.raises(ExportError, match="no rows for input features; there are x"):
        zoo.export(model, "keras", tmp_path / "m.keras", rows={"x": np.zeros((2, 10))})
    assert (used / "notes.txt").read_text() == "mine"
    with pytest.raises(ExportError, match="is not an artifact"):
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
