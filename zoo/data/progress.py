"""A progress bar on stderr for one download."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from zoo.data.download import Bar

if TYPE_CHECKING:
    from rich.progress import Progress


@contextlib.contextmanager
def download_bar(name: str, shown: bool) -> Iterator[Bar | None]:
    """The bar of file `name`; None where it is not to be shown."""
    if not shown:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn(name), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield _RichBar(progress)


class _RichBar:
    """Rich's progress bar behind the methods that pooch calls."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None)
        self._total = 0

    @property
    def total(self) -> int:
        """Bytes in all, 0 where not known."""
        return self._total

    @total.setter
    def total(self, size: int) -> None:
        self._total = size
        self._progress.update(self._task, total=size or None)

    def update(self, size: int) -> None:
        """`size` more bytes came."""
        self._progress.update(self._task, advance=size)

    def reset(self) -> None:
        """Back to none."""
        self._progress.update(self._task, completed=0)

    def close(self) -> None:
        """All came."""
        self._progress.refresh()
