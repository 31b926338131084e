"""`zoo show --code` and `--standalone`: what is printed runs without the zoo."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import zoo
from zoo.cli.root import cli, run

QUICK = ("basketball", "video_classifier", "residual_network")

# Runs the file with the zoo made impossible to import, as where it is not installed.
RUNNER = "import runpy, sys; sys.modules['zoo'] = None; runpy.run_path({!r}, run_name='__main__')"


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


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow)
        for name in zoo.list_models()
    ],
)
def test_standalone_file_runs_alone(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A fresh process each, which loads TensorFlow: slow but for a few."""
    file = tmp_path / f"{name}_alone.py"
    file.write_text(printed(name, "--standalone", capsys), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUNNER.format(str(file))],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"Total params: {zoo.spec(name).count:,}" in done.stdout
