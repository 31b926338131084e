"""Run the lessons under examples/, and compare their text with what they print.

    python scripts/lessons.py [--check] [--out FOLDER] [NAME ...]

Each lesson runs in a process and an empty folder of its own, on embedded data, two at a time. It
fails where a block fails; where its text has a number that it does not print (`_lesson_text.py`
says how numbers are compared); where it has no picture, an axis without a label, or fewer than
three exercises with answers; and where it takes clearly more than a minute of processor time, which
is an upper bound of its time by the clock. Beside other work the two threads of a core slow each
other down: up to half a minute more is let pass.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from _lesson_text import Block, faults, unmeasured
from _page import ROOT, Script

EACH, ALL = 60.0, 720.0  # seconds of processor time on an idle machine
BUSY = 1.5  # as many times that beside other work
SPARE = 10  # by the clock: a lesson that hangs is stopped after so many times its limit


def lessons() -> list[str]:
    """Names of the lessons, in the order of the gallery."""
    files = sorted((ROOT / "examples").glob("*/plot_*.py"))
    return [f"{file.parent.name}/{file.stem}" for file in files]


def outcome(name: str, folder: Path) -> tuple[float, list[str]]:
    """Run a lesson; its seconds of processor time, and its problems.

    Args:
        name: Such as `tasks/plot_01_first_multi_input`.
        folder: Where `outcome.json`, `printed.txt` and the pictures go.
    """
    lesson = ROOT / "examples" / f"{name}.py"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as empty:
        settings = {"MPLBACKEND": "Agg", "ZOO_DATA_HOME": empty, "ZOO_PLUGINS": "off"}
        try:
            done = subprocess.run(
                [sys.executable, ROOT / "scripts" / "_lesson_run.py", lesson, folder.resolve()],
                cwd=empty,
                env={**os.environ, **settings},
                capture_output=True,
                text=True,
                timeout=SPARE * EACH,
            )
        except subprocess.TimeoutExpired:
            return SPARE * EACH, [f"examples/{name}.py: stopped after {SPARE * EACH:.0f} s"]
    if done.returncode:
        return 0.0, [f"examples/{name}.py: {done.stderr.strip().splitlines()[-1]}"]
    found = json.loads((folder / "outcome.json").read_text(encoding="utf-8"))
    printed = "\n".join(block["printed"] for block in found["blocks"] if block["printed"])
    (folder / "printed.txt").write_text(printed, encoding="utf-8")
    blocks = [Block(**block) for block in found["blocks"]]
    faults = _judged(blocks, found["pictures"], found["problems"])
    return blocks[-1].until, [f"examples/{name}.py{fault}" for fault in faults]


def _judged(blocks: list[Block], pictures: list[str], problems: list[str]) -> Iterator[str]:
    """What is wrong with a lesson that has run."""
    yield from (f":{problem}" for problem in problems)
    for line, number in unmeasured(blocks):
        yield f":{line}: {number} is neither printed by the lesson nor in its code"
    yield from (f": {fault}" for fault in faults(blocks))
    if not pictures:
        yield ": draws no picture"
    if blocks[-1].until > BUSY * EACH:
        yield f": takes {blocks[-1].until:.0f} s of processor time, more than {BUSY * EACH:.0f}"


def run_all(names: list[str], out: Path | None = None, jobs: int = 2) -> list[str]:
    """Run lessons, `jobs` of them at a time, with a line for each; their problems."""
    problems, total = [], 0.0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        parent = out or Path(folder)
        for name, (seconds, found) in zip(
            names, pool.map(lambda name: outcome(name, parent / name), names), strict=True
        ):
            print(f"{name}: {seconds:.0f} s, {'failed' if found else 'ok'}", flush=True)
            problems += found
            total += seconds
    if total > BUSY * ALL:
        problems.append(
            f"the lessons take {total:.0f} s of processor time, more than {BUSY * ALL:.0f}"
        )
    return problems


def measure(names: list[str], given: argparse.Namespace) -> int:
    """Run the named lessons and print their problems; how many there are."""
    problems = run_all(names, given.out, given.jobs)
    for problem in problems:
        print(problem, file=sys.stderr)
    return len(problems)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, help="keep what was printed and drawn in this folder")
    parser.add_argument("--jobs", type=int, default=2, help="lessons at a time (2)")


SCRIPT = Script(
    str(__doc__),
    measure=measure,
    cases=lessons,
    problems=lambda: run_all(lessons()),
    options=_options,
    needs="docs",
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
