"""Stopping a run without losing it: the first signal ends the epoch, the second the program."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from zoo._keras import keras

Logs = dict[str, Any] | None
SIGNALS = (signal.SIGINT, signal.SIGTERM)
STATUS = 130  # what a shell calls a program that Ctrl-C ended


class StopRequest(keras.callbacks.Callback):
    """Stops training after the epoch in which `ask` was called."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = False
        self.stopped_after: int | None = None

    def ask(self) -> None:
        """Ask for the stop; safe from a signal handler and from another thread."""
        self.asked = True

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if self.asked:
            self.stopped_after = epoch + 1
            self.model.stop_training = True


@contextmanager
def listening(request: StopRequest, say: Callable[[str], None]) -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into a request; the second one ends the process.

    Python runs signal handlers between its own instructions, and a compiled epoch is one long
    instruction: a thread that reads the signals' wake-up pipe sees them at once.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the main thread
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    # The handlers have nothing to do themselves: the thread hears every signal.
    before = {number: signal.signal(number, _ignored) for number in SIGNALS}
    old_pipe = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)

    def listen() -> None:
        while (heard := os.read(reader, 1)) and heard[0]:
            if heard[0] not in SIGNALS:
                continue
            if request.asked:
                os.write(2, b"error: interrupted\n")
                os._exit(STATUS)
            request.ask()
            say("stopping after this epoch; once more stops at once")

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(old_pipe)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.write(writer, b"\0")
        thread.join()
        os.close(reader)
        os.close(writer)


def _ignored(_number: int, _frame: FrameType | None) -> None:
    """Keeps Python's own handler, which would raise KeyboardInterrupt, from running."""
