"""`zoo train --workers`: one run by several processes, also where one of them dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from training.loopback import config

from zoo.cli.root import cli, run

EPOCHS = 12
TRAIN = ("train", "mlp", "--data", "mixture", "--epochs", str(EPOCHS), "--set", "early_stopping=0")


def begun(*arguments: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "zoo", *arguments, "--logdir", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def only_run(folder: Path) -> Path:
    (made,) = (path.parent for path in folder.glob("mlp/*/run.json"))
    return made


def same_history(first: Path, second: Path) -> None:
    one, other = (pd.read_csv(only_run(each) / "history.csv") for each in (first, second))
    assert [*one] == [*other]
    assert len(one) == len(other)
    np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


def children(process: subprocess.Popen[str]) -> list[int]:
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(each) for each in path.read_text().split()]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds the worker's process in /proc")
def test_a_worker_dies_and_another_number_of_workers_goes_on(tmp_path: Path) -> None:
    """Trainings of one, two and three processes: over three minutes on busy cores."""
    alone = begun(*TRAIN, folder=tmp_path / "alone")
    _, told = alone.communicate()
    assert alone.returncode == 0, told

    dying = begun(*TRAIN, "--workers", "2", folder=tmp_path / "two")
    deadline = time.monotonic() + 120
    while not [*(tmp_path / "two").rglob("resume-*.npz")]:
        assert time.monotonic() < deadline
        assert dying.poll() is None, dying.communicate()
        time.sleep(0.02)
    (worker,) = children(dying)
    os.kill(worker, signal.SIGKILL)
    killed = time.monotonic()
    _, told = dying.communicate(timeout=60)
    assert time.monotonic() - killed < 20
    assert dying.returncode == 1
    assert told.splitlines()[-1] == "error: worker 1 of 2 has died: signal 9"
    assert json.loads((only_run(tmp_path / "two") / "run.json").read_text())["status"] == "failed"

    more = begun("train", "--resume", str(only_run(tmp_path / "two")), "--workers", "3",
                 folder=tmp_path / "two")  # fmt: skip
    out, told = more.communicate()
    assert more.returncode == 0, told
    assert "continuing after epoch" in out
    record = json.loads((only_run(tmp_path / "two") / "run.json").read_text())
    assert (record["status"], record["workers"], record["epochs_run"]) == ("finished", 3, EPOCHS)
    same_history(tmp_path / "alone", tmp_path / "two")


@pytest.mark.slow
def test_a_stacked_recipe_gets_its_column_from_the_chief(tmp_path: Path) -> None:
    """Half a minute."""
    together = begun("train", "tournament_stack", "--data", "league", "--set", "epochs=2",
                     "--workers", "2", folder=tmp_path)  # fmt: skip
    out, told = together.communicate()
    assert together.returncode == 0, told
    assert "pred: training" in out
    assert not [*tmp_path.rglob(".*partial*")]


@pytest.mark.parametrize(
    ("count", "environment", "reason"),
    [
        ("0", {}, "workers must be at least 1, not 0"),
        ("2", {"TF_CONFIG": config(["a:1", "b:1"], 0)}, "leave out --workers"),
        ("1", {"TF_CONFIG": "{"}, "TF_CONFIG must be JSON such as"),
    ],
)
def test_numbers_of_workers_that_make_no_sense(
    count: str,
    environment: dict[str, str],
    reason: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert run(cli, ["train", "mlp", "--workers", count]) == 1
    assert reason in capsys.readouterr().err


@pytest.mark.slow
def test_a_worker_that_ends_before_it_joins_ends_the_command(tmp_path: Path) -> None:
    """TensorFlow would wait for it for an hour, and Python's threads with it."""
    code = "import os\nif os.environ.get('ZOO_WORKER'):\n    os._exit(3)\n"
    (tmp_path / "sitecustomize.py").write_text(code)
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "zoo", *TRAIN, "--workers", "3", "--logdir", str(tmp_path / "logs")],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "error: worker 1 of 3 has died: exit status 3"
    assert time.monotonic() - begin < 60
