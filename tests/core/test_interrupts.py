"""Ctrl-C has its effect whatever moment it comes at."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest

from zoo.cli import listing
from zoo.cli.root import cli, run
from zoo.core.console import stderr_held_back
from zoo.core.interrupts import Interrupts, held_off
from zoo.training.checkpoint import StopRequest, listening

NUMBER = signal.SIGINT


class Swallows:
    """Ctrl-C comes while Python takes this apart, where an exception goes no further."""

    def __del__(self) -> None:
        signal.raise_signal(NUMBER)
        time.sleep(0)  # where Python looks for signals


@pytest.fixture(autouse=True)
def _everything_is_as_before() -> Iterator[None]:
    """No hook and no handler stays."""
    hook, handler = sys.unraisablehook, signal.getsignal(NUMBER)
    yield
    assert sys.unraisablehook is hook
    assert signal.getsignal(NUMBER) is handler
    assert signal.set_wakeup_fd(-1) == -1


def swallow(times: int = 1) -> None:
    """Be interrupted where Python swallows it, and wait for it to come again."""
    for _ in range(times):
        Swallows()
    time.sleep(10)
    pytest.fail("no interrupt came")


@pytest.mark.parametrize("times", [1, 3])
def test_an_interrupt_that_python_swallows_comes_again(
    times: int, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt), Interrupts():
        swallow(times)
    assert capfd.readouterr() == ("", "")


def test_an_interrupt_swallowed_at_the_end_is_raised_there() -> None:
    with pytest.raises(KeyboardInterrupt), Interrupts():
        Swallows()
    time.sleep(0.2)  # nothing comes later


def test_a_command_ends_in_one_line(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for called in (swallow, lambda: signal.raise_signal(NUMBER)):
        monkeypatch.setattr(listing, "command", click.command("list")(called))
        assert run(cli, ["list"]) == 130
        assert capfd.readouterr() == ("", "error: interrupted\n")


def test_what_else_cannot_be_raised_goes_where_it_went(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fails:
        def __del__(self) -> None:
            raise ValueError("of a class")

    told: list[Any] = []
    with monkeypatch.context() as patched:
        patched.setattr(sys, "unraisablehook", lambda found: told.append(found.exc_type))
        with Interrupts():
            Fails()
            gc.collect()
    assert told == [ValueError]


def test_a_second_one_ends_the_program() -> None:
    code = """
import signal, time
from zoo.core.interrupts import Interrupts
with Interrupts():
    try:
        signal.raise_signal(signal.SIGINT)
    finally:
        signal.raise_signal(signal.SIGINT)
        time.sleep(60)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (130, "error: interrupted\n")


@pytest.mark.parametrize("words", [["-m", "zoo", "list"], ["-m", "zoo.train", "mlp"]])
def test_one_comes_while_the_program_is_imported(words: list[str], tmp_path: Path) -> None:
    """Its first import of another package sends it."""
    (tmp_path / "click.py").write_text("import signal; signal.raise_signal(signal.SIGINT)")
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
    )
    assert (done.returncode, done.stderr) == (130, "error: interrupted\n")


def test_a_program_that_is_not_to_be_interrupted_is_not() -> None:
    before = signal.signal(NUMBER, signal.SIG_IGN)
    try:
        with Interrupts():
            signal.raise_signal(NUMBER)
    finally:
        signal.signal(NUMBER, before)


def test_one_that_is_held_off_comes_at_the_end() -> None:
    done = []

    def held() -> None:
        with held_off():
            signal.raise_signal(NUMBER)
            done.append("what must not be interrupted")

    with pytest.raises(KeyboardInterrupt):
        held()
    assert done


def test_ctrl_c_does_not_show_what_was_held_back(capfd: pytest.CaptureFixture[str]) -> None:
    def loaded() -> None:
        with stderr_held_back(shown_on_error=True):
            os.write(2, b"chatter")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loaded()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(8))
def test_none_is_lost_where_listening_begins_or_ends(
    step: int, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before or after each change of a handler or of the pipe."""
    count = iter(range(100))
    sent: list[int] = []

    def at_its_step(function: Any) -> Any:
        def called(*arguments: Any, **more: Any) -> Any:
            now = next(count) == step
            if now and not after:
                sent.append(step)
                signal.raise_signal(NUMBER)
            made = function(*arguments, **more)
            if now and after:
                sent.append(step)
                signal.raise_signal(NUMBER)
            return made

        return called

    request = StopRequest()
    interrupted = False
    with monkeypatch.context() as patched:
        for name in ("signal", "set_wakeup_fd"):
            patched.setattr(signal, name, at_its_step(getattr(signal, name)))
        try:
            with listening(request, lambda _: None):
                pass
        except KeyboardInterrupt:
            interrupted = True
    signal.set_wakeup_fd(-1)
    assert sent == [step] or signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    assert interrupted or request.asked or not sent


def test_a_record_is_written_at_a_second_ctrl_c(tmp_path: Path) -> None:
    from zoo.experiments.guards import recorded

    written = []

    def write(folder: Path) -> None:
        signal.raise_signal(NUMBER)
        written.append(folder)

    record: Any = SimpleNamespace(write=write)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("zoo.experiments.guards.replace", lambda *_, **__: record)
        with pytest.raises(KeyboardInterrupt), recorded(tmp_path, record):
            raise KeyboardInterrupt
    assert written == [tmp_path]
