"""`zoo show --code` and `--standalone`: what is printed runs without the zoo."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import zoo
from zoo.cli.root import cli, run

PARTS = 4  # processes: each loads TensorFlow once

# Runs files with the zoo made impossible to import, as where it is not installed.
RUNNER = """
import runpy, sys

sys.modules["zoo"] = None
for path in sys.argv[1:]:
    print(f"file: {path}")
    runpy.run_path(path, run_name="__main__")
"""


def printed(name: str, option: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(cli, ["show", name, option]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", zoo.list_models())
def test_code_is_the_builder_without_its_registration(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = printed(name, "--code", capsys)
    assert code.startswith(f"def {name}(")
    assert "@register" not in code
    compile(code, name, "exec")


@pytest.mark.parametrize("name", zoo.list_models())
def test_standalone_file_knows_nothing_of_the_zoo(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = printed(name, "--standalone", capsys)
    assert "from zoo" not in text
    assert "@register" not in text
    compile(text, name, "exec")


def run_alone(
    names: Sequence[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> dict[str, str]:
    """What each architecture's file prints, in a process that cannot import the zoo."""
    files = {str(tmp_path / f"{name}_alone.py"): name for name in names}
    for path, name in files.items():
        Path(path).write_text(printed(name, "--standalone", capsys), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, *files],
        capture_output=True,
        text=True,
        timeout=400,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    parts = [part.partition("\n") for part in done.stdout.split("file: ")[1:]]
    return {files[path]: text for path, _, text in parts}


def assert_counts(texts: Mapping[str, str], names: Sequence[str]) -> None:
    assert list(texts) == list(names)
    for name, text in texts.items():
        assert f"Total params: {zoo.spec(name).count:,}" in text, name


def test_a_standalone_file_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "alone.py"
    path.write_text(printed("basketball", "--standalone", capsys), encoding="utf-8")
    monkeypatch.setitem(sys.modules, "zoo", None)
    runpy.run_path(str(path), run_name="__main__")
    assert f"Total params: {10_892:,}" in capsys.readouterr().out


@pytest.mark.slow  # builds every architecture at its default size
@pytest.mark.parametrize("part", range(PARTS))
def test_every_standalone_file_runs_alone(
    part: int, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names = zoo.list_models()[part::PARTS]
    assert_counts(run_alone(names, capsys, tmp_path), names)
