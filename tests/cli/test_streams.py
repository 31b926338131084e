"""What the commands do with streams that are closed, with escapes in them, with another Keras."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from own_tables import table
from project_helpers import write_csv

import zoo
from zoo.cli.root import cli, run
from zoo.core.console import printable
from zoo.experiments.record import RunRecord

ZOO = (sys.executable, "-m", "zoo")


def called(line: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a shell's line does, with the variables set."""
    root = str(Path(zoo.__file__).parents[1])
    return subprocess.run(
        ["bash", "-c", line],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": root, **variables},
        timeout=120,
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-"])
def test_a_closed_stream_is_nobody_s_trouble(closed: str) -> None:
    done = called(f"{' '.join(ZOO)} list 'basket*' {closed}")
    assert done.returncode == 0
    assert "error" not in done.stderr


@pytest.mark.parametrize("backend", ["torch", "bogus"])
def test_another_backend_is_named(backend: str) -> None:
    done = called(f"{' '.join(ZOO)} summary mlp", KERAS_BACKEND=backend)
    told = f"error: the zoo needs Keras on TensorFlow: unset KERAS_BACKEND, now '{backend}'\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_escapes_are_shown_not_obeyed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert printable("a\x1b[31mb\tc\né\u200d") == "a\\x1b[31mb\tc\né\u200d"
    rows: list[list[object]] = [["a\x1b[31mred", "y"], *([at % 7, at % 2] for at in range(30))]
    path = write_csv(tmp_path / "t.csv", rows)
    call = ["new", str(tmp_path / "x1"), "--from", "mlp", "--csv", str(path), "--target"]
    assert run(cli, [*call, "y", "--dry-run"]) == 0
    assert run(cli, [*call, "\x1b[31m"]) == 1
    assert "\x1b" not in capsys.readouterr().err


def test_a_long_cell_is_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[list[object]] = [["a", "y"], *([at, at % 2] for at in range(30)), ["1", "9" * 5_000]]
    path = write_csv(tmp_path / "t.csv", rows)
    call = ["new", str(tmp_path / "x1"), "--from", "mlp", "--csv", str(path), "--target", "y"]
    assert run(cli, call) == 1
    assert len(capsys.readouterr().err) < 1_000


def test_a_pipe_in_the_place_of_a_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mlp" / "run"
    folder.mkdir(parents=True)
    os.mkfifo(folder / "run.json")
    assert run(cli, ["evaluate", str(folder)]) == 1
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
@pytest.mark.parametrize("times", [1, 2])
def test_a_stopped_run_says_so(number: signal.Signals, times: int, tmp_path: Path) -> None:
    """After one signal at the end of the epoch, after two at once."""
    words = ("train", "mlp", "--epochs", "2000", "--logdir", str(tmp_path), "--set", "engine=fit")
    with subprocess.Popen(
        [*ZOO, *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        end = time.monotonic() + 60
        while not list(tmp_path.glob("mlp/*/history.csv")):
            assert time.monotonic() < end
            time.sleep(0.05)
        for _ in range(times):
            process.send_signal(number)
            time.sleep(0.05)
        assert process.wait(60) == 130
    (folder,) = (tmp_path / "mlp").iterdir()
    assert RunRecord.read(folder).status == "interrupted"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["1e308", "-1e308", "1e307"], "too large for a 32-bit number"),
        (["1", "1.0"], "1 and 1.0 are one number in two spellings"),
        (["0", "-0", "1"], "0 and -0 are one number in two spellings"),
    ],
)
def test_targets_that_are_no_classes(
    values: list[str],
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    recwarn: pytest.WarningsRecorder,
) -> None:
    rows: list[list[object]] = [["a", "y"]]
    rows += [[at % 7, values[at % len(values)]] for at in range(60)]
    path = write_csv(tmp_path / "t.csv", rows)
    call = ["new", str(tmp_path / "x1"), "--from", "mlp", "--csv", str(path), "--target", "y"]
    assert run(cli, call) == 1
    printed = capsys.readouterr().err
    assert told in printed
    assert printed.count("\n") == 1
    assert not (tmp_path / "x1").exists()
    assert not recwarn.list


def test_the_example_tables_still_do(tmp_path: Path) -> None:
    call = ["new", str(tmp_path / "x1"), "--from", "mlp", "--csv", str(table("flowers", tmp_path))]
    assert run(cli, [*call, "--target", "species", "--dry-run"]) == 0
