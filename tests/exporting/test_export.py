"""Trained models in other runtimes' formats: the same numbers there, or one line that says why."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import QUICK_RUN, example_inputs, fed, length_for, tiny
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import zoo
from zoo._keras import keras, tf
from zoo.cli.root import cli
from zoo.cli.root import run as call
from zoo.core.console import Reporter
from zoo.core.errors import TrainingError, UnknownNameError
from zoo.experiments.runs import Run
from zoo.exporting import exporter, onnx_file, serving, verify
from zoo.exporting.formats import FORMATS, Artifact, ExportError, Format
from zoo.training.compile import compile_model

layers: Any = keras.layers
QUICK = ("score_and_win",)  # two outputs
TRAINABLE = [name for name in zoo.list_models() if zoo.spec(name).recipe]
ROWS = 8
FILES = {name: FORMATS.get(name).file for name in FORMATS.names()}
slow = pytest.mark.slow


def _targets(model: Any, recipe: zoo.Recipe, length: int) -> dict[str, np.ndarray]:
    """0 or 1 for every output, as its loss wants it."""
    rng = np.random.default_rng(0)
    targets = {}
    for name, tensor in serving.outputs_of(model).items():
        shape = (ROWS, *(size or length for size in tensor.shape[1:]))
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
@pytest.mark.usefixtures("forget_models")
def test_train_tensorboard_export_reload(name: str, tmp_path: Path) -> None:
    """An epoch of training with TensorBoard, then every format, reloaded from its file."""
    recipe = zoo.recipe(str(zoo.spec(name).recipe))
    keras.utils.set_random_seed(0)
    model = tiny(name)
    rows = example_inputs(model, ROWS, length=length_for(name))
    before = [np.array(weight) for weight in model.trainable_weights]
    compile_model(model, recipe, 2)
    board = zoo.TensorBoard(tmp_path / "run")
    targets = _targets(model, recipe, length_for(name))
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
    return zoo.fit("seed_difference", logdir=logdir, epochs=1, baseline="", **QUICK_RUN)


def _call(
    capsys: pytest.CaptureFixture[str], run: Run, *words: str
) -> tuple[int, list[str], list[str]]:
    capsys.readouterr()
    logdir = str(run.folder.parent.parent)
    status = call(cli, ["export", "seed_difference", "--logdir", logdir, *words])
    out, err = capsys.readouterr()
    return status, out.splitlines(), err.splitlines()


@pytest.mark.slow
def test_command_writes_several_formats(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--format", "keras", "--format", "onnx", "--to", str(tmp_path)]
    status, out, err = _call(capsys, run, *words)
    assert status == 0
    assert [line.partition(": ")[0] for line in err] == ["run"], "which run the name meant"
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
    (given,), (made,) = entry["inputs"], entry["outputs"]
    (column,), (answer,) = given.pop("columns"), made.pop("answers")
    assert given == {"name": "seed_diff", **kind, "unit": "seeds"}
    assert made == {"name": "score_diff", **kind, "unit": "points"}
    assert (column["name"], column["kind"], column["shape"]) == ("seed_diff", "number", [1])
    assert (answer["name"], answer["scale"], answer["classes"]) == ("score_diff", 1, [])
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
    said, line = err
    assert said.startswith("run: ")
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
    recipe = run.record.recipe.override({"dataset_options": {}})
    elsewhere = dataclasses.replace(run.record, data=data, recipe=recipe)
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
