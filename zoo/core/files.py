"""Writing files so that no reader ever sees half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

BLOCK = 16 * 1024  # bytes; with fewer left a disk is full
PARTIAL = ".partial-"  # begins the names of files that are being written
FORMER = ".former-"  # and of folders that are being replaced
IDLE = 60  # seconds after which a file of a process that is gone is nobody's


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str], size: int = 0) -> Iterator[Path]:
    """Yield a temporary name beside `path` to write to; rename it to `path` on success.

    The temporary name keeps the suffix, since writers choose their format by it. On any error
    it is removed and whatever stood under `path` before is left as it was. A link stays a link:
    the file it leads to is replaced. A device or a pipe, such as /dev/stdout, is written to.

    Args:
        path: The file.
        size: Bytes that it will have, where that is known: some writers crash on a full disk.

    Raises:
        OSError: the disk is full, whatever the writer makes of that, or the file cannot be written.
    """
    final = Path(path)
    if final.exists() and not (final.is_file() or final.is_dir()):
        with _sent_to(final) as partial:
            yield partial
        return
    final = Path(os.path.realpath(final))
    final.parent.mkdir(parents=True, exist_ok=True)
    _sweep(final)
    partial = final.with_name(f"{PARTIAL}{os.getpid()}-{final.name}")
    try:
        if size and _free(final.parent) < size:
            raise _full(final)
        try:
            yield partial
        except Exception as error:
            if not isinstance(error, OSError) and _free(final.parent) < BLOCK:
                raise _full(final) from error
            raise
        with partial.open("rb+") as written:  # reach the disk before taking the name
            os.fsync(written.fileno())
        partial.replace(final)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _sweep(final: Path) -> None:
    """Remove what processes left that were killed while they wrote this file or folder.

    A folder whose place was not taken yet comes back.
    """
    if fcntl is None:  # Windows does not tell whether a process lives
        return
    named = re.compile(rf"({FORMER}|{PARTIAL})(\d+)-{re.escape(final.name)}")
    for left in [*final.parent.iterdir()]:
        found = named.fullmatch(left.name)
        with contextlib.suppress(OSError):
            if not found or _lives(int(found[2])) or time.time() - left.stat().st_mtime < IDLE:
                continue
            if found[1] == FORMER and not final.exists():
                left.rename(final)
            elif left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        pass
    return True


def is_device(path: Path) -> bool:
    """Whether a path is a device, such as /dev/zero, which never ends."""
    return path.is_char_device() or path.is_block_device()


def _free(folder: Path) -> int:
    """Bytes that may still be written there; many where the system does not tell."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return sys.maxsize


def _full(path: Path) -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


@contextlib.contextmanager
def _sent_to(device: Path) -> Iterator[Path]:
    """Yield a temporary name; send what is written there to something that is not a file."""
    with tempfile.TemporaryDirectory() as folder:
        partial = Path(folder) / device.name
        yield partial
        with partial.open("rb") as made, device.open("wb") as taker:
            shutil.copyfileobj(made, taker)


@contextlib.contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """Yield a temporary name beside `path` to make a folder of; rename it to `path` on success.

    On any error it is removed and the folder that stood there before is left as it was.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    partial = path.with_name(f"{PARTIAL}{os.getpid()}-{path.name}")
    former = path.with_name(f"{FORMER}{os.getpid()}-{path.name}")
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


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder in the block; the hold ends with the process, however that ends.

    Where the system or the file system has no such locks, nothing is held.

    Raises:
        BlockingIOError: another process, or another block, holds it.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # such as a network's
            pass
        yield
    finally:
        os.close(handle)
