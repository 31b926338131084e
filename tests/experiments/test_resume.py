"""A run that was stopped and resumed ends as the one that never was, to the last bit."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zoo
from zoo._keras import tf
from zoo.core.console import Reporter
from zoo.core.errors import DataError, StoppedEarly, TrainingError
from zoo.experiments.reproduce import reproduce
from zoo.experiments.runs import Run
from zoo.training import callbacks, checkpoint, interrupt

SILENT = Reporter(silent=True)

# Every kind of state between them: dropout's random numbers, a schedule, stopping and halving.
SEASONS: dict[str, Any] = {"dataset_options.seasons": 4}
RECIPES: dict[str, dict[str, Any]] = {
    "basketball": SEASONS,
    "score_and_win": {"engine": "resident", "epochs": 12, **SEASONS},
    "seed_difference": {
        "schedule": "constant",
        "learning_rate": 1.0,
        "reduce_lr": 1,
        "early_stopping": 4,
        "epochs": 25,
        **SEASONS,
    },
}


def scalars(run: Run) -> dict[str, list[tuple[int, float]]]:
    """Split/tag -> steps and values in TensorBoard's files."""
    found: dict[str, list[tuple[int, float]]] = {}
    for split in ("train", "validation"):
        for path in sorted((run.folder / split).glob("events.*")):
            for event in tf.compat.v1.train.summary_iterator(str(path)):
                for value in event.summary.value:
                    if value.metadata.plugin_data.plugin_name == "scalars":
                        number = float(tf.make_ndarray(value.tensor))
                        found.setdefault(f"{split}/{value.tag}", []).append((event.step, number))
    return found


def assert_identical(resumed: Run, whole: Run) -> None:
    """Weights, optimizer, history, best checkpoint, metrics and TensorBoard's points."""
    for one, other in zip(resumed.model.weights, whole.model.weights, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy(), err_msg=one.path)
    points = [checkpoint.newest(run.folder / "checkpoints", print) for run in (resumed, whole)]
    assert points[0] is not None
    assert points[1] is not None
    assert points[0]["callbacks"] == points[1]["callbacks"]
    assert set(points[0]["arrays"]) == set(points[1]["arrays"])
    for key, array in points[0]["arrays"].items():
        np.testing.assert_array_equal(array, points[1]["arrays"][key], err_msg=key)
    histories = [(run.folder / "history.csv").read_bytes() for run in (resumed, whole)]
    assert histories[0] == histories[1]
    assert resumed.metrics == whole.metrics
    assert scalars(resumed) == scalars(whole)


@pytest.fixture(scope="module")
def whole_runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    logdir = tmp_path_factory.mktemp("whole")
    return {
        name: zoo.fit(name, data="league", logdir=logdir, reporter=SILENT, **changes)
        for name, changes in RECIPES.items()
    }


