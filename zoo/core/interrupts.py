"""Ctrl-C in a program: it is never lost, and ends it in one line.

Python raises KeyboardInterrupt wherever it is. In a `__del__`, or in a callback of compiled code,
it goes no further: Python prints it and continues. TensorFlow has many of those.
"""

from __future__ import annotations

import _thread
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType
from typing import Any, NoReturn

STATUS = 130  # what a shell calls a program that Ctrl-C ended
AGAIN = 0.05  # seconds until an interrupt that was lost comes again: its `__del__` has ended


def end_at_once(_number: int = signal.SIGINT, _frame: FrameType | None = None) -> NoReturn:
    """End the process, with the line that says why; also a signal's handler."""
    with contextlib.suppress(OSError):  # a terminal that is gone
        if os.isatty(2):  # a bar has hidden the cursor
            os.write(2, b"\r\x1b[2K\x1b[?25h")
        os.write(2, b"error: interrupted\n")
    os._exit(STATUS)


def end_quietly(_number: int, _frame: FrameType | None) -> NoReturn:
    """A signal's handler where the user has been told already."""
    os._exit(STATUS)


def on_ctrl_c(handler: Any) -> Any:
    """Set what Ctrl-C does, unless the program's parent or its user has set something else.

    Returns:
        What it did before, or None where nothing was set.
    """
    if threading.current_thread() is not threading.main_thread():
        return None
    before = signal.getsignal(signal.SIGINT)
    if before not in (signal.default_int_handler, end_at_once):
        return None
    signal.signal(signal.SIGINT, handler)
    return before


class Interrupts:
    """Within the block the first Ctrl-C raises KeyboardInterrupt, once more where that was lost.

    A second one, while the first makes things end, ends the process.
    """

    def __init__(self) -> None:
        self._raised = False
        self._lost = False
        self._over = threading.Lock()
        self._handler: Any = None
        self._hook = sys.unraisablehook

    def __enter__(self) -> None:
        self._hook, sys.unraisablehook = sys.unraisablehook, self._unraisable
        self._handler = on_ctrl_c(self._interrupt)

    def __exit__(self, *_: object) -> None:
        try:
            with self._over:
                lost, self._lost = self._lost, False
        finally:
            sys.unraisablehook = self._hook
            if self._handler is not None:
                signal.signal(signal.SIGINT, self._handler)
        if lost:
            raise KeyboardInterrupt

    def _interrupt(self, number: int, frame: FrameType | None) -> NoReturn:
        if self._raised:
            end_at_once()
        self._raised = True
        raise KeyboardInterrupt

    def _unraisable(self, found: Any) -> None:
        """Take what Python cannot raise."""
        if not issubclass(found.exc_type, KeyboardInterrupt):
            self._hook(found)
            return
        self._raised, self._lost = False, True
        # not a Thread: this may be within one that starts, whose locks are taken
        with contextlib.suppress(RuntimeError):  # Python ends
            _thread.start_new_thread(self._deliver, ())

    def _deliver(self) -> None:
        time.sleep(AGAIN)
        with self._over:
            if not self._lost:
                return
            self._lost = False
            if hasattr(signal, "pthread_kill"):  # also wakes what waits, as Ctrl-C did
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            else:
                _thread.interrupt_main()


@contextlib.contextmanager
def held_off() -> Iterator[None]:
    """Within the block Ctrl-C waits for its end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if before is None:  # not set from Python, so that it could not be set again
        yield
        return
    signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if heard:
            signal.raise_signal(signal.SIGINT)
