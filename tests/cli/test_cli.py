"""The command line: one line on stderr and a status for every mistake, JSON alone where asked."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

import zoo
from zoo.cli import listing
from zoo.cli.root import COMMANDS, cli, run


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def mistake(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a wrong call prints."""
    status = run(cli, arguments)
    printed = capsys.readouterr()
    assert status != 0
    assert "Traceback" not in printed.err
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1, printed.err
    return printed.err


def test_list_has_wildcards_concepts_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, ["list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == zoo.list_models()
    assert run(cli, ["list", "*scores*"]) == 0
    assert capsys.readouterr().out.startswith("two_scores")
    assert run(cli, ["list", "--concept", "stacking", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == ["tournament_stack", "two_scores"]
    assert run(cli, ["list", "--concepts"]) == 0
    assert "shared-layers" in capsys.readouterr().out


def test_list_by_document_concept_and_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    both = ["list", "--document", "dlwp-7.1", "--concept", "residual"]
    assert run(cli, [*both, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == zoo.list_models(
        document="dlwp-7.1", concept="residual"
    )
    assert run(cli, [*both, "residual_*"]) == 0
    printed = capsys.readouterr()
    names = [line.split()[0] for line in printed.out.splitlines()]
    assert names == ["residual_identity", "residual_projection", "residual_network"]
    assert printed.err == (
        "3 architectures (name, parameters, summary); `zoo concept residual` explains the concept\n"
    )
    assert run(cli, ["list", "--documents", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["model-api"] == "Keras Model class API"
    for words in (["--documents", "--concepts"], ["--concepts", "--document", "KERAS"]):
        assert run(cli, ["list", *words]) != 0
        assert "go alone, or with --json" in capsys.readouterr().err
    assert run(cli, ["list", "--concept", "attention"]) == 0
    assert capsys.readouterr().err.startswith("1 architecture (name, parameters, summary); ")


@pytest.mark.parametrize("name", zoo.list_models())
def test_show_as_text_and_json(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    entry = zoo.spec(name)
    assert run(cli, ["show", name]) == 0
    text = capsys.readouterr().out
    assert f"{entry.count:,}" in text
    assert entry.documents[0].key in text
    assert all(port.name in text for port in (*entry.inputs, *entry.outputs))
    assert run(cli, ["show", name, "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["parameters"] == entry.count
    assert [port["name"] for port in card["inputs"]] == [port.name for port in entry.inputs]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(cli, [command, "--help"]) == 0
    assert "Usage:" in capsys.readouterr().out


def test_mistakes_are_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "did you mean basketball" in mistake(capsys, "show", "basketbal")
    assert "did you mean basketball" in mistake(capsys, "train", "basketbal")
    assert "shared-layers" in mistake(capsys, "list", "--concept", "shared")
    assert "did you mean using-keras" in mistake(capsys, "list", "--document", "using_keras")
    assert "did you mean epochs" in mistake(capsys, "train", "basketball", "--set", "epoch=2")
    assert "KEY=VALUE" in mistake(capsys, "train", "basketball", "--set", "epochs")
    assert "epochs must be at least 1" in mistake(capsys, "train", "basketball", "--epochs", "0")
    assert "league" in mistake(capsys, "train", "basketball", "--data", "legue")
    assert "zoo data fetch basketball" in mistake(capsys, "train", "basketball", "--data", "ncaa")
    assert "no run of basketball" in mistake(capsys, "evaluate", "basketball")
    assert "unknown run" in mistake(capsys, "evaluate", "basketbal")
    assert "no run of basketball" in mistake(capsys, "predict", "basketball", "--team-1", "x")
    assert "no run of basketball" in mistake(capsys, "predict", "basketball")
    both = ["predict", "basketball", "--csv", "x.csv", "--team-1", "x"]
    assert "--csv FILE or one option" in mistake(capsys, *both)
    assert "--home is given twice" in mistake(capsys, "predict", "x", "--home", "1", "--home=1")
    assert "has no runs yet" in mistake(capsys, "tensorboard")
    assert "other has no runs yet" in mistake(capsys, "tensorboard", "--logdir", "other")
    assert "there is no folder other" in mistake(capsys, "tensorboard", "other")
    assert "give one folder" in mistake(capsys, "tensorboard", "one", "--logdir", "other")
    (tmp_path / "file").write_text("in the way")
    blocked = ["train", "seed_difference", "--data", "league", "--logdir", "file/logs"]
    assert "--logdir" in mistake(capsys, *blocked)


def test_a_mistake_names_the_command_that_helps(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    logs = ["--logdir", str(tmp_path)]
    assert run(cli, ["train", "mlp", "--set", "lr=1", *logs]) != 0
    assert "unknown field 'lr'; `zoo show --recipe mlp` lists them all" in capsys.readouterr().err
    assert run(cli, ["predict", "mlp", *logs]) != 0
    assert "no run of mlp in" in (told := capsys.readouterr().err)
    assert "`zoo train mlp`" in told


def test_names_of_arguments_are_not_settings(capsys: pytest.CaptureFixture[str]) -> None:
    train = ["train", "seed_difference", "--set"]
    assert "dataset_options.source is not an" in mistake(capsys, *train, "dataset_options.source=x")
    assert "unknown argument 'name'" in mistake(capsys, "plot", "mlp", "--set", "name=x")
    assert "epochs is a single value" in mistake(capsys, *train, "epochs.=3")
    assert "must be Unicode text" in mistake(capsys, *train, "columns.label=\udcff")
    assert "unknown recipe ''" in mistake(capsys, "train", "")


def test_unknown_commands_and_options_exit_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    for words, told in (
        (["trian"], "error: No such command 'trian'; see zoo --help\n"),
        (
            ["train", "mlp", "--bach-size", "2"],
            "Did you mean '--batch-size'?; see zoo train --help\n",
        ),
        (["export", "mlp", "--format", "tflite"], "'litert', 'onnx'; see zoo export --help\n"),
        (
            ["export", "mlp"],
            "savedmodel, litert, onnx; see zoo export --help\n",
        ),
        (["tensorboard", "--port", "99999"], "0<=x<=65535; see zoo tensorboard --help\n"),
    ):
        assert run(cli, words) == 2
        line = capsys.readouterr().err
        assert line.endswith(told)
        assert line.count("\n") == 1
    assert run(cli, []) == 2
    assert "Commands:" in capsys.readouterr().err


def test_a_read_only_folder_is_reported(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "tensorboard_logs/x/run.json")

    monkeypatch.setattr("zoo.experiments.record.RunRecord.write", refuse)
    call = ["train", "seed_difference", "--data", "league", "--epochs", "1"]
    assert mistake(capsys, *call) == ("error: Permission denied: tensorboard_logs/x/run.json\n")


# A small league is enough for a command, and XLA takes seconds to compile.
FEW = ("--set", "dataset_options.seasons=4", "--set", "engine=fit", "--set", "baseline=")


def call(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, **settings},
    )


@pytest.mark.slow
def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    (tmp_path / "events.out.tfevents.1").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = call("zoo", "tensorboard", str(tmp_path), "--host", "127.0.0.1", "--port", port)
    last = done.stderr.splitlines()[-1]  # after TensorBoard's own notes
    assert done.returncode == 1
    assert last.startswith("error: TensorBoard could not bind")
    assert last.endswith("choose another with --port")


@pytest.mark.slow
def test_json_is_alone_on_stdout(tmp_path: Path) -> None:
    done = call("zoo.train", "seed_difference", "--data", "league", "--epochs", "2", "--json", *FEW)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    (folder,) = (tmp_path / "tensorboard_logs" / "seed_difference").iterdir()
    assert done.stdout == (folder / "run.json").read_text(encoding="utf-8")
    assert record["status"] == "finished"
    assert "epoch 2/2" in done.stderr
    assert "0000 00:00" not in done.stderr, "TensorFlow's start-up lines stay away"


def test_first_line_says_which_data_and_how_to_get_the_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(cli, ["train", "seed_difference", "--epochs", "1", *FEW]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    first = printed.out.partition("\n")[0]
    assert "league" in first
    assert "zoo data fetch tournament" in first


def test_with_json_the_lines_go_to_stderr(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(cli, ["train", "seed_difference", "--epochs", "1", "--json", *FEW]) == 0
    printed = capsys.readouterr()
    (folder,) = (tmp_path / "tensorboard_logs" / "seed_difference").iterdir()
    assert printed.out == (folder / "run.json").read_text(encoding="utf-8")
    assert "league" in printed.err.partition("\n")[0]


def test_nan_loss_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["train", "seed_difference", "--data", "league", *FEW, "--set", "learning_rate=1e38"]
    assert mistake(capsys, *command).startswith("error: the loss became ")
    (folder,) = (tmp_path / "tensorboard_logs" / "seed_difference").iterdir()
    assert json.loads((folder / "run.json").read_text())["status"] == "failed"


@pytest.mark.slow
def test_ctrl_c_once_finishes_the_epoch_and_says_how_to_continue(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "zoo.train", "basketball", "--data", "league"]
    process = subprocess.Popen(
        [*program, *FEW, "--epochs", "5000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    history = tmp_path / "tensorboard_logs" / "basketball"
    _wait_for(lambda: bool(list(history.glob("*/history.csv"))))
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert re.fullmatch(
        r"stopped after epoch (\d+) of 5000; continue with zoo train --resume \S+\n", errors
    )
    (folder,) = history.iterdir()
    assert json.loads((folder / "run.json").read_text())["status"] == "interrupted"


@pytest.mark.slow
def test_ctrl_c_twice_stops_at_once(tmp_path: Path) -> None:
    """The second signal need not wait for the epoch, which here would last for minutes."""
    program = [sys.executable, "-m", "zoo.train", "basketball", "--data", "league"]
    process = subprocess.Popen(
        [*program, "--batch-size", "1"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    _wait_for(lambda: bool(list(tmp_path.glob("tensorboard_logs/basketball/*/diagram.svg"))))
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == "error: interrupted\n"


def _wait_for(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


@pytest.mark.parametrize("words", [["list"], ["recipes"], ["show", "basketball", "--json"]])
def test_a_reader_that_has_gone_ends_a_command_quietly(words: list[str]) -> None:
    command = [sys.executable, "-m", "zoo", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        assert started.stdout
        assert started.stderr
        started.stdout.close()
        told = started.stderr.read()
        assert (started.wait(), told) == (0, b"")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("train mlp --epochs 1 --set epochs=3", "epochs is given twice, as an option and with"),
        ("train --resume mlp --seed 3", "--resume RUN is given without --seed: a resumed run"),
        ("train --resume mlp --data auto --engine fit", "without --data and --engine: a resumed"),
        ("train --recipe /dev/zero", "/dev/zero is a device, not a file"),
        ("ensemble mlp --members 99999999999999999999", "takes 2 to 1,000 members, not 99,999"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    arguments: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cli, arguments.split())
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert message in line


def test_what_was_not_expected_ends_in_one_line_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyError("team")

    monkeypatch.setattr(listing, "command", click.command("list")(fails))
    assert run(cli, ["list"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(
        "error: KeyError: 'team' (not expected here: please report it; ZOO_TRACE"
    )
    monkeypatch.setenv("ZOO_TRACEBACK", "1")
    with pytest.raises(KeyError):
        run(cli, ["list"])
    monkeypatch.delenv("ZOO_TRACEBACK")

    def too_large(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(listing, "command", click.command("list")(too_large))
    assert run(cli, ["list"]) == 1
    assert capsys.readouterr().err.startswith("error: not enough memory; smaller sizes")
