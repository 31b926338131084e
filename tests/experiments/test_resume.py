"""A run that was stopped and resumed ends as the one that never was, to the last bit."""

from __future__ import annotations

import functools
import json
import random
import shutil
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from support import asked_to_stop_in_the_third_epoch

import zoo
from zoo._keras import keras, tf
from zoo.core.console import Reporter
from zoo.core.errors import DataError, StoppedEarly, TrainingError
from zoo.core.files import PARTIAL
from zoo.experiments.reproduce import reproduce
from zoo.experiments.runs import Run
from zoo.training import callbacks, checkpoint

SILENT = Reporter(silent=True)
WholeRun = Callable[[str], Run]

# Every kind of state between them: a table of strengths, a schedule, stopping and halving.
SEASONS: dict[str, Any] = {"dataset_options.seasons": 4}
RECIPES: dict[str, dict[str, Any]] = {
    "basketball": {
        "schedule": "constant",
        "reduce_lr": 2,
        "early_stopping": 6,
        "model_checkpoint": {"filepath": "{epoch:02d}.keras", "save_best_only": True},
        **SEASONS,
    },
    "score_and_win": {"engine": "resident", "epochs": 12, **SEASONS},
    "seed_difference": {
        "schedule": "constant",
        "learning_rate": 1.0,
        "reduce_lr": 1,
        "early_stopping": 4,
        "epochs": 25,
        "engine": "fit",
        "baseline": "",
        "model_checkpoint": {"filepath": "{epoch:02d}.weights.h5", "save_weights_only": True},
        **SEASONS,
    },
    "two_team_tournaments": {
        "engine": "fit",
        "schedule": "constant",
        "epochs": 9,
        "reduce_lr": 2,
        "early_stopping": 5,
        "early_stopping_options": {"min_delta": 0.01, "baseline": 12.0, "monitor": "val_mae"},
        "model_checkpoint": {
            "filepath": "{epoch:02d}-{batch:02d}.weights.h5",
            "save_freq": 5,
        },
        "steps_per_epoch": 3,
        "batch_size": 64,
        "sample_weight": "score_1",
        "weighted_metrics": {"score_diff": ("mae", "cosine_similarity")},
        **SEASONS,
    },
    "two_team": {
        "epochs": 7,
        "engine": "resident",
        "validation_freq": 2,
        "initial_epoch": 1,
        "schedule": "constant",
        "reduce_lr": 2,
        "monitor": "val_loss",
        "early_stopping": 5,
        "early_stopping_options": {"min_delta": 0.5, "start_from_epoch": 2},
        "model_checkpoint": {
            "filepath": "best-{epoch:02d}.keras",
            "save_best_only": True,
            "monitor": "val_mae",
        },
        **SEASONS,
    },
}
QUICK = "seed_difference"
KILLED = (QUICK, "basketball", "two_team", "two_team_tournaments")  # with every callback


def stopped_after_three(name: str, logdir: Path) -> Path:
    """The folder of a run that was asked in its third epoch to stop, with every resume point."""
    with asked_to_stop_in_the_third_epoch() as patched:
        patched.setattr(callbacks, "SHARE", 1.0)  # a resume point after every epoch
        with pytest.raises(StoppedEarly, match=r"stopped after epoch 3 of .*zoo train --resume"):
            zoo.fit(name, data="league", logdir=logdir, reporter=SILENT, **RECIPES[name])
    (folder,) = (logdir / name).iterdir()
    return folder


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


def events(folder: Path) -> Counter[tuple[str, str, int]]:
    """How often TensorBoard's files have what, at which step: of numbers, pictures and texts."""
    return Counter(
        (str(path.parent), value.tag, event.step)
        for path in folder.rglob("events.out.tfevents.*")
        for event in tf.compat.v1.train.summary_iterator(str(path))
        for value in event.summary.value
    )


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
    files = [
        {path.name for path in (run.folder / "checkpoints").iterdir() if "resume" not in path.name}
        for run in (resumed, whole)
    ]
    assert files[0] == files[1]
    assert resumed.metrics == whole.metrics
    assert scalars(resumed) == scalars(whole)


