"""One member of a downloaded archive, copied out under a name of the caller's choice."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
import zlib
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from zoo.core.errors import FetchError


def extract(archive: Path, member: str, destination: Path, url: str) -> None:
    """Write a member of a zip or tar file, packed or not, to `destination`.

    Only the contents are taken: no path, link or permission of the archive reaches the disk.

    Args:
        archive: The downloaded file.
        member: The member's whole name, as the archive has it.
        destination: A file to write.
        url: Where the archive came from, for messages.

    Raises:
        FetchError: the file is no whole archive, or has no such regular file.
    """
    try:
        with ExitStack() as stack:
            source = _opened(archive, member, stack)
            if source is None:
                raise FetchError(f"{url}: no file {member!r} in this archive")
            with destination.open("wb") as target:
                shutil.copyfileobj(source, target)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, RuntimeError) as error:
        reason = str(error).partition("\n")[0].rstrip(":")
        raise FetchError(f"{url}: not a whole archive ({reason})") from error
    except OSError as error:  # gzip says so too when its data are damaged
        raise FetchError(f"{url}: {member}: {error.strerror or error}") from error


def _opened(archive: Path, member: str, stack: ExitStack) -> IO[bytes] | None:
    """The member to read from, or None where there is no such regular file."""
    if zipfile.is_zipfile(archive):
        content = stack.enter_context(zipfile.ZipFile(archive))
        if member not in content.namelist() or member.endswith("/"):
            return None
        return stack.enter_context(content.open(member))
    packed = stack.enter_context(tarfile.TarFile.open(archive))
    try:
        entry = packed.getmember(member)
    except KeyError:
        return None
    if not entry.isfile():  # a folder, or a link, which may point anywhere
        return None
    source = packed.extractfile(entry)
    return stack.enter_context(source) if source is not None else None
