"""What a person sees while something runs, on a terminal and without one."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable

import pytest
from rich.console import Console

from zoo.core import console
from zoo.core.console import Reporter, reporter_for
from zoo.core.errors import RecipeError


@pytest.fixture
def terminal() -> tuple[Reporter, Callable[[], str]]:
    """A reporter that believes it prints to a terminal, and what it has printed."""
    printed = io.StringIO()
    reporter = Reporter()
    reporter.console = Console(file=printed, force_terminal=True, width=100)
    reporter.live = True
    return reporter, printed.getvalue


@pytest.mark.parametrize(
    ("verbose", "quiet", "detailed"),
    [(0, True, False), (1, False, False), (2, False, True), ("auto", False, False)],
)
def test_verbose_as_keras_has_it(verbose: console.Verbose, quiet: bool, detailed: bool) -> None:
    made = reporter_for(verbose)
    assert (made.console.quiet, made.detailed) == (quiet, detailed)


@pytest.mark.parametrize("verbose", [3, -1, "loud", None])
def test_another_verbose_is_refused(verbose: console.Verbose) -> None:
    with pytest.raises(RecipeError, match="verbose must be 0, 1, 2 or 'auto', not"):
        reporter_for(verbose)


def test_a_terminal_shows_the_innermost_phase(
    terminal: tuple[Reporter, Callable[[], str]],
) -> None:
    reporter, printed = terminal
    with reporter.phase("building"):
        with reporter.phase("drawing"):
            time.sleep(0.2)  # the line is drawn some ten times a second
        with reporter.phase("saving"):
            time.sleep(0.2)
    shown = re.findall(r"(\w+) \.\.\.", printed())
    assert set(shown) == {"building", "drawing", "saving"}
    assert printed().endswith("\x1b[2K"), "the line is gone"


def test_a_phase_ends_with_its_error(terminal: tuple[Reporter, Callable[[], str]]) -> None:
    reporter, _ = terminal
    with pytest.raises(ValueError, match="broken"), reporter.phase("building"):
        raise ValueError("broken")
    assert reporter._phases == []


def test_without_a_terminal_a_long_phase_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reporter = Reporter()
    with reporter.phase("short"):
        pass
    monkeypatch.setattr(console, "PATIENCE", 0.02)
    with reporter.phase("long"):
        time.sleep(0.2)
    with Reporter(silent=True).phase("silent"):
        time.sleep(0.1)
    assert capsys.readouterr().out == "long ...\n"


def test_without_a_terminal_progress_is_told_only_before_the_first_step(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console, "PATIENCE", 0.02)
    for done in (0.0, 1.0):
        with Reporter().progress(10, lambda done=done: (done, f"{done:g} done")):
            time.sleep(0.2)
    assert capsys.readouterr().out == "0 done ...\n"


def test_the_bar_follows_the_position(terminal: tuple[Reporter, Callable[[], str]]) -> None:
    reporter, printed = terminal
    steps = iter(range(1000))

    def position() -> tuple[float, str]:
        step = next(steps)
        return step, f"step [{step}]"

    with reporter.progress(1000, position):
        time.sleep(3 * console.POLL)
        reporter.line("a line above the bar")
    assert "step [0]" in printed(), "brackets are text, not markup"
    assert "step [2]" in printed()
    assert "a line above the bar" in printed()
    assert next(steps) >= 3
    assert printed().count("\n") < 10, "the bar stays on its line"


def test_long_headers_fold_and_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    reporter = Reporter()
    reporter.console.width = 50
    header = ("", "score_diff_mean_absolute_error", "another_output_accuracy")
    reporter.table("scores", header, [("a model with a long name", "9.2972", "0.7005")])
    printed = capsys.readouterr().out
    assert "…" not in printed
    assert "9.2972" in printed
    assert "0.7005" in printed
    assert max(map(len, printed.splitlines())) <= 50


def test_piped_lines_are_never_folded(capsys: pytest.CaptureFixture[str]) -> None:
    Reporter().line("word " * 50)
    assert capsys.readouterr().out.count("\n") == 1
