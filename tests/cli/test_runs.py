"""`zoo runs`: the list, the order, the comparison, and folders that are damaged."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

import zoo
from zoo.cli.root import cli, run
from zoo.core.errors import TrainingError
from zoo.experiments import runs
from zoo.experiments.record import DataRecord, RunRecord


def written(
    logdir: Path, recipe: str, name: str, score: float | None = None, **changes: object
) -> Path:
    """A run folder with nothing but a record."""
    held = zoo.recipe(recipe)
    if overrides := changes.pop("overrides", None):
        held = held.override(overrides)  # pyright: ignore[reportArgumentType]
    metric = next(iter(next(iter(held.expect.values()))))
    record = RunRecord(
        status="running" if score is None else "finished",
        command="none",
        recipe=held,
        seed=0,
        data=DataRecord(held.dataset, next(iter(held.expect)), "0" * 64, {}, {}, {}),
        engine="fit",
        parameters=1,
        epochs_run=3,
        metrics={} if score is None else {"test": {"loss": 9.0, metric: score}},
        seconds={} if score is None else {"total": 10 * score},
    )
    folder = logdir / recipe / name
    folder.mkdir(parents=True)
    dataclasses.replace(record, **changes).write(folder)
    return folder


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    written(tmp_path, "basketball", "20260101-000000-seed0", 8.9)
    written(tmp_path, "basketball", "20260102-000000-seed0", 8.5, overrides={"epochs": 5})
    written(tmp_path, "basketball", "20260105-000000-seed0")
    written(tmp_path, "digit_mlp", "20260103-000000-seed0", 0.7)
    written(tmp_path, "digit_mlp", "20260104-000000-seed0", 0.8, seed=4)
    return tmp_path


def listed(capsys: pytest.CaptureFixture[str], logdir: Path, *words: str) -> list[str]:
    assert run(cli, ["runs", "--logdir", str(logdir), *words]) == 0
    return capsys.readouterr().out.splitlines()


def days(lines: list[str]) -> str:
    return "".join(line.partition("/2026010")[2][:1] for line in lines)


def test_best_first_within_a_recipe(capsys: pytest.CaptureFixture[str], logdir: Path) -> None:
    header, *lines = listed(capsys, logdir)
    assert header.split() == ["run", "data", "status", "epochs", "seconds", "test", "score"]
    assert days(lines) == "21543", "errors low, accuracies high, without a score last"
    assert lines[0].split() == [
        "basketball/20260102-000000-seed0", "league", "finished", "3", "85", "mae", "8.5000",
    ]  # fmt: skip
    assert lines[2].split() == ["basketball/20260105-000000-seed0", "league", "running", "3"]


@pytest.mark.parametrize(
    ("by", "order"), [("newest", "54321"), ("seconds", "34215"), ("best", "21543")]
)
def test_orders(capsys: pytest.CaptureFixture[str], logdir: Path, by: str, order: str) -> None:
    found = days(listed(capsys, logdir, "--sort", by)[1:])
    assert found == order


def test_patterns_and_json(capsys: pytest.CaptureFixture[str], logdir: Path) -> None:
    assert days(listed(capsys, logdir, "digit*")[1:]) == "43"
    assert days(listed(capsys, logdir, "basketball")[1:]) == "215"
    assert days(listed(capsys, logdir, "*/20260103*")[1:]) == "3"
    assert days(listed(capsys, logdir, "latest")[1:]) == "5"
    assert days(listed(capsys, logdir, "digit_mlp/20260103-000000-seed0")[1:]) == "3"
    content = json.loads("\n".join(listed(capsys, logdir, "digit_mlp", "--json")))
    assert [each["value"] for each in content] == [0.8, 0.7]
    assert content[0]["metrics"]["test"]["loss"] == 9.0
    assert run(cli, ["runs", "--logdir", str(logdir), "digit_mpl"]) == 1
    assert "did you mean digit_mlp" in capsys.readouterr().err
    assert run(cli, ["runs", "--logdir", str(logdir), "digt*"]) == 1
    assert "no run matches 'digt*'; did you mean digit_mlp" in capsys.readouterr().err
    assert run(cli, ["runs", "--logdir", str(logdir / "none")]) == 1
    assert "there is no folder" in capsys.readouterr().err
    (logdir / "empty").mkdir()
    assert listed(capsys, logdir / "empty") == []


def test_comparison_shows_what_differs(capsys: pytest.CaptureFixture[str], logdir: Path) -> None:
    both = [f"basketball/2026010{day}-000000-seed0" for day in (1, 2)]
    lines = listed(capsys, logdir, *both)
    assert lines[:2] == [f"A  {both[0]}", f"B  {both[1]}"]
    text = [line.split() for line in lines[3:]]
    assert text == [
        ["what", "differs", "A", "B"],
        ["epochs", "8", "5"],
        [],
        ["scores", "A", "B"],
        ["test", "loss", "9.0000", "9.0000"],
        ["test", "mae", "8.9000", "8.5000"],
    ]
    lines = listed(capsys, logdir, "digit_mlp", "--compare")
    assert ["seed", "4", "0"] in [line.split() for line in lines]
    content = json.loads("\n".join(listed(capsys, logdir, *both, "--json")))
    assert content["differences"]["epochs"] == {both[0]: "8", both[1]: "5"}
    assert listed(capsys, logdir, "basketball", "digit_mlp")[0] == (
        "A  basketball/20260105-000000-seed0"
    )


def test_damaged_folders_are_listed_as_such(
    capsys: pytest.CaptureFixture[str], logdir: Path
) -> None:
    (logdir / "digit_mlp" / "20260104-000000-seed0" / "run.json").write_text("{")
    lines = listed(capsys, logdir, "digit_mlp")[1:]
    assert days(lines) == "34"
    assert "damaged" in lines[1]
    assert "Expecting property name" in lines[1]
    assert "damaged" in listed(capsys, logdir, "digit_mlp", "--compare")[1]
    assert runs.find("digit_mlp", logdir).name == "20260103-000000-seed0"


def test_latest_is_the_newest_finished_run_of_all(logdir: Path) -> None:
    assert runs.find("latest", logdir).name == "20260104-000000-seed0"
    assert runs.find("latest", logdir, finished=False).name == "20260105-000000-seed0"
    with pytest.raises(TrainingError, match=r"no finished run in .*; train one with"):
        runs.find("latest", logdir / "none")


def test_a_loss_that_repeats_a_metric_is_shown_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names, by_mae = [], {"loss.score_diff": "mae"}
    for day, score in ((1, 8.0), (2, 9.0)):
        metrics = {"test": {"loss": score, "mae": score}}
        name = f"2026010{day}-000000-seed0"
        written(tmp_path, "basketball", name, score, metrics=metrics, overrides=by_mae)
        names.append(f"basketball/{name}")
    text = [line.split() for line in listed(capsys, tmp_path, *names)]
    assert ["test", "mae", "8.0000", "9.0000"] in text
    assert all("loss" not in line for line in text), text
    other = {"test": {"loss": 9.5, "mae": 8.0}}  # with penalties
    third = "20260103-000000-seed0"
    written(tmp_path, "basketball", third, 8.0, metrics=other, overrides=by_mae)
    text = [line.split() for line in listed(capsys, tmp_path, "basketball", "--compare")]
    assert ["test", "loss", "9.5000", "8.0000", "9.0000"] in text


LONG = "20260101-000000-seed0-data=memory-n_features_b=4-n_features_a=3-epochs=2"


def test_long_names_fit_a_terminal_and_find_their_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    written(tmp_path, "basketball", LONG, 8.9)
    assert listed(capsys, tmp_path)[1].startswith(f"basketball/{LONG}  "), "a pipe has it whole"
    monkeypatch.setenv("COLUMNS", "90")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    header, line = listed(capsys, tmp_path)
    assert len(header) <= len(line) == 90
    short = line.split()[0]
    assert short.startswith("basketball/20260101-000000*")
    assert short.endswith("epochs=2")
    assert len(listed(capsys, tmp_path, short)) == 2
    monkeypatch.setenv("COLUMNS", "20")
    assert listed(capsys, tmp_path)[1].split()[0] == "basketball/20260101-000000*2"
