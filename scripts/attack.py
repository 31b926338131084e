"""Bad inputs over every command: each must end in one line, and leave the runs as they are.

    python scripts/attack.py [--seed 0] [--every 1] [--only overrides,names,places,tables,records]

Tried in one process, in a temporary folder, without real data. What fails is printed with its
command line; the exit status is 1 then. A case fails if an exception comes through, if the error
is not one line of stderr that begins with `error:`, if the command calls the error unexpected, if
what must be refused is accepted, or if a file of a run changes.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import os
import shlex
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import _attack_cases as cases
from _attack_cases import Case

KINDS = ("overrides", "names", "places", "tables", "records")
SLOW = 60  # seconds after which a command hangs
RECORDS = 260  # damaged files that are tried, of all, evenly


class _TooSlow(BaseException):
    """A command hangs."""


def outcome(case: Case) -> str:
    """What is wrong with how the command ends; empty if nothing is."""
    from zoo.cli.root import cli, run

    def ring(*_: object) -> None:
        raise _TooSlow

    out, err = io.StringIO(), io.StringIO()
    signal.signal(signal.SIGALRM, ring)
    signal.alarm(SLOW)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = run(cli, list(case.arguments))
    except _TooSlow:
        return f"hangs for {SLOW} s"
    except BaseException as error:
        return f"{type(error).__name__}: {str(error)[:200]}"
    finally:
        signal.alarm(0)
    lines = err.getvalue().splitlines()
    errors = [line for line in lines if line.startswith("error:")]
    if status == 0:
        return "is accepted" if case.refused else ""
    if len(errors) != 1 or lines[-1:] != errors:
        return f"{len(errors)} errors in {len(lines)} lines: {' / '.join(lines[-3:])[:300]}"
    if "not expected here" in errors[0]:
        return errors[0][:300]
    return ""


def files(folder: Path) -> dict[str, str]:
    """Path -> digest of every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def prepared(home: Path) -> Path:
    """A finished run and a good table in the working folder; the run's folder."""
    import zoo

    run = zoo.fit("mlp", data="mixture", epochs=1, engine="fit", logdir="runs", verbose=0)
    zoo.fit("tiny_dense", data="planted", epochs=1, engine="fit", logdir="runs", verbose=0)
    table = (run.folder / "example" / "inputs.csv").read_bytes()
    (home / "good.csv").write_bytes(table)
    return run.folder


def attacks(kinds: list[str], run: Path, seed: int) -> Iterator[tuple[str, Case]]:
    """Kind and case, one after the other; what a case needs is in place when it is given."""
    simple = {"overrides": cases.overrides, "names": cases.names, "places": cases.places}
    for kind in kinds:
        if kind in simple:
            yield from ((kind, case) for case in simple[kind]())
    if "tables" in kinds:
        for name, content, refused in cases.tables(seed):
            table = Path(f"{name}.csv")
            table.write_bytes(content)
            words = ("predict", str(run), "--csv", str(table))
            yield "tables", Case(words, refused)
            yield "tables", Case(("new", f"of_{name}", "--from", "mlp", "--csv", str(table),
                                  "--target", "features_0", "--dry-run"), False)  # fmt: skip
    if "records" in kinds:
        yield from _records(run, seed)


def _records(run: Path, seed: int) -> Iterator[tuple[str, Case]]:
    every = [
        (path, word, content)
        for path in sorted(run.rglob("*"))
        if path.suffix in (".json", ".csv", ".keras") and path.is_file()
        for word, content in cases.damages(path.name, path.read_bytes(), seed)
    ]
    for path, _, content in every[:: max(1, len(every) // RECORDS)]:
        whole = path.read_bytes()
        path.write_bytes(content)
        try:
            for words in cases.readers(run):
                yield "records", Case(words, refused=False)
        finally:
            path.write_bytes(whole)


def main() -> int:
    """Try all; print what fails, and the counts."""
    parser = argparse.ArgumentParser(description="Bad inputs over every command.")
    parser.add_argument("--seed", type=int, default=0, help="of the random damages")
    parser.add_argument("--only", default=",".join(KINDS), help="kinds of attacks")
    parser.add_argument("--every", type=int, default=1, help="try one of so many")
    given = parser.parse_args()
    tried: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as place, contextlib.chdir(place):
        os.environ["ZOO_DATA_HOME"] = str(Path(place) / "data")
        run = prepared(Path(place))
        before = files(Path("runs"))
        for at, (kind, case) in enumerate(attacks(given.only.split(","), run, given.seed)):
            if at % given.every:
                continue
            tried[kind] += 1
            problem = outcome(case)
            if kind != "records":
                after = files(Path("runs"))
                if any(after.get(name) != digest for name, digest in before.items()):
                    problem = problem or "changes a run"
                before = after | before
            if problem:
                failed[kind] += 1
                words = shlex.join(case.arguments).encode("ascii", "backslashreplace").decode()
                print(f"{kind}: zoo {words[:200]}\n    {problem}", flush=True)
    seconds = time.perf_counter() - begun
    for kind in tried:
        print(f"{kind}: {tried[kind]:,} tried, {failed[kind]:,} failed")
    print(f"{tried.total():,} attacks in {seconds:.0f} s, {failed.total():,} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
