"""What goes with training in a run folder: nobody else does, and run.json says how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from zoo.core.errors import TrainingError
from zoo.core.files import held
from zoo.core.interrupts import held_off
from zoo.experiments.record import FILE, RunRecord


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Train in a run folder that no other process trains in.

    Raises:
        TrainingError: another one does.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(held(folder))
        except BlockingIOError:
            raise TrainingError(f"{folder} is being trained by another process") from None
        yield


@contextmanager
def recorded(folder: Path, record: RunRecord) -> Iterator[None]:
    """Say in run.json how the block ended, if it did not end well."""
    try:
        yield
    except BaseException as error:
        status = "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
        reason = str(error) or type(error).__name__
        try:
            with held_off():  # a second Ctrl-C
                replace(record, status=status, error=reason).write(folder)
        except OSError:  # the same full disk: the error itself is what counts
            _mark(folder / FILE, status)
            raise error from None
        raise


def _mark(path: Path, status: str) -> None:
    """Change the status where it stands, which needs no room on the disk."""
    before, after = (f'"status": "{word}",'.encode() for word in ("running", status))
    try:
        with path.open("rb+") as file:
            at = file.read(4096).find(before)
            if at >= 0 and len(after) <= len(before):
                file.seek(at)
                file.write(after.ljust(len(before)))
    except OSError:
        return
