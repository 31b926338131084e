"""A recipe's latest run is the last one that a person asked for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from search_helpers import Saying
from support import QUICK_RUN

import zoo
from zoo.cli.root import cli
from zoo.cli.root import run as call
from zoo.core.errors import StoppedEarly, TrainingError
from zoo.experiments import runs
from zoo.experiments.record import RunRecord
from zoo.experiments.reproduce import reproduce
from zoo.experiments.runs import Run
from zoo.training.checkpoint import StopRequest

pytestmark = pytest.mark.slow  # each trains models

NAME = "seed_difference"
QUICK: dict[str, Any] = {**QUICK_RUN, "epochs": 1, "baseline": ""}


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def own(logdir: Path) -> Run:
    """A run of seed 7, then an ensemble of two others."""
    made = zoo.fit(NAME, seed=7, logdir=logdir, **QUICK)
    zoo.ensemble(NAME, members=2, logdir=logdir, **QUICK)
    return made


@pytest.fixture
def copied(own: Run, logdir: Path, tmp_path: Path) -> Path:
    """Run folders of the recipe that a test may change."""
    shutil.copytree(logdir, tmp_path / "copy")
    return tmp_path / "copy"


def member(logdir: Path) -> Path:
    return runs.folders(logdir / NAME / runs.MEMBERS)[0]


def test_members_are_never_the_latest(own: Run, logdir: Path) -> None:
    assert zoo.load_run(NAME, logdir).folder == own.folder
    assert runs.find(NAME, logdir, finished=False) == own.folder
    assert runs.folders(logdir / NAME) == [own.folder]
    assert [each.parent.name for each in runs.all_folders(logdir, NAME)] == [
        *(NAME, runs.MEMBERS, runs.MEMBERS)
    ]


def test_members_are_found_by_path_and_by_name(own: Run, logdir: Path) -> None:
    folder = member(logdir)
    for way in (folder, str(folder), f"{NAME}/{folder.name}", f"{NAME}/members/{folder.name}"):
        assert runs.find(way, logdir) == folder
    assert runs.logdir_of(folder, NAME) == runs.logdir_of(own.folder, NAME) == logdir
    assert runs.logdir_of(logdir, NAME) is None


def test_an_ensemble_names_its_data_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {key: each for key, each in QUICK.items() if key not in ("reporter", "data")}
    zoo.ensemble(NAME, members=2, data="league", logdir=tmp_path, verbose=1, **settings)
    printed = capsys.readouterr().out
    assert printed.count("data: league") == 1
    assert printed.count("epoch 1/1 ") == 2
    assert printed.count("test rows") == 1, "one table, the ensemble's"


def test_members_serve_again(own: Run, logdir: Path) -> None:
    again = zoo.ensemble(NAME, members=2, logdir=logdir, **QUICK)
    assert again.record.ensemble is not None
    assert all(each.reused for each in again.record.ensemble.members)
    assert len(runs.folders(logdir / NAME / runs.MEMBERS)) == 2


def test_members_alone_are_no_run_of_the_recipe(own: Run, copied: Path) -> None:
    shutil.rmtree(copied / NAME / own.folder.name)
    with pytest.raises(TrainingError, match=r"other than those that other runs needed, such as .*"):
        zoo.load_run(NAME, copied)


@pytest.mark.slow
def test_what_a_stacked_recipe_trains_first_is_never_the_latest(tmp_path: Path) -> None:
    first: dict[str, Any] = {"stacked_on": "two_team"}
    stacked = zoo.fit("two_scores", logdir=tmp_path, **QUICK, **first)
    assert stacked.record.upstream is not None
    (upstream,) = runs.folders(tmp_path / "two_team" / runs.UPSTREAM)
    assert stacked.record.upstream.run == upstream.name
    with pytest.raises(TrainingError, match="no finished run"):
        zoo.load_run("two_team", tmp_path)
    said = Saying()
    zoo.fit("two_scores", logdir=tmp_path, **{**QUICK, "reporter": said}, **first)
    assert f"pred: from {upstream}" in said.lines


def test_a_reproduction_names_no_deleted_folder_and_leaves_none(own: Run, logdir: Path) -> None:
    before = sorted(logdir.rglob("*"))
    said = Saying()
    assert reproduce(own.folder, reporter=said) == []
    assert not [line for line in said.lines if "run folder" in line or "/tmp" in line]
    assert sorted(logdir.rglob("*")) == before


def test_a_stopped_reproduction_names_no_folder(
    own: Run, monkeypatch: pytest.MonkeyPatch, copied: Path
) -> None:
    folder = copied / NAME / own.folder.name
    record = (folder / "run.json").read_text(encoding="utf-8")
    (folder / "run.json").write_text(record.replace('"epochs": 1,', '"epochs": 5,'))
    monkeypatch.setattr(StopRequest, "on_epoch_begin", lambda self, *_: self.ask())
    with pytest.raises(StoppedEarly) as stopped:
        reproduce(folder, verbose=0)
    assert str(stopped.value) == "stopped after epoch 1 of 5; nothing was compared"


@pytest.mark.parametrize("command", [["evaluate"], ["reproduce"], ["export", "--format", "keras"]])
def test_a_command_says_which_run_a_name_meant(
    command: list[str], own: Run, logdir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--logdir", str(logdir)]
    assert call(cli, [*command, NAME, *where]) == 0
    assert capsys.readouterr().err.startswith(f"run: {own.folder}\n")
    for exact in (str(own.folder), f"{NAME}/{own.folder.name}"):
        if command == ["evaluate"]:
            assert call(cli, [*command, exact, *where]) == 0
            assert "run: " not in capsys.readouterr().err


def test_resume_and_ensemble_say_which_run_a_name_meant(
    own: Run, logdir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--logdir", str(logdir)]
    assert call(cli, ["train", "--resume", NAME, *where]) == 1
    told, error = capsys.readouterr().err.splitlines()
    assert told == f"run: {own.folder}"
    assert "has finished" in error
    assert call(cli, ["ensemble", "--runs", NAME, str(member(logdir)), *where]) == 0
    assert capsys.readouterr().err == f"run: {own.folder}\n"


@pytest.mark.parametrize("verbose", [0, 1, 2])
def test_verbose_from_python(
    verbose: Any, own: Run, logdir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scores = zoo.evaluate(own.folder, verbose=verbose)
    printed = capsys.readouterr().out
    assert scores["test"].keys() == {"loss", "mae"}
    assert ("test mae" in printed) == (verbose > 0)
    assert ("test loss" in printed) == (verbose == 2), "the loss is the mean absolute error"


def test_a_silent_fit_prints_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings: dict[str, Any] = {key: each for key, each in QUICK.items() if key != "reporter"}
    zoo.fit(NAME, logdir=tmp_path, verbose=0, **settings)
    assert capsys.readouterr() == ("", "")


def test_no_value_is_printed_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = {**QUICK, "epochs": 2}
    del settings["reporter"]
    recipe = replace(zoo.recipe(NAME), name="own", expect={"league": {"mae": 100.0}}, by_source={})
    run = zoo.fit(recipe, logdir=tmp_path, **settings)
    printed = capsys.readouterr().out
    assert "expected: test mae at most 100: reached\n" in printed
    for split in ("train", "test"):
        value = f"{run.metrics[split]['mae']:.4f}"
        assert printed.split().count(value) == 1, printed


def test_a_run_is_repeated_with_its_threads(tmp_path: Path) -> None:
    """In processes of their own: TensorFlow takes its threads once."""
    words = [sys.executable, "-m", "zoo"]
    quick = ["--data", "planted", "--epochs", "1", "--set", "engine=fit"]
    one = {**os.environ, "TF_NUM_INTRAOP_THREADS": "1"}
    train = [*words, "train", "tiny_dense", *quick, "--logdir", str(tmp_path)]
    subprocess.run(train, check=True, capture_output=True, env=one, timeout=200)
    (folder,) = (tmp_path / "tiny_dense").iterdir()
    machine = RunRecord.read(folder).machine
    assert (machine.intra, machine.inter) == (1, 0)
    record = json.loads((folder / "run.json").read_text())
    record["machine"]["onednn"] = False
    (folder / "run.json").write_text(json.dumps(record))
    again = [*words, "reproduce", str(folder)]
    done = subprocess.run(again, capture_output=True, text=True, check=False, timeout=200)
    told = done.stdout + done.stderr
    note = "note: the last bits may differ: onednn was False, is True"
    assert note in told
    assert told.index(note) < told.index("epoch 1/1"), "before it trains"
    assert "intra" not in told