@pytest.fixture(scope="module")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> WholeRun:
    """Recipe -> its run from beginning to end, trained once, with the fewest resume points."""
    logdir = tmp_path_factory.mktemp("whole")

    @functools.cache
    def trained(name: str) -> Run:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(callbacks, "SHARE", 0.0)
            return zoo.fit(name, data="league", logdir=logdir, reporter=SILENT, **RECIPES[name])

    return trained


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the quick recipe's run, stopped after three epochs; for copies."""
    return stopped_after_three(QUICK, tmp_path_factory.mktemp("stopped"))


def copied(folder: Path, logdir: Path) -> Path:
    """A run's folder under another parent of run folders."""
    return Path(shutil.copytree(folder, logdir / folder.parent.name / folder.name))


@pytest.mark.slow
def test_a_stop_between_epochs(stopped: Path, whole_run: WholeRun, tmp_path: Path) -> None:
    assert status(stopped) == "interrupted"
    assert_identical(zoo.resume(copied(stopped, tmp_path), reporter=SILENT), whole_run(QUICK))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in RECIPES if name != QUICK])
def test_a_stop_between_epochs_of_larger_models(
    name: str, whole_run: WholeRun, tmp_path: Path
) -> None:
    folder = stopped_after_three(name, tmp_path)
    assert_identical(zoo.resume(folder, reporter=SILENT), whole_run(name))


def test_a_run_that_ends_by_itself_was_not_stopped() -> None:
    """Asked to stop in the epoch after which early stopping ends it anyway: it is finished."""
    stop = checkpoint.StopRequest()
    stop.set_model(keras.Sequential())
    stop.ask()
    stop.model.stop_training = True
    stop.on_epoch_end(2)
    assert stop.stopped_after is None
    stop.model.stop_training = False
    stop.on_epoch_end(3)
    assert (stop.stopped_after, stop.model.stop_training) == (4, True)


@pytest.mark.slow
def test_a_damaged_resume_point_is_skipped(
    stopped: Path, whole_run: WholeRun, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copied(stopped, tmp_path)
    last = max(folder.glob("checkpoints/resume-*"))
    assert last.name.startswith("resume-000003-")
    content = bytearray(last.read_bytes())
    content[len(content) // 2] ^= 1
    last.write_bytes(bytes(content))
    assert_identical(zoo.resume(folder), whole_run(QUICK))
    printed = capsys.readouterr().out
    assert f"warning: {last} is damaged; using the one before" in printed
    assert "continuing after epoch 2 of 25" in printed


def test_a_resume_point_of_another_model_is_reported(tmp_path: Path) -> None:
    def compiled(features: int, *more: Any) -> Any:
        model = keras.Sequential([keras.Input((features,)), keras.layers.Dense(1), *more])
        model.compile("sgd", "mse")
        model.optimizer.build(model.trainable_variables)
        return model

    checkpoint.save(tmp_path, 1, compiled(2), [])
    state = checkpoint.newest(tmp_path, print)
    assert state is not None
    with pytest.raises(TrainingError, match=r"of shape \(2, 1\), but \(3, 1\) is needed; start a"):
        checkpoint.restore(state, compiled(3), [])
    with pytest.raises(TrainingError, match="has 2 model variables, but 4 are needed; start a"):
        checkpoint.restore(state, compiled(2, keras.layers.Dense(1)), [])


@pytest.mark.slow
def test_resume_points_are_skipped_where_they_cost_too_much(
    whole_run: WholeRun, tmp_path: Path
) -> None:
    whole = whole_run(QUICK)
    epochs = whole.record.epochs_run
    assert epochs < RECIPES[QUICK]["epochs"], "it stopped by itself"
    folder = copied(whole.folder, tmp_path)
    first, last = sorted(folder.glob("checkpoints/resume-*"))
    assert first.name.startswith("resume-000001-")
    assert last.name.startswith(f"resume-{epochs:06}-")
    (folder / "model.keras").unlink()
    last.unlink()  # as if killed in the last epoch: all but the first are run again
    replace(whole.record, status="running").write(folder)
    assert_identical(zoo.resume(folder, reporter=SILENT), whole)


@pytest.mark.slow
def test_what_cannot_be_resumed_is_reported(whole_run: WholeRun, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="has finished; there is nothing to resume"):
        zoo.resume(whole_run(QUICK).folder, reporter=SILENT)
    record = whole_run(QUICK).record
    other = replace(record.data, fingerprint="0" * 64)
    replace(record, status="interrupted", data=other).write(tmp_path)
    with pytest.raises(DataError, match="is not the data that the run was trained on"):
        zoo.resume(tmp_path, reporter=SILENT)


@pytest.mark.slow
def test_reproduce_says_identical_or_the_first_difference(
    whole_run: WholeRun, tmp_path: Path
) -> None:
    run = whole_run(QUICK)
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


def status(folder: Path) -> str:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))["status"]


