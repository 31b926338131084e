"""From a clone to a prediction on a table of one's own: README's commands, run and timed.

    python scripts/newcomer.py [--check]

Runs the commands between README's `<!-- newcomer -->` marks one after another in an empty folder
that holds a table of mixed kinds, prints the seconds of each, and fails if there are more than
`MOST` or they take longer than `LIMIT`. With `--check` the fresh virtual environment has the
packages of the one that runs the script; without it they are downloaded.
"""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from _page import ROOT, Script

MOST, LIMIT = 6, 600  # commands; seconds
TABLE = "passengers.csv"
ROWS = 600
ADDRESS = "ADDRESS"  # of the repository, in README


def commands() -> list[str]:
    """The lines of README's block."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- newcomer -->\n```sh\n(.*?)```\n<!-- /newcomer -->", text, re.DOTALL)
    if not block:
        raise SystemExit("error: README.md has no block <!-- newcomer -->")
    return [line.partition("  #")[0].rstrip() for line in block[1].splitlines() if line.strip()]


def write_table(path: Path) -> None:
    """Passengers of a ship that never was: gaps, words, dates, a row number, and who survived."""
    rng = np.random.default_rng(0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["", "Class", "Sex", "Age", "Fare", "Boarded", "Survived"])
        for row in range(ROWS):
            rank, woman = int(rng.integers(1, 4)), bool(rng.integers(2))
            age = float(np.clip(rng.normal(32, 14), 1, 80))
            fare = float(np.exp(rng.normal(5 - rank, 0.5)))
            score = 2.2 * woman - 0.8 * (rank - 2) - 0.03 * (age - 32) - 1 + rng.normal()
            writer.writerow(
                [
                    row,
                    ("first", "second", "third")[rank - 1],
                    "female" if woman else "male",
                    "" if rng.random() < 0.2 else f"{age:.0f}",
                    f"{fare:.2f}",
                    f"1912-04-{rng.integers(1, 12):02d}",
                    "yes" if score > 0 else "no",
                ]
            )


def run(folder: Path, *, downloads: bool) -> Iterator[tuple[str, float, int]]:
    """Each command with its seconds and exit status, up to the first that fails."""
    environment = {key: text for key, text in os.environ.items() if not key.startswith("PYTHON")}
    environment.pop("ZOO_PLUGINS", None)
    environment.pop("VIRTUAL_ENV", None)
    if not downloads:
        environment |= {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0"}
    state = folder / "state"  # what one command leaves to the next: its folder and variables
    for line in commands():
        told = line.replace(ADDRESS, shlex.quote(str(ROOT)))
        before = f'source {state}; cd "$(cat {state}.cd)"; ' if state.exists() else ""
        after = f"export -p > {state}; pwd > {state}.cd"
        begun = time.perf_counter()
        done = subprocess.run(
            ["bash", "-c", f"{before}set -e; {told}\n{after}"],
            cwd=folder,
            env=environment,
            timeout=LIMIT,
            check=False,
        )
        yield line, time.perf_counter() - begun, done.returncode
        if done.returncode:
            return
        if not downloads:
            _share_packages(folder)


def _share_packages(folder: Path) -> None:
    """Let a virtual environment below the folder see the packages of this one."""
    here = sysconfig.get_path("purelib")
    for place in folder.glob("*/.venv/lib/python*/site-packages"):
        (place / "outer.pth").write_text(f"{here}\n", encoding="utf-8")


def problems(*, downloads: bool = False) -> Iterator[str]:
    """What is wrong with the way in; prints every command and its seconds."""
    needed = [name for name in ("hatchling", "editables", "setuptools") if not find_spec(name)]
    if needed and not downloads:
        yield f"{', '.join(needed)} missing: pip install -e '.[dev]'"
        return
    listed = commands()
    if len(listed) > MOST:
        yield f"README.md takes {len(listed)} commands to a prediction, more than {MOST}"
    total, told = 0.0, []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / TABLE)
        for line, seconds, status in run(folder, downloads=downloads):
            total += seconds
            told.append(f"{seconds:7.1f} s  {line}")
            if status:
                yield f"{line}: exit status {status}"
    print("\n".join([*told, f"{total:7.1f} s  in all"]), flush=True)
    if total > LIMIT:
        yield f"{total:,.0f} s from a clone to a prediction, more than {LIMIT}"


def measure(names: list[str], given: object) -> int:
    """Run the commands with everything downloaded; how many things are wrong."""
    found = list(problems(downloads=True))
    for line in found:
        print(line, file=sys.stderr)
    return len(found)


SCRIPT = Script(str(__doc__), measure=measure, problems=problems)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
