"""What the tests of `zoo new` share: plugging a project in, calling the command."""

from __future__ import annotations

import csv
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import zoo
from zoo.cli.root import cli, run
from zoo.core import registry


def plug_in() -> None:
    """Look for plug-ins as a fresh process does."""
    importlib.invalidate_caches()
    registry._loaded = False
    registry.load_plugins()


def install(site: Path, package: str, project: Path | None = None) -> None:
    """What an installer leaves: the package on the path, and its entry point."""
    info = site / f"{package}-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(f"[{registry.GROUP}]\n{package} = {package}\n")
    if project:
        (site / package).symlink_to(project / package)


def zoo_command(*arguments: str, path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with `path` importable and plug-ins on."""
    tested = Path(zoo.__file__).parents[1]  # another copy of the zoo may be installed
    environment = {**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{tested}", **settings}
    if registry.VARIABLE not in settings:
        environment.pop(registry.VARIABLE, None)
    return subprocess.run(
        [sys.executable, "-m", "zoo", *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        cwd=path,
        env=environment,
        check=False,
    )


def mistake(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a wrong `zoo new` prints."""
    assert run(cli, ["new", *arguments]) != 0
    printed = capsys.readouterr().err
    assert printed.startswith("error: ")
    assert printed.count("\n") == 1, printed
    return printed


def write_csv(path: Path, rows: list[list[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path
