"""Writing files so that no reader ever sees half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

PARTIAL = ".partial-"  # begins the names of files that are being written


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary name beside `path` to write to; rename it to `path` on success.

    The temporary name keeps the suffix, since writers choose their format by it. On any error
    it is removed and whatever stood under `path` before is left as it was.
    """
    final = Path(path)
    if final.exists() and not (final.is_file() or final.is_dir()):  # such as /dev/null
        raise OSError(errno.ENXIO, "not a regular file", str(final))
    final.parent.mkdir(parents=True, exist_ok=True)
    partial = final.with_name(f"{PARTIAL}{os.getpid()}-{final.name}")
    try:
        yield partial
        with partial.open("rb+") as written:  # reach the disk before taking the name
            os.fsync(written.fileno())
        partial.replace(final)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


@contextlib.contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside `path` to make a folder of; rename it to `path` on success.

    On any error it is removed and the folder that stood there before is left as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{PARTIAL}{os.getpid()}-{path.name}")
    former = path.with_name(f".former-{os.getpid()}-{path.name}")
    try:
        yield partial
        for file in partial.rglob("*"):
            if file.is_file():
                with file.open("rb+") as written:  # reach the disk before taking the name
                    os.fsync(written.fileno())
        if path.exists():  # a folder that is not empty cannot be renamed over
            path.rename(former)
        try:
            partial.rename(path)
        except OSError:
            if former.exists():
                former.rename(path)
            raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if path.exists():
            shutil.rmtree(former, ignore_errors=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write `text` as UTF-8 with `\\n` line ends, whole or not at all."""
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")
