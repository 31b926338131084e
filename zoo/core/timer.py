"""Seconds of a run, by phase."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Timer:
    """Seconds by phase, and in total."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.phases: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.phases[name] = time.perf_counter() - begun

    def seconds(self) -> dict[str, float]:
        total = {"total": time.perf_counter() - self.begun}
        return {name: round(value, 3) for name, value in {**self.phases, **total}.items()}
