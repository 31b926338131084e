"""What the scripts share: CSV files under results/, files made from them, and `--check`.

A page is written by hand but for its marked blocks, `<!-- NAME -->` to `<!-- /NAME -->`, which a
script fills.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from _extras import needed

from zoo.core.errors import ZooError
from zoo.core.files import replacing, write_text

ROOT = Path(__file__).resolve().parents[1]

os.environ.setdefault("ZOO_PLUGINS", "off")  # generated files describe the zoo alone

Files = Mapping[Path, str]  # file -> what it should hold
Row = Mapping[str, Any]  # column -> value
STATE = "state_sha256"


def fill(page: str, blocks: Mapping[str, str]) -> dict[Path, str]:
    """A page of the repository with its marked blocks replaced."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for name, content in blocks.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, found_begin, rest = text.partition(begin)
        _, found_end, after = rest.partition(end)
        if not (found_begin and found_end):
            raise SystemExit(f"error: {page} has no block {begin.strip()} ... {end}")
        lines = f"{content.rstrip()}\n" if content else ""
        text = f"{before}{begin}{lines}{end}{after}"
    return {ROOT / page: text}


def table(header: str, rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; `header` is `name | score:`, a colon after each column of numbers."""
    names = header.split(" | ")
    lines = [
        [name.removesuffix(":") for name in names],
        ["---:" if name.endswith(":") else "---" for name in names],
    ]
    head, rule = (" | ".join(line) for line in lines)
    body = [f"| {' | '.join(map(str, row))} |" for row in rows]
    return "\n".join([f"| {head} |", f"|{rule.replace(' ', '')}|", *body]) + "\n"


def half_range(values: pd.Series, form: str = ".4f") -> str:
    """`0.9502 ± 0.0031`: the mean and half the distance from the least to the largest value."""
    return f"{values.mean():{form}} ± {(values.max() - values.min()) / 2:{form}}"


@dataclass(frozen=True)
class Results:
    """A CSV file under results/: the rows of many cases, each case measured on its own.

    Attributes:
        file: Its name.
        key: The column with the case's name.
        cases: The cases in the file's order; rows of other cases leave it.
        state: What the scores of a case depend on, as a short hash; its rows keep it in `STATE`.
    """

    file: str
    key: str
    cases: Callable[[], Iterable[str]]
    state: Callable[[str], str] | None = None

    @property
    def path(self) -> Path:
        return ROOT / "results" / self.file

    def read(self) -> pd.DataFrame:
        """What has been measured so far."""
        return pd.read_csv(self.path) if self.path.is_file() else pd.DataFrame(columns=[self.key])

    def write(self, frame: pd.DataFrame, by: Sequence[str] = ()) -> None:
        """Write the rows in the order of the cases, then of the columns `by`."""
        order = {name: at for at, name in enumerate(self.cases())}
        ranked = frame.assign(rank=frame[self.key].map(order)).dropna(subset="rank")
        ranked = ranked.sort_values(["rank", *by], kind="stable").drop(columns="rank")
        with replacing(self.path) as partial:
            ranked.to_csv(partial, index=False, float_format="%.6g")

    def replace(self, case: str, rows: Iterable[Row]) -> pd.DataFrame:
        """Put rows in the place of those of a case; the rows."""
        new = pd.DataFrame(list(rows))  # measured before reading: other runs write as well
        if self.state:
            new[STATE] = self.state(case)
        frame = self.read()
        frame = frame[frame[self.key] != case]
        self.write(pd.concat([frame, new], ignore_index=True) if len(frame) else new)
        return new

    def measured(self, case: str) -> bool:
        """Whether the file has rows of a case."""
        return case in set(self.read()[self.key])

    def outdated(self) -> list[str]:
        """Cases whose rows are missing, or were measured in another state."""
        if self.state is None:
            return []
        frame = self.read()
        states = frame.groupby(self.key)[STATE].unique() if STATE in frame else {}
        return [case for case in self.cases() if [*states.get(case, ())] != [self.state(case)]]


@dataclass(frozen=True)
class Script:
    """A command that measures cases, writes files from what was measured, or checks the files.

    Attributes:
        doc: The script's docstring; its first line is the help.
        files: What the files should hold, the blocks of pages included.
        results: Where the rows of the cases go.
        rows: Measures one case, whose rows are then replaced in `results`.
        measure: Instead of `rows`: measures the named cases; returns how many failed.
        cases: The names that the command takes, by default those of `results`.
        folders: Folders that hold the script's files and no others.
        problems: What `--check` finds wrong beside the files, and the command that mends it.
        work: Instead of files: does all that the command does; its exit status.
        options: Adds arguments to the parser.
        needs: The extra of pyproject.toml without whose packages it does not start.
    """

    doc: str
    files: Callable[[], Files] = dict
    results: Results | None = None
    rows: Callable[[str, argparse.Namespace], Iterable[Row]] | None = None
    measure: Callable[[list[str], argparse.Namespace], int] | None = None
    cases: Callable[[], Iterable[str]] = tuple
    folders: Sequence[Path] = ()
    problems: Callable[[], Iterable[str]] = tuple
    work: Callable[[argparse.Namespace], int] | None = None
    options: Callable[[argparse.ArgumentParser], object] = lambda parser: None
    needs: str = ""

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Run the command; its exit status."""
        parser = argparse.ArgumentParser(description=self.doc.partition("\n")[0])
        parser.add_argument("--check", action="store_true", help="only report what is out of date")
        if self.measure or self.rows:
            parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
            parser.add_argument(
                "--pages", action="store_true", help="only rewrite the pages, from the CSV"
            )
        if self.rows:
            parser.add_argument("--missing", action="store_true", help="only cases not in the CSV")
        self.options(parser)
        given = parser.parse_args(arguments)
        if self.needs:
            needed(self.needs)
        try:
            return self.check() if given.check else self._work(parser, given)
        except ZooError as error:  # a stop, too
            print(f"error: {error}", file=sys.stderr)
            return 1

    def _work(self, parser: argparse.ArgumentParser, given: argparse.Namespace) -> int:
        if self.work:
            return self.work(given)
        failed = 0
        measure = self.measure or (self._measure if self.rows else None)
        if measure and not given.pages:
            cases = list(self.results.cases() if self.results else self.cases())
            for name in given.names:
                if name not in cases:
                    parser.error(f"unknown name {name!r}; choose from {', '.join(cases)}")
            failed = measure(given.names or cases, given)
        files = self.files()
        for path in self.stale(files):
            if path in files:
                write_text(path, files[path])
            else:
                path.unlink()
            print(f"{'written' if path in files else 'removed'}: {path.relative_to(ROOT)}")
        return 1 if failed else 0

    def _measure(self, names: list[str], given: argparse.Namespace) -> int:
        """Measure case by case, saving after each; how many failed."""
        assert self.results
        assert self.rows
        failed = 0
        for name in names:
            if given.missing and self.results.measured(name):
                continue
            try:
                rows = self.results.replace(name, self.rows(name, given))
                print(rows.to_string(index=False), flush=True)
            except RuntimeError as error:
                print(f"{name}: {error}", file=sys.stderr)
                failed += 1
        return failed

    def stale(self, files: Files) -> Iterator[Path]:
        """Files that are missing, hold something else or should not be there."""
        for path, text in files.items():
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                yield path
        for folder in self.folders:
            yield from (path for path in sorted(folder.glob("*")) if path not in files)

    def check(self) -> int:
        """Name what is not current; the exit status."""
        found = list(self.problems())
        stale = [str(path.relative_to(ROOT)) for path in self.stale(self.files())]
        if stale:
            pages = " --pages" if self.measure or self.rows else ""
            mend = f"python scripts/{Path(sys.argv[0]).name}{pages}"
            found.append(f"not current: {', '.join(stale)}; run: {mend}")
        if old := self.results.outdated() if self.results else []:
            mend = f"python scripts/{Path(sys.argv[0]).name} {' '.join(old)}"
            found.append(f"measured in another state: {', '.join(old)}; run: {mend}")
        for line in found:
            print(line, file=sys.stderr)
        return 1 if found else 0
