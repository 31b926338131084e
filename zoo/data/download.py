"""Download a dataset's files over HTTPS, verified before they get their names.

The only module that opens a network connection; requests does the transfer.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import hashlib
import ipaddress
import itertools
import lzma
import re
import shutil
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin, urlsplit

from zoo.core.errors import DataError, FetchError
from zoo.data.manifest import CHECKS, RemoteFile, read_manifest
from zoo.data.registry import dataset_home

if TYPE_CHECKING:
    import requests

TIMEOUT = 30.0  # seconds without a byte
CHUNK = 1 << 16  # bytes
BLOCK = 1 << 20  # bytes of an archive's own that may be read at a time
PACKED: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
MOST_BYTES = RemoteFile.most_bytes
WORK = ".fetch-"  # begins the name of the folder that holds files while they come
STALE = 3600.0  # seconds after which such a folder was left by a process that was killed


@dataclass(frozen=True)
class Fetched:
    """What happened to one file: `status` says whether it came now or was there and valid."""

    path: Path
    status: Literal["downloaded", "kept"]
    sha256: str
    rows: int | None
    warnings: tuple[str, ...] = ()


def fetch(
    name: str,
    home: str | Path | None = None,
    *,
    progress: bool = True,
    force: bool = False,
    timeout: float = TIMEOUT,
    manifest: Path | None = None,
) -> list[Fetched]:
    """Download the files of dataset `name` into the data home.

    A file that is there and passes the checks is kept. A new one is written to a temporary folder
    beside it, and moved to its own name in one step after every check: whatever happens in
    between, no damaged file ever stands under a final name.

    Args:
        name: A dataset with a manifest.
        home: The data home; default `$ZOO_DATA_HOME`, else the user's cache folder.
        progress: Show a progress bar on stderr.
        force: Download again what is there.
        timeout: Seconds without a single byte after which to give up.
        manifest: A manifest to use instead of the installed one.

    Raises:
        UnknownNameError: no such dataset.
        FetchError: a download failed, or a file does not pass its checks.
    """
    folder = dataset_home(name, home)
    files = read_manifest(name, manifest).files
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        with tempfile.TemporaryDirectory(prefix=WORK, dir=folder) as work:
            return [
                _fetch_file(file, folder, Path(work), progress, force, timeout) for file in files
            ]
    except OSError as error:
        where = error.filename2 or error.filename or folder
        raise FetchError(f"{where}: {error.strerror or error}") from error


def _sweep(folder: Path) -> None:
    """Remove what a killed process left long ago; where a file still grows, one is at work."""
    for left in folder.glob(f"{WORK}*"):
        with contextlib.suppress(OSError):
            newest = max(path.stat().st_mtime for path in (left, *left.iterdir()))
            if time.time() - newest > STALE:
                shutil.rmtree(left)


def _fetch_file(
    file: RemoteFile, folder: Path, work: Path, progress: bool, force: bool, timeout: float
) -> Fetched:
    final, part = folder / file.file, work / file.file
    replaced: tuple[str, ...] = ()
    aside: Path | None = None
    if final.is_file() and not force:
        try:
            return _verified(file, final, final, "kept")
        except FetchError as error:
            problem = str(error).removeprefix(f"{file.url}: ")
            aside = _aside(final)
            replaced = (f"{file.file} did not pass its checks ({problem}); it is now {aside.name}",)
    if file.member:
        archive = work / hashlib.sha256(file.url.encode()).hexdigest()
        if not archive.exists():  # it comes once, however many members are wanted
            shown = file.url.rpartition("/")[2] if progress else ""
            download(file.url, archive, timeout, file.most_bytes, shown)
        part.write_bytes(_member(archive, file.member, file.url, file.most_bytes))
    else:
        download(file.url, part, timeout, file.most_bytes, file.file if progress else "")
    fetched = _verified(file, part, final, "downloaded")
    if aside is not None:  # only now: a failed download leaves it in its place
        final.rename(aside)
    part.replace(final)
    return replace(fetched, warnings=(*replaced, *fetched.warnings))


def _aside(path: Path) -> Path:
    """A free name beside a file that is not what it should be: it may be the user's own work."""
    names = (path.with_name(f"{path.name}.changed{number or ''}") for number in itertools.count())
    return next(name for name in names if not name.exists())


def _verified(
    file: RemoteFile, path: Path, final: Path, status: Literal["downloaded", "kept"]
) -> Fetched:
    """Check the file at `path`, which is or will be `final`.

    Raises:
        FetchError: a checksum, the header or the contents are not what they should be.
    """
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    if file.sha256 and digest != file.sha256:
        raise FetchError(
            f"{file.url}: {file.file}: wrong checksum, sha256 {digest[:12]}... instead of "
            f"{file.sha256[:12]}..."
        )
    if not file.check:
        return Fetched(final, status, digest, file.rows)
    try:
        rows = CHECKS[file.check](path)
    except DataError as error:
        problem = str(error).replace(str(path), file.file)
        raise FetchError(f"{file.url}: {problem}") from error
    warnings = []
    if file.columns:
        with path.open(encoding="utf-8-sig") as text:
            columns = tuple(word.strip() for word in text.readline().split(","))
        if columns != file.columns:
            warnings.append(f"{file.file}: columns {', '.join(columns)} differ from the manifest")
    if file.rows is not None and rows != file.rows:
        warnings.append(f"{file.file}: {rows:,} rows, expected about {file.rows:,}")
    return Fetched(final, status, digest, rows, tuple(warnings))


