"""What a person sees while something runs: lines, tables, the present phase; and the time."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import category

from zoo.core.errors import RecipeError

if TYPE_CHECKING:
    from rich.console import Console

Verbose = Literal["auto", 0, 1, 2]
Position = Callable[[], tuple[float, str]]  # steps done, and what is being done

PIPED_WIDTH = 100  # columns of what is not written to a terminal
PATIENCE = 2.0  # seconds after which a phase is worth a line where there is no terminal
POLL = 0.2  # seconds between two looks at a position


def printable(text: str) -> str:
    """Text out of a file or from a server with its control characters shown, not obeyed.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    if text.isprintable():
        return text
    return "".join(_shown(each) if category(each) == "Cc" else each for each in text)


def _shown(control: str) -> str:
    return control if control in "\n\t" else repr(control)[1:-1]


class Reporter:
    """Prints to stdout, to stderr (where stdout is for machines), or nowhere.

    A terminal also shows the present phase and a progress bar, on a line that goes away.

    Args:
        to_stderr: Print to stderr.
        silent: Print nothing.
        detailed: Print every value, where the others print the ones that count most.

    Attributes:
        live: Whether there is such a line; where several processes share a terminal there is not.
    """

    def __init__(
        self, *, to_stderr: bool = False, silent: bool = False, detailed: bool = False
    ) -> None:
        from rich.console import Console

        stream = sys.stderr if to_stderr else sys.stdout
        self.console: Console = Console(file=stream, quiet=silent, highlight=False, markup=False)
        if not self.console.is_terminal:
            self.console.width = PIPED_WIDTH
        self.detailed = detailed
        self.live = self.console.is_terminal
        self._phases: list[str] = []
        self._status: Any = None

    @property
    def width(self) -> int:
        """Columns that a line may take."""
        return self.console.width

    def line(self, text: str = "") -> None:
        """Print one line, never folded."""
        self.console.print(printable(text), soft_wrap=True)

    def table(self, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table; columns of numbers are set to the right, but the first."""
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD)
        listed = list(rows)
        for index, name in enumerate(header):
            numbers = index and all(_is_number(row[index]) for row in listed)
            justify = "right" if numbers else "left"
            table.add_column(name, justify=justify, no_wrap=not index, overflow="fold")
        for row in listed:
            table.add_row(*map(printable, row))
        self.console.print(title, style="bold")
        self.console.print(table)

    @contextmanager
    def phase(self, what: str) -> Iterator[None]:
        """Say what the block does: on a terminal at once, elsewhere in a line if it takes long."""
        if self.console.quiet:
            yield
        elif self.live:
            self._phases.append(what)
            self._show_phase()
            try:
                yield
            finally:
                self._phases.pop()
                self._show_phase()
        else:
            with _later(lambda: self.line(f"{what} ...")):
                yield

    def _show_phase(self) -> None:
        """Make the status line name the innermost phase; without one there is no line."""
        if self._status is None:
            self._status = self.console.status("")
        if self._phases:
            self._status.update(f"{self._phases[-1]} ...")
            self._status.start()
        else:
            self._status.stop()

    @contextmanager
    def progress(self, total: int, position: Position) -> Iterator[None]:
        """Show how far the block is: on a terminal as a bar of `total` steps.

        Elsewhere a line says what is being done if no step has ended after some seconds.

        Args:
            position: Tells the steps done and what is being done; asked from another thread.
        """
        if self.console.quiet:
            yield
        elif self.live:
            with self._bar(total, position):
                yield
        else:

            def say() -> None:
                done, what = position()
                if not done:
                    self.line(f"{what} ...")

            with _later(say):
                yield

    @contextmanager
    def _bar(self, total: int, position: Position) -> Iterator[None]:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (BarColumn(24), TextColumn("{task.description}"), TimeRemainingColumn())
        ended = threading.Event()
        with Progress(*columns, console=self.console, transient=True) as bar:
            task = bar.add_task("", total=total)

            def follow() -> None:
                while True:
                    done, what = position()
                    bar.update(task, completed=done, description=what)
                    if ended.wait(POLL):
                        return

            thread = threading.Thread(target=follow, daemon=True)
            thread.start()
            try:
                yield
            finally:
                ended.set()
                thread.join()


def reporter_for(verbose: Verbose, *, to_stderr: bool = False) -> Reporter:
    """The reporter that a function's `verbose` asks for.

    Args:
        verbose: 0 prints nothing, 1 or `auto` the values that count most, 2 all values.

    Raises:
        RecipeError: another value.
    """
    if verbose not in ("auto", 0, 1, 2):
        raise RecipeError(f"verbose must be 0, 1, 2 or 'auto', not {verbose!r}")
    return Reporter(to_stderr=to_stderr, silent=verbose == 0, detailed=verbose == 2)


def _is_number(cell: str) -> bool:
    """Whether a cell is a number, with or without thousands' commas and %, or has none."""
    try:
        float(cell.replace(",", "").rstrip("%") or "0")
    except ValueError:
        return cell == "-"
    return True


@contextmanager
def _later(say: Callable[[], None]) -> Iterator[None]:
    """Call `say` from another thread if the block takes longer than `PATIENCE`."""
    timer = threading.Timer(PATIENCE, say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def score_text(value: float) -> str:
    """A score: four decimals, or none where they say nothing beside thousands."""
    return f"{value:.4f}" if abs(value) < 10_000 else f"{value:,.0f}"


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
            cells = ("" if value is None else score_text(value) for value in values)
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
        except Exception:  # not Ctrl-C, which is no error of that code
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