@pytest.mark.parametrize("name", RECIPES)
def test_a_stop_between_epochs(
    name: str, whole_runs: dict[str, Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask_in_third(self: interrupt.StopRequest, epoch: int, logs: Any = None) -> None:
        if epoch == 2:
            self.ask()

    with monkeypatch.context() as patched:
        patched.setattr(interrupt.StopRequest, "on_epoch_begin", ask_in_third)
        with pytest.raises(StoppedEarly, match=r"stopped after epoch 3 of .*zoo train --resume"):
            zoo.fit(name, data="league", logdir=tmp_path, reporter=SILENT, **RECIPES[name])
    (folder,) = (tmp_path / name).iterdir()
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["status"] == "interrupted"
    assert_identical(zoo.resume(folder, reporter=SILENT), whole_runs[name])


def test_a_damaged_resume_point_is_passed_over(
    whole_runs: dict[str, Run],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def ask_in_third(self: interrupt.StopRequest, epoch: int, logs: Any = None) -> None:
        if epoch == 2:
            self.ask()

    with monkeypatch.context() as patched:
        patched.setattr(interrupt.StopRequest, "on_epoch_begin", ask_in_third)
        patched.setattr(callbacks, "SHARE", 1.0)  # one after every epoch
        with pytest.raises(StoppedEarly):
            zoo.fit("basketball", data="league", logdir=tmp_path, reporter=SILENT, **SEASONS)
    (folder,) = (tmp_path / "basketball").iterdir()
    last = max(folder.glob("checkpoints/resume-*"))
    assert last.name.startswith("resume-000003-")
    content = bytearray(last.read_bytes())
    content[len(content) // 2] ^= 1
    last.write_bytes(bytes(content))
    assert_identical(zoo.resume(folder), whole_runs["basketball"])
    printed = capsys.readouterr().out
    assert f"warning: {last} is damaged; going back to the one before" in printed
    assert "going on after epoch 2 of 8" in printed


def test_resume_points_are_skipped_where_they_cost_too_much(
    whole_runs: dict[str, Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = []
    save = checkpoint.save

    def noting(folder: Path, epochs: int, *others: Any, **options: Any) -> Path:
        saved.append(epochs)
        return save(folder, epochs, *others, **options)

    monkeypatch.setattr(checkpoint, "save", noting)
    monkeypatch.setattr(callbacks, "SHARE", 0.0)
    run = zoo.fit("basketball", data="league", logdir=tmp_path, reporter=SILENT, **SEASONS)
    assert saved == [1, 8]
    (run.folder / "model.keras").unlink()
    last = max(run.folder.glob("checkpoints/resume-*"))
    assert last.name.startswith("resume-000008-")
    last.unlink()  # as if killed in the last epoch: seven epochs are run again
    replace(run.record, status="running").write(run.folder)
    assert_identical(zoo.resume(run.folder, reporter=SILENT), whole_runs["basketball"])


def test_what_cannot_be_resumed_is_told(
    whole_runs: dict[str, Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TrainingError, match="has finished; there is nothing to resume"):
        zoo.resume(whole_runs["basketball"].folder, reporter=SILENT)
    record = whole_runs["basketball"].record
    other = replace(record.data, fingerprint="0" * 64)
    replace(record, status="interrupted", data=other).write(tmp_path)
    with pytest.raises(DataError, match="is not the data that the run was trained on"):
        zoo.resume(tmp_path, reporter=SILENT)


def test_reproduce_says_identical_or_the_first_difference(
    whole_runs: dict[str, Run], tmp_path: Path
) -> None:
    run = whole_runs["score_and_win"]
    assert reproduce(run.folder, reporter=SILENT) == []
    for path in run.folder.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    versions = {**run.record.versions, "keras": "2.0"}
    replace(run.record, seed=1, versions=versions).write(tmp_path)
    differences = reproduce(tmp_path, reporter=SILENT)
    assert differences[0].startswith("versions: keras was 2.0, is 3.")
    assert any(line.startswith("history: epoch 1 was") for line in differences)
    assert any(line.startswith("weights: ") for line in differences)


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_kills_at_random_moments(name: str, whole_runs: dict[str, Run], tmp_path: Path) -> None:
    """SIGKILL seven times in each of three runs (21 in all), resumed each time. 90 s each."""
    rng = random.Random(name)
    changes = [f"--set={key}={value}" for key, value in RECIPES[name].items()]
    begin = ["zoo.train", name, "--data", "league", "--logdir", str(tmp_path), *changes]
    folder = None
    for _ in range(7):
        arguments = ["zoo.train", "--resume", str(folder)] if folder else begin
        process = subprocess.Popen([sys.executable, "-m", *arguments], stderr=subprocess.PIPE)
        if folder is None:
            end = time.monotonic() + 60
            while not list((tmp_path / name).glob("*/run.json")):
                assert time.monotonic() < end
                time.sleep(0.02)
            (folder,) = (tmp_path / name).iterdir()
            time.sleep(rng.uniform(0, 4))
        else:
            time.sleep(rng.uniform(3, 9))
        process.kill()
        process.communicate()
        if json.loads((folder / "run.json").read_text(encoding="utf-8"))["status"] == "finished":
            break
    assert folder is not None
    if json.loads((folder / "run.json").read_text(encoding="utf-8"))["status"] != "finished":
        zoo.resume(folder, reporter=SILENT)
    assert_identical(zoo.load_run(folder), whole_runs[name])
