"""Searches that end early or are shared: what is stopped, lost or killed is made up for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from search_helpers import NAME, SILENT, Saying, search, small, table, trials_of

from zoo.core.errors import StoppedEarly, TrainingError
from zoo.recipes.registry import read_recipe
from zoo.tuning.study import RETRIES, opened

pytest.importorskip("optuna", reason="a search needs functional-zoo[tune]")


@pytest.mark.usefixtures("quick")
def test_the_time_ends_a_search(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"came to its end \(0 of 4 trials begun, 0 finished\)"):
        search(small(), tmp_path, 4, time=1e-9)
    search(small(), tmp_path, 1)
    said = Saying()
    assert search(small(), tmp_path, 4, time=1e-9, reporter=said).trials == 1
    assert any(
        line.startswith("1 of 4 trials begun, 1 finished, time is up") for line in said.lines
    )


@pytest.mark.usefixtures("quick")
def test_ctrl_c_says_how_to_continue(tmp_path: Path) -> None:
    def interrupt(line: str) -> None:
        if "trial 1  " in line:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.5)  # for the thread that hears it

    with pytest.raises(StoppedEarly, match="2 of 4 trials begun, 2 finished; run the same command"):
        search(small(), tmp_path, 4, reporter=Saying(interrupt))
    assert search(small(), tmp_path, 4).trials == 4


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_stop_in_a_trial_repeats_its_settings(
    tmp_path: Path, real: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zoo.training.checkpoint import StopRequest
    from zoo.tuning import trial, worker

    recipe = small()
    found = search(recipe, tmp_path, 1)
    formula = trial.run_trial
    monkeypatch.setattr(trial, "run_trial", real)
    dataset, _ = worker.load(recipe, "league", SILENT)
    stop = StopRequest()
    with opened(found.folder) as study:
        ask = study.ask

        def asked(trials: int) -> Any:
            made = ask(trials)
            stop.ask()  # in the trial's first epoch
            return made

        study.ask = asked
        worker.work(study, dataset, 2, float("inf"), stop, SILENT)
        assert (study.begun(), len(study.finished())) == (2, 1)
        monkeypatch.setattr(trial, "run_trial", formula)
        assert [trial.state.name for trial in study.trials()] == ["COMPLETE", "FAIL", "WAITING"]
    assert search(recipe, tmp_path, 2).trials == 2
    states = trials_of(found.folder)
    assert [state for state, _, _ in states] == ["COMPLETE", "FAIL", "COMPLETE"]
    assert states[1][1] == states[2][1]


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_lost_trial_is_retried_but_not_forever(tmp_path: Path) -> None:
    found = search(small(), tmp_path, 1)
    for _ in range(RETRIES + 1):
        with opened(found.folder) as study:  # a process that takes a trial and is gone
            lost = study.ask(4)
            assert lost is not None
    said = Saying()
    search(small(), tmp_path, 3, reporter=said)
    assert "continuing: 1 of 3 trials done; 1 interrupted, to be tried again" in said.lines
    states = trials_of(found.folder)
    assert [state for state, _, _ in states] == ["COMPLETE", *["FAIL"] * 3, *["COMPLETE"] * 2]
    assert states[1][1] == states[2][1] == states[3][1]
    assert states[4][1] != states[3][1]
    assert [row["outcome"] for row in table(found.folder)].count("lost") == 3


@pytest.mark.usefixtures("quick")
def test_a_live_trial_is_left_alone(tmp_path: Path) -> None:
    found = search(small(), tmp_path, 1)
    with opened(found.folder) as one, one.alive():
        assert one.ask(2) is not None
        with opened(found.folder) as other:
            assert other.ask(2) is None, "the second of two is being made"
            with other.locked():
                assert other.recover() == 0


# several processes, and kills


def command(folder: Path, *more: str) -> list[str]:
    settings = ("epochs=60", "engine=resident", "dataset_options.seasons=4")
    changes = [f"--set={setting}" for setting in settings]
    tune = ["zoo", "tune", NAME, "--data", "league", "--logdir", str(folder)]
    return [sys.executable, "-m", *tune, *changes, *more]


@pytest.mark.slow
def test_a_killed_search_continues(tmp_path: Path) -> None:
    folder = tmp_path / NAME / "tune" / "league-seed0"
    killed = subprocess.Popen(command(tmp_path, "--trials", "3"), stdout=subprocess.PIPE)
    assert killed.stdout is not None
    for line in killed.stdout:
        if b"1/3  trial 0" in line:
            break
    running: list[Any] = []
    limit = time.monotonic() + 60
    with opened(folder) as study:
        while not running and time.monotonic() < limit:
            running = [trial for trial in study.trials("RUNNING") if trial.intermediate_values]
            time.sleep(0.02)
    killed.kill()
    killed.communicate()
    assert running, "killed in the middle of a trial"

    done = subprocess.run(
        command(tmp_path, "--trials", "3"), capture_output=True, text=True, timeout=300, check=True
    )
    assert "continuing: 1 of 3 trials done; 1 interrupted" in done.stdout
    states = trials_of(folder)
    assert [state for state, _, _ in states].count("FAIL") == 1
    assert len([state for state, _, _ in states if state in ("COMPLETE", "PRUNED")]) == 3
    number = running[0].number
    assert states[number][0] == "FAIL"
    assert states[number + 1][1] == states[number][1], "its settings come first"
    assert not list((folder / "workers").iterdir())


@pytest.mark.slow
def test_several_processes_share_the_trials(tmp_path: Path) -> None:
    folder = tmp_path / NAME / "tune" / "league-seed0"
    words = command(tmp_path, "--trials", "5")
    processes = [
        subprocess.Popen([*words, *more], stdout=subprocess.PIPE, text=True)
        for more in ((), ("--jobs", "2"))
    ]
    printed = [process.communicate(timeout=300)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    states = trials_of(folder)
    assert len(states) == 5, "none too many, none lost"
    assert {state for state, _, _ in states} <= {"COMPLETE", "PRUNED"}
    with opened(folder) as study:
        workers = {trial.user_attrs["worker"] for trial in study.trials()}
    assert len(workers) >= 2
    told = "".join(printed)
    assert all(f"  trial {number}  " in told for number in range(5))
    assert read_recipe(folder / "best.json").name == f"{NAME}_tuned"