def check_url(url: str, *, start: str | None = None) -> None:
    """Refuse an address that is not HTTPS; plain HTTP is for this machine itself alone (tests).

    Args:
        url: The address.
        start: Where a redirect to `url` began: from HTTPS it may not lead to plain HTTP at all.

    Raises:
        FetchError: the address may not be used.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise FetchError(f"{url!r} is no address: {error}") from error
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    from_plain = start is None or urlsplit(start).scheme == "http"
    if parts.scheme == "https" or (parts.scheme == "http" and loopback and from_plain):
        return
    came = f" (a redirect from {start})" if start else ""
    raise FetchError(f"{url}{came}: only https addresses are allowed")


def download(
    url: str, destination: Path, timeout: float, most: int = MOST_BYTES, shown: str = ""
) -> None:
    """Write the body of `url` to `destination`, which the caller removes after a failure.

    Args:
        url: An https address.
        destination: A file to write, in an existing folder.
        timeout: Seconds without a single byte after which the transfer counts as stalled.
        most: Bytes that may come; more are refused.
        shown: Name beside the progress bar; without one there is no bar.

    Raises:
        FetchError: the address is refused, there is no answer, the server answers with an error, or
            the transfer stalls or breaks off.
        OSError: the file cannot be written.
    """
    import requests

    def check_redirect(answer: requests.Response, **_: Any) -> None:
        if answer.is_redirect:
            answer.close()  # its body is of no use, and would hold the connection open
            try:
                target = urljoin(answer.url, answer.headers["location"])
            except ValueError:
                raise FetchError(f"{url}: the server redirects to no address") from None
            check_url(target, start=url)

    check_url(url)
    came = length = 0
    # Content-Length must be the length of the file itself.
    how = {"headers": {"Accept-Encoding": "identity"}, "hooks": {"response": check_redirect}}
    try:
        with requests.get(url, stream=True, timeout=timeout, **how) as answer:
            answer.raise_for_status()
            told = answer.headers.get("content-length", "")
            length = int(told) if re.fullmatch(r"[0-9]{1,18}", told) else 0
            if length > most:
                raise _too_long(url, most)
            with destination.open("wb") as file, _bar(shown, length) as advance:
                for chunk in answer.iter_content(CHUNK):
                    came += file.write(chunk)
                    if came > most:
                        raise _too_long(url, most)
                    advance(len(chunk))
    except requests.RequestException as error:
        raise FetchError(f"{url}: {_problem(error, came, length, timeout)}") from error
    except (FetchError, OSError):
        raise
    except Exception as error:  # headers or chunks that make no sense: each in its own way
        raise FetchError(f"{url}: the server's answer makes no sense ({_brief(error)})") from error


def _brief(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(":") or type(error).__name__


def _too_long(url: str, most: int) -> FetchError:
    return FetchError(f"{url}: more than the {most:,} bytes that are expected at most")


def _problem(error: requests.RequestException, came: int, length: int, timeout: float) -> str:
    """What went wrong, without the names of the objects that it passed through."""
    import requests
    from urllib3.exceptions import ReadTimeoutError

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code} {error.response.reason}"
    stalled = any(isinstance(cause, ReadTimeoutError) for cause in error.args)
    if stalled or isinstance(error, requests.Timeout):
        return f"no answer for {timeout:g} seconds; try again later"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        of = f" of {length:,}" if length else ""
        return f"the transfer stopped after {came:,}{of} bytes; try again"
    cause = error.args[0] if error.args else error
    text = str(getattr(cause, "reason", cause)).partition("\n")[0]
    what = "no connection" if isinstance(error, requests.ConnectionError) else "download failed"
    return f"{what} ({text.partition('): ')[2] or text})"


@contextlib.contextmanager
def _bar(name: str, length: int) -> Iterator[Callable[[int], None]]:
    """What to tell how many bytes came, for Rich's progress bar on stderr; none without a name."""
    if not name:
        yield lambda size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn(name), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("", total=length or None)
        yield lambda size: bars.advance(task, size)


def _member(archive: Path, member: str, url: str, most: int) -> bytes:
    """The contents of a member of a zip or tar file; no link or path of it is followed.

    Raises:
        FetchError: the file is not a whole archive, or has no such regular file.
    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as zipped, zipped.open(member) as content:
                return _all(content, url, most)
        with (
            _unpacked(archive, url, most) as stream,
            tarfile.open(fileobj=stream, mode="r:") as packed,
        ):
            entry = packed.getmember(member)
            held = packed.extractfile(entry) if entry.isfile() else None
            if held is None:  # a folder, or a link, which may point anywhere
                raise KeyError(member)
            return _all(held, url, most)
    except KeyError as error:
        raise FetchError(f"{url}: no file {member!r} in this archive") from error
    except FetchError:
        raise
    except Exception as error:  # damage shows in many ways: each format has its own errors
        reason = _brief(error)
        raise FetchError(f"{url}: the archive is damaged or incomplete ({reason})") from error


@contextlib.contextmanager
def _unpacked(archive: Path, url: str, most: int) -> Iterator[Any]:
    """The bytes of a tar file, which no single read may ask too many of.

    A header of a few bytes can tell of terabytes, which would be read in one piece.
    """
    with archive.open("rb") as file:
        begun = file.read(6)
    opened = next((open_ for magic, open_ in PACKED.items() if begun.startswith(magic)), open)
    with opened(archive, "rb") as stream:
        plain = stream.read

        def read(size: int = -1) -> bytes:
            if not 0 <= size <= most + BLOCK:
                raise _too_long(url, most)
            return plain(size)

        yield SimpleNamespace(read=read, seek=stream.seek, tell=stream.tell)


def _all(content: IO[bytes], url: str, most: int) -> bytes:
    """What a member holds; a small archive may unpack to more than any disk has."""
    found = content.read(most + 1)
    if len(found) > most:
        raise _too_long(url, most)
    return found