def wait_for(what: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Until it is so, or the process has ended."""
    end = time.monotonic() + 120
    while not what() and process.poll() is None:
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def wait_for_an_epoch(history: Path, process: subprocess.Popen[bytes]) -> None:
    before = history.read_bytes() if history.is_file() else b""
    wait_for(lambda: history.is_file() and history.read_bytes() != before, process)


def assert_whole(folder: Path) -> None:
    """No file with its final name is written by half."""
    for path in folder.rglob("*"):
        if ".partial-" in path.name or path.is_dir():
            continue
        if path.suffix == ".keras":
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
        elif path.suffix == ".h5":
            with h5py.File(path) as file:
                assert list(file)
        elif path.suffix == ".json":
            json.loads(path.read_text(encoding="utf-8"))
        elif path.suffix == ".svg":
            assert path.read_text(encoding="utf-8").rstrip().endswith("</svg>")
        elif path.suffix in (".csv", ".tsv"):
            assert path.read_text(encoding="utf-8").endswith("\n")


@pytest.mark.slow
@pytest.mark.parametrize("name", KILLED)
def test_kills_at_random_moments(name: str, whole_run: WholeRun, tmp_path: Path) -> None:
    """SIGKILL five times in a run with every callback: nothing is lost, half written or twice.

    The first kill comes before the epochs, three between them, the last when the model is there.
    """
    rng = random.Random(name)
    changes = [f"--set={key}={value}" for key, value in RECIPES[name].items()]
    folder = tmp_path
    arguments = ["zoo.train", name, "--data", "league", "--logdir", str(tmp_path), *changes]
    for kill in range(5):
        process = subprocess.Popen([sys.executable, "-m", *arguments], stderr=subprocess.PIPE)
        wait_for(lambda: list((tmp_path / name).glob("*/run.json")), process)
        (folder,) = (tmp_path / name).iterdir()
        arguments = ["zoo.train", "--resume", str(folder)]
        if kill in (1, 2, 3):
            wait_for_an_epoch(folder / "history.csv", process)
        elif kill == 4:
            wait_for((folder / "model.keras").is_file, process)
        time.sleep(rng.uniform(0, 3 if kill == 0 else 0.5))
        process.kill()
        process.communicate()
        assert_whole(folder)
        if status(folder) == "finished":
            break
        assert status(folder) == "running"
    if status(folder) != "finished":
        zoo.resume(folder, reporter=SILENT)
    assert_identical(zoo.load_run(folder), whole_run(name))
    assert not list(folder.rglob(f"{PARTIAL}*"))
    twice = [event for event, times in events(folder).items() if times > 1]
    assert not twice
