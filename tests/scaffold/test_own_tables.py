"""`zoo new --target`: from tables of many kinds to a prediction, nothing edited in between."""

from __future__ import annotations

import csv
import inspect
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from own_tables import CASES, ROWS, table, write_pictures
from project_helpers import install, mistake, plug_in, write_csv
from support import asked_to_stop_in_the_third_epoch, checksum, history

import zoo
from zoo._keras import keras
from zoo.cli.root import cli, run
from zoo.core.columns import read_columns
from zoo.core.console import Reporter
from zoo.core.errors import StoppedEarly
from zoo.data.csv import read_csv
from zoo.data.learned import standardized
from zoo.data.tabular import read_description
from zoo.experiments.predict import predict_one, predict_table
from zoo.scaffold.project import create, propose
from zoo.scaffold.wanted import Wanted

SILENT: dict[str, Any] = {"reporter": Reporter(silent=True)}


def wanted(name: str, folder: Path) -> Wanted:
    case = CASES[name]
    return Wanted(folder / f"own_{name}", case.source, table(name, folder), **case.options)


def project(name: str, plugged: Path, folder: Path) -> tuple[str, Path]:
    """A project from the table of a case, plugged in: its package and its table."""
    package, path = f"own_{name}", table(name, folder)
    create(folder / package, CASES[name].source, table=path, **CASES[name].options)
    install(plugged, package, folder / package)
    plug_in()
    return package, path


@pytest.mark.parametrize("name", CASES)
def test_columns_go_where_they_belong(name: str, tmp_path: Path) -> None:
    plan = propose(wanted(name, tmp_path)).plan
    assert plan
    inputs = {key: field.kind for key, field in plan.fields.items() if not field.target}
    assert inputs == CASES[name].kinds
    targets = [field.columns[0] for field in plan.fields.values() if field.target]
    assert targets == CASES[name].options["targets"]
    assert not (tmp_path / f"own_{name}").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_from_a_table_to_a_prediction(name: str, plugged: Path, tmp_path: Path) -> None:
    """Seconds for each: new, train, predict, evaluate, and the project's own tests."""
    package, path = project(name, plugged, tmp_path)
    logs = tmp_path / "logs"
    made = zoo.fit(package, epochs=2, logdir=logs, **SILENT)
    assert made.record.baseline_name == "gradient boosting"
    assert set(made.baseline["test"]) >= {key for key in made.metrics["test"] if "mae" in key}
    assert set(made.metrics) == {"train", "validation", "test"}
    losses = [float(row["loss"]) for row in history(made)]
    assert losses[1] < losses[0]

    text = predict_table(made.folder, path, None, logdir=logs)
    assert len(text.splitlines()) == ROWS + 1
    again = keras.models.load_model(made.folder / "model.keras", safe_mode=True)
    assert checksum(again) == checksum(made.model)

    ruff = shutil.which("ruff")
    if ruff:
        subprocess.run([ruff, "check", "-q", tmp_path / package], check=True)
        subprocess.run([ruff, "format", "-q", "--check", tmp_path / package], check=True)
    tests = runpy.run_path(str(tmp_path / package / "tests" / f"test_{package}.py"))
    for test in [test for key, test in tests.items() if key.startswith("test_")]:
        takes_path = "tmp_path" in inspect.signature(test).parameters
        test(*([tmp_path] if takes_path else []))


@pytest.mark.slow
def test_one_row_is_predicted_as_the_table_was(plugged: Path, tmp_path: Path) -> None:
    package, path = project("passengers", plugged, tmp_path)
    logs = tmp_path / "logs"
    made = zoo.fit(package, epochs=1, logdir=logs, **SILENT)
    rows = list(csv.DictReader(predict_table(made.folder, path, None, logdir=logs).splitlines()))
    row = rows[5]  # without an age
    assert row["Age"] == ""
    given = {"name": row["Name"], "sex": row["Sex"], "embarked": row["Embarked"]}
    answer = zoo.predict(made.folder, logdir=logs, **given)
    for key, value in answer.items():
        told = row[f"pred_{key}"]
        assert told == value or float(told) == pytest.approx(float(value), abs=1e-5)
    assert zoo.predict(made.folder, logdir=logs, **{**given, "sex": "other"}) != answer
    assert set(answer) == {"survived", "survived_probability"}
    told = predict_one(made.folder, given, logdir=logs)["survived"]
    assert re.fullmatch(r"1 0\.\d\d, 0 0\.\d\d|0 0\.\d\d, 1 0\.\d\d", told)


