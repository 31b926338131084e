"""How much of the training time may go into writing files between epochs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

SHARE = 0.05  # of the training time, at most, goes into each kind of file


class WriteBudget:
    """Says whether one kind of file may be written now, from what writing it has cost so far."""

    def __init__(self) -> None:
        self.begun = self.spent = 0.0

    def start(self) -> None:
        """Training begins: time counts from here."""
        self.begun = time.perf_counter()

    def allows(self) -> bool:
        """Whether the file has cost no more than its share yet; the first one always may."""
        return self.spent <= SHARE * (time.perf_counter() - self.begun)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Count the block's time as spent."""
        begun = time.perf_counter()
        yield
        self.spent += time.perf_counter() - begun
