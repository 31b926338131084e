"""A run folder that is being trained in, and a disk that is full."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import zoo
from zoo.core import files
from zoo.core.errors import TrainingError
from zoo.core.files import held, replacing
from zoo.experiments import guards
from zoo.experiments.record import RunRecord
from zoo.training.callbacks import BestWeights

COMMAND = (sys.executable, "-m", "zoo", "train", "tiny_dense", "--epochs", "1")
HOLDS = "import sys, time; from pathlib import Path; from zoo.core.files import held\n" + (
    "with held(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
)


def test_a_hold_ends_with_its_process(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", HOLDS, tmp_path], stdout=subprocess.PIPE)
    assert other.stdout
    assert other.stdout.readline() == b"held\n"
    message = "is being trained by another process"
    with pytest.raises(TrainingError, match=message), guards.alone_in(tmp_path):
        pass
    other.kill()
    other.wait(30)
    other.stdout.close()
    with guards.alone_in(tmp_path):
        pass


def test_a_run_that_trains_is_not_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def second(self: Any, epoch: int, logs: Any = None) -> None:
        (run,) = (tmp_path / "tiny_dense").iterdir()
        with pytest.raises(TrainingError, match="trained by another process") as refused:
            zoo.resume(run, verbose=0)
        tried.append(str(refused.value))

    monkeypatch.setattr(BestWeights, "on_epoch_end", second)
    monkeypatch.setattr(BestWeights, "on_train_end", lambda *_: None)
    run = zoo.fit("tiny_dense", data="planted", epochs=1, engine="fit", logdir=tmp_path, verbose=0)
    assert len(tried) == 1
    assert run.record.status == "finished"


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_on_a_full_disk_the_record_says_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = zoo.fit("tiny_dense", data="planted", epochs=1, engine="fit", logdir=tmp_path, verbose=0)
    path = run.folder / "run.json"
    path.write_text(path.read_text().replace('"finished"', '"running"').replace('"metrics"', '"m"'))
    size = path.stat().st_size
    monkeypatch.setattr(RunRecord, "write", full)
    with pytest.raises(OSError, match="No space left"), guards.recorded(run.folder, run.record):
        full()
    assert json.loads(path.read_text())["status"] == "failed"
    assert path.stat().st_size == size


def test_whatever_a_writer_makes_of_a_full_disk_it_is_called_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("before")
    with pytest.raises(ValueError, match="own"), replacing(path):
        raise ValueError("its own")
    monkeypatch.setattr(files, "_free", lambda _: 100)
    with pytest.raises(OSError, match="No space left"), replacing(path):
        raise RuntimeError("Disable slist on flush dest failure failed")
    with pytest.raises(OSError, match="No space left"), replacing(path, size=101):
        pytest.fail("it is not begun")
    assert path.read_text() == "before"


@pytest.mark.slow
@pytest.mark.parametrize("kib", [0, 4, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 128, 192, 256, 300,
                                 310, 320, 330, 350])  # fmt: skip
def test_a_disk_that_fills_up_ends_in_one_line(kib: int, tmp_path: Path) -> None:
    """On a file system of that size; 0 has no bound, so that the run finishes."""
    options = f"size={kib}k"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(tmp_path)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a file system here")
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "zoo",
                "train",
                "tiny_dense",
                "--epochs",
                "1",
                "--logdir",
                tmp_path,
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
        records = [json.loads(each.read_text()) for each in tmp_path.rglob("run.json")]
        left = [*tmp_path.rglob(".partial-*")]
    finally:
        time.sleep(0.1)
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)
    assert not left
    if done.returncode == 0:
        assert [each["status"] for each in records] == ["finished"]
        return
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(("error: No space left on device", "error: cannot make a run folder"))
    assert [each["status"] for each in records] in ([], ["failed"])


def test_held_folders_are_let_go(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(BlockingIOError), held(tmp_path):
        pass
    with held(tmp_path):
        pass