@pytest.mark.slow
def test_a_run_goes_on_with_what_it_had_learned(plugged: Path, tmp_path: Path) -> None:
    """Bit for bit, with the scaling and the words; so does an ensemble's member."""
    package, _ = project("penguins", plugged, tmp_path)
    whole = zoo.fit(package, epochs=4, logdir=tmp_path / "whole", **SILENT)
    with asked_to_stop_in_the_third_epoch(), pytest.raises(StoppedEarly):
        zoo.fit(package, epochs=4, logdir=tmp_path / "parts", **SILENT)
    resumed = zoo.resume(package, logdir=tmp_path / "parts", **SILENT)
    assert checksum(resumed.model) == checksum(whole.model)
    configs = [run.model.get_config()["layers"] for run in (resumed, whole)]
    assert json.dumps(configs[0], default=str) == json.dumps(configs[1], default=str)
    joint = zoo.ensemble(package, members=2, epochs=2, logdir=tmp_path / "whole", **SILENT)
    assert set(joint.metrics["test"]) == set(whole.metrics["test"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["passengers", "weather", "penguins", "houses"])
def test_every_export_takes_raw_columns(name: str, plugged: Path, tmp_path: Path) -> None:
    """Each file is run in its own runtime by `zoo.export`; ids only where it cannot look up."""
    pytest.importorskip("onnxruntime")
    pytest.importorskip("tf2onnx")
    package, _ = project(name, plugged, tmp_path)
    made = zoo.fit(package, epochs=1, logdir=tmp_path / "logs", **SILENT)
    kinds = CASES[name].kinds
    for format, looked_up in (
        ("keras", ("category", "text")),
        ("savedmodel", ("category", "text")),
        ("onnx", ("category",)),
        ("litert", ()),
    ):
        exported = zoo.export(made, format)
        assert exported.rows == "test"
        ids = {
            key
            for key, kind in kinds.items()
            if kind in ("category", "text") and kind not in looked_up
        }
        assert set(exported.ids) == ids
        signature = json.loads((exported.path.parent / "signature.json").read_text())
        inputs = {each["name"]: each for each in signature[exported.path.name]["inputs"]}
        assert set(inputs) == set(kinds)
        for key in ids:
            column = next(each for each in read_columns_of(tmp_path, package) if each.name == key)
            assert set(column.words) <= set(inputs[key]["words"])


def read_columns_of(folder: Path, package: str) -> Any:
    return read_columns(folder / package / package / "table" / "columns.json")


def test_text_is_split_as_keras_splits_it() -> None:
    texts = ['Ünder ÉTÉ: it\'s "so-so"!', "a\tb\nc  d", "(x) [y] {z} ~#`", "", "Ab1 2.5"]
    layer = keras.layers.TextVectorization(standardize="lower_and_strip_punctuation")
    layer.adapt(texts)
    words = {word for text in texts for word in standardized(text)}
    assert words == set(layer.get_vocabulary()) - {"", "[UNK]"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--target", "Survivd"], "no column 'Survivd'; the nearest is 'Survived'"),
        (["--target", "Name"], "too many classes"),
        (["--target", "Survived", "--kind", "Sex=number"], "column 'Sex': '"),
        (["--target", "Survived", "--kind", "Sex=word"], "unknown kind of column 'word'"),
        (["--target", "Survived", "--drop", "Survived"], "another option uses"),
        (["--target", "Survived", "--group", "Sex", "--time", "Age"], "cannot both decide"),
        (["--target", "Survived", "--group", "Sex"], "2 groups are too few for three splits"),
        (["--target", "Survived", "--time", "Sex"], "is not a number"),
        (["--target", "Survived", "--columns", "b=Sex"], "unknown input of mlp 'b'"),
        (["--drop", "Sex"], "--drop needs --target COLUMN"),
        ([], "say what to predict: zoo new"),
    ],
)
def test_refusals_say_what_to_do(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table("passengers", tmp_path)
    call = (str(tmp_path / "own_x"), "--from", "mlp", "--csv", str(path), *options)
    assert message in mistake(capsys, *call)
    assert not (tmp_path / "own_x").exists()


def test_which_columns_of_two_inputs_is_asked_with_a_command_that_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table("branches", tmp_path)
    call = (str(tmp_path / "own_x"), "--from", "two_branch_add", "--csv", str(path))
    told = mistake(capsys, *call, "--target", "both")
    command = told.partition("for example: ")[2].split()
    assert command[:2] == ["zoo", "new"]
    assert run(cli, [*command[1:], "--dry-run"]) == 0
    assert "input a" in capsys.readouterr().err


def test_a_model_of_series_takes_columns_side_by_side(tmp_path: Path) -> None:
    """And leaves the row number out."""
    made = propose(Wanted(tmp_path / "own_x", "rnn", table("wines", tmp_path), targets=["kind"]))
    assert made.plan is None
    assert dict(made.columns) == {"label": ("kind",), "sequence": ("alcohol", "ash")}
    rows: list[list[object]] = [["id", "a", "b", "label"]]
    path = write_csv(
        tmp_path / "t.csv", [*rows, *([at, at % 7, at % 5, at % 2] for at in range(20))]
    )
    made = propose(Wanted(tmp_path / "own_x", "rnn", path))
    assert made.columns["sequence"] == ("a", "b")


def test_another_separator_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a|b|y\n" + "1|2|0\n" * 20)
    call = (str(tmp_path / "own_x"), "--from", "mlp", "--csv", str(path), "--target", "y")
    assert "the cells seem to be separated by '|', not by commas" in mistake(capsys, *call)


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_table_of_another_program_is_read(
    mark: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a byte-order mark and decimal commas, as spreadsheets write it in much of Europe."""
    rows = [
        f"{at % 7},{at % 9}{mark}Bonn, West{mark}{'no' if at % 3 else 'yes'}" for at in range(40)
    ]
    path, folder = tmp_path / "t.csv", tmp_path / "own_x"
    text = "\r\n".join([f"size{mark}place{mark}y", *rows])
    path.write_text(text, encoding="utf-8-sig", newline="")
    call = ["new", str(folder), "--from", "mlp", "--csv", str(path), "--target", "y"]
    assert run(cli, call) == 0
    told = capsys.readouterr().err
    assert f"note: t.csv: cells separated by {name}" in told
    assert re.search(r"size +number +\d+ +- +0\.0", told)
    inside = folder / "own_x" / "table"
    assert list(read_description(inside / "table.toml").fields) == ["size", "y"]
    assert read_csv(inside / "table.csv").numbers("size")[8] == 1.8


def test_a_text_model_without_text_names_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table("wines", tmp_path)
    call = (str(tmp_path / "own_x"), "--from", "lstm_classifier", "--csv", str(path))
    told = mistake(capsys, *call, "--target", "kind")
    assert "no column of text for input 'text'" in told
    assert f"zoo new {tmp_path / 'own_x'} --from mlp --csv {path} --target kind" in told


def test_refusals_load_no_tensorflow(tmp_path: Path) -> None:
    """They answer in a second or two."""
    path = table("passengers", tmp_path)
    calls = [
        ["--from", "mlp", "--csv", str(path), "--target", "Survivd"],
        ["--from", "mlp", "--csv", str(path)],
        ["--from", "two_branch_add", "--csv", str(path), "--target", "Survived"],
        ["--from", "vgg_like", "--csv", str(path), "--target", "Survived"],
        ["--from", "rnn", "--csv", str(path), "--target", "Survived", "--group", "Sex"],
        ["--from", "basketball", "--csv", str(path), "--target", "Survived"],
        ["--from", "mlp", "--csv", str(path), "--target", "Survived", "--set", "hiden=3"],
    ]
    program = (
        "import sys\nfrom zoo.cli.root import cli, run\n"
        f"for call in {calls!r}:\n"
        "    assert run(cli, ['new', 'own_x', *call]) != 0, call\n"
        "    assert 'tensorflow' not in sys.modules, call\n"
        f"assert run(cli, ['new', 'own_x', *{calls[0][:-1]!r}, 'Survived', '--dry-run']) == 0\n"
        "assert 'tensorflow' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_pictures_are_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, folder = table("pictures", tmp_path), tmp_path / "own_x"
    call = ["new", str(folder), "--from", "shared_input", "--csv", str(path), "--target", "shape"]
    assert run(cli, call) == 0
    printed = capsys.readouterr()
    *files, last = printed.out.splitlines()
    assert last == f"and {ROWS} pictures in {folder / 'own_x' / 'table' / 'png'}"
    assert all(Path(name).is_file() and not name.endswith(".png") for name in files)
    assert "gray, 32 x 32" in printed.err
    assert "have color" not in printed.err


def test_color_that_a_model_leaves_out_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table("pictures", tmp_path)
    shutil.rmtree(tmp_path / "png")
    write_pictures(tmp_path, color=True)

    def told(*options: str) -> str:
        named = [] if "--target" in options else ["--csv", str(path), "--target", "shape"]
        assert run(cli, ["new", str(tmp_path / "own_x"), *named, *options, "--dry-run"]) == 0
        return capsys.readouterr().err

    note = told("--from", "cnn").partition("note: ")[2]
    assert "'picture' have color, but cnn reads them in gray" in note
    command, _, models = note.partition("in color: ")[2].partition(", or --from ")
    assert "color, 32 x 32" in told(*shlex.split(command)[3:])
    for name in models.strip().split(" or "):
        other = told("--from", name)
        assert "  color, " in other
        assert "note:" not in other
    assert "note:" not in told("--from", "two_resolution")


def test_pictures_stay_below_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "inside").mkdir()
    for cell, why in (
        ("../secret.png", "is not below the folder of the table"),
        (str(tmp_path / "secret.png"), "is not below the folder of the table"),
        ("missing.png", "there is no file 'missing.png'"),
    ):
        cells = [cell, *(f"{at}.png" for at in range(20))]
        rows: list[list[object]] = [["picture", "kind"]]
        rows += [[each, at % 2] for at, each in enumerate(cells)]
        path = write_csv(tmp_path / "inside" / "t.csv", rows)
        (tmp_path / "secret.png").touch()
        call = (str(tmp_path / "own_x"), "--from", "cnn", "--csv", str(path), "--target", "kind")
        assert why in mistake(capsys, *call)


def test_no_cell_of_a_table_becomes_code(tmp_path: Path) -> None:
    """Titles and words are in the files of data alone; what is left of them are safe names."""
    rows: list[list[object]] = [["__import__('os')", 'x"""', "class", "$y"]]
    rows += [
        [f'{"ab"[at % 2]}"); boom(', at % 7, at % 5, ["no\\", "yes"][at % 2]] for at in range(40)
    ]
    path = write_csv(tmp_path / "odd.csv", rows)
    create(tmp_path / "own_odd", "mlp", table=path, targets=["$y"])
    code = (tmp_path / "own_odd" / "own_odd" / "model.py").read_text()
    assert "import__" not in code
    assert "boom" not in code
    described = read_description(tmp_path / "own_odd" / "own_odd" / "table" / "table.toml")
    assert list(described.fields) == ["import_os", "x", "class_", "y"]
