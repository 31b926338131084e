"""What a person sees while something runs: lines, tables, a bar on a terminal; and the time."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


class Reporter:
    """Prints to stdout, to stderr (where stdout is for machines), or nowhere.

    On a terminal `reach` moves a progress bar; elsewhere only `line` and `table` print.
    """

    def __init__(self, *, to_stderr: bool = False, silent: bool = False) -> None:
        from rich.console import Console

        stream = sys.stderr if to_stderr else sys.stdout
        self.console: Console = Console(file=stream, quiet=silent, highlight=False, markup=False)
        if not self.console.is_terminal:
            self.console.width = 110
        self._bar: Any = None
        self._task: Any = None

    @property
    def is_terminal(self) -> bool:
        return self.console.is_terminal

    def line(self, text: str = "") -> None:
        """Print one line, never folded."""
        self.console.print(text, soft_wrap=True)

    def table(self, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table; the first column reads left, the others right."""
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD)
        for index, name in enumerate(header):  # long headers fold, numbers never do
            table.add_column(name, justify="right" if index else "left", no_wrap=not index)
        for row in rows:
            table.add_row(*row)
        self.console.print(title, style="bold")
        self.console.print(table)

    @contextmanager
    def progress(self, total: int, what: str) -> Iterator[None]:
        """Show a bar of `total` steps on a terminal while the block runs."""
        if not self.is_terminal:
            yield
            return
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.console, transient=True) as bar:
            self._bar, self._task = bar, bar.add_task(what, total=total)
            try:
                yield
            finally:
                self._bar = self._task = None

    def reach(self, step: int) -> None:
        """Move the bar to `step`, if there is one."""
        if self._bar is not None:
            self._bar.update(self._task, completed=step)


def metric_rows(
    columns: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> Iterator[tuple[str, ...]]:
    """Rows `split metric`, then one value per column, for column -> split -> metric -> value.

    The first column decides which splits and metrics there are.
    """
    first = next(iter(columns.values()))
    for split, metrics in first.items():
        for metric in metrics:
            values = (scores.get(split, {}).get(metric) for scores in columns.values())
            cells = ("" if value is None else f"{value:.4f}" for value in values)
            yield (f"{split} {metric}", *cells)


@contextmanager
def errors_only(*libraries: str, least: int = logging.ERROR) -> Iterator[None]:
    """Drop Python's warnings, and what these libraries log below a level, in the block."""
    levels = {name: logging.getLogger(name).level for name in libraries}
    for name in libraries:
        logging.getLogger(name).setLevel(least)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


@contextmanager
def stderr_held_back(*, shown_on_error: bool) -> Iterator[None]:
    """Hold back what is written to file descriptor 2, by native code too, in the block."""
    try:
        saved = os.dup(2)
    except OSError:  # no stderr at all, as under some notebook servers
        yield
        return
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            if shown_on_error:
                held.seek(0)
                os.write(saved, held.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


class Timer:
    """Seconds by phase, and in total."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.phases: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time the block, as the phase of that name."""
        begun = time.perf_counter()
        yield
        self.phases[name] = time.perf_counter() - begun

    def seconds(self) -> dict[str, float]:
        """Phase -> seconds, and `total`, since the timer was made."""
        total = {"total": time.perf_counter() - self.begun}
        return {name: round(value, 3) for name, value in {**self.phases, **total}.items()}
