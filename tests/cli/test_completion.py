"""What a shell offers at the Tab key, asked as click's scripts for bash, zsh and fish ask."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import zoo
from zoo.cli.names import Name
from zoo.cli.root import COMMANDS, cli, run
from zoo.core.errors import DataError
from zoo.data.registry import dataset_names, sources
from zoo.models.spec import CONCEPTS


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of run folders, in the present folder, with an ensemble's members and a search."""
    monkeypatch.chdir(tmp_path)
    logdir = tmp_path / "tensorboard_logs"
    for place in (
        "mlp/20260101-000000-seed0",
        "mlp/20260102-000000-seed1",
        "mlp/members/20260103-000000-seed2",
        "cnn/20260101-000000-seed0",
    ):
        (logdir / place).mkdir(parents=True)
        (logdir / place / "run.json").touch()
    (logdir / "rnn" / "tune" / "pulses-seed0").mkdir(parents=True)
    return logdir


def offered(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """What bash would be told for the line, which ends where the cursor is."""
    words = line.split(" ")
    monkeypatch.setenv("_ZOO_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    with pytest.raises(SystemExit) as ended:
        run(cli)
    assert ended.value.code == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out.split()


def plain(*names: str) -> list[str]:
    return [f"plain,{name}" for name in names]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("zoo ", list(COMMANDS)),
        ("zoo t", ["train", "tune", "tensorboard"]),
        ("zoo train bas", ["basketball", "basketball_as_printed"]),
        ("zoo train --recipe", ["--recipe"]),
        ("zoo tune digit_mlp_", ["digit_mlp_as_printed"]),
        ("zoo train basketball --data ", ["auto", *sources("basketball")]),
        ("zoo train --data ", ["auto"]),
        ("zoo train --engine resident-", ["resident-xla"]),
        ("zoo train --resume ", ["cnn", "mlp"]),
        ("zoo evaluate ", ["cnn", "mlp"]),
        ("zoo evaluate m", ["mlp"]),
        (
            "zoo evaluate mlp/",
            ["mlp/members/", "mlp/20260102-000000-seed1", "mlp/20260101-000000-seed0"],
        ),
        ("zoo export mlp/mem", ["mlp/members/"]),
        ("zoo reproduce mlp/members/", ["mlp/members/20260103-000000-seed2"]),
        ("zoo export mlp --format sav", ["savedmodel"]),
        ("zoo ensemble bas", ["basketball", "basketball_as_printed"]),
        (
            "zoo ensemble --runs mlp/2026010",
            ["mlp/20260102-000000-seed1", "mlp/20260101-000000-seed0"],
        ),
        ("zoo predict mlp/2026", ["mlp/20260102-000000-seed1", "mlp/20260101-000000-seed0"]),
        ("zoo show digit_mlp", ["digit_mlp", "digit_mlp_as_printed"]),
        ("zoo plot inception_v", ["inception_v3"]),
        ("zoo concept shared-l", ["shared-layers"]),
        ("zoo list --document dl", ["dlwp-7.1"]),
        ("zoo data fetch bas", ["basketball"]),
        ("zoo evaluate nothing/", []),
        ("zoo evaluate --logdir elsewhere ", []),
    ],
)
def test_names_are_offered(
    line: str,
    expected: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert offered(line, capsys, monkeypatch) == plain(*expected)


@pytest.mark.parametrize(
    "line", ["zoo evaluate ./", "zoo reproduce /tmp/x", "zoo tensorboard ", "zoo site "]
)
def test_paths_are_left_to_the_shell(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (told,) = offered(line, capsys, monkeypatch)
    assert told.startswith("dir,")


def test_every_kind_of_name() -> None:
    from zoo.cli import names
    from zoo.models.documents import DOCUMENTS

    context, argument = click.Context(cli), click.Argument(["name"])
    known = {
        names.RECIPE: zoo.list_recipes(),
        names.ARCHITECTURE: zoo.list_models(),
        names.MODEL: [*zoo.list_models(), *zoo.list_recipes()],
        names.DATASET: dataset_names(),
        names.CONCEPT: CONCEPTS,
        names.DOCUMENT: DOCUMENTS,
    }
    for kind, wanted in known.items():
        found = [item.value for item in kind.shell_complete(context, argument, "")]
        assert sorted(found) == sorted(set(wanted))


def test_an_error_offers_nothing() -> None:
    def broken(*_: object) -> list[str]:
        raise DataError("a plug-in that cannot be loaded")

    context = click.Context(cli)
    assert Name("x", broken).shell_complete(context, click.Argument(["x"]), "") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell(shell: str) -> None:
    """As docs/shell-completion.md has it; it loads no TensorFlow, or a Tab would take seconds."""
    settings = {"_ZOO_COMPLETE": f"{shell}_source", "ZOO_PLUGINS": "off"}
    if shell == "bash" and subprocess.run(["bash", "-c", "((BASH_VERSINFO[0] > 4))"]).returncode:
        pytest.skip("bash is too old for click's script")
    program = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('tensorflow' in sys.modules, file=sys.stderr))\n"
        "from zoo.__main__ import main\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **settings},
    )
    assert f"_ZOO_COMPLETE={shell}_complete" in done.stdout
    assert done.stderr == "False\n"
