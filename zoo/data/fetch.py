"""Download a dataset's files into the data home, checked before they get their names."""

from __future__ import annotations

import contextlib
import hashlib
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from zoo.core.errors import DataError, FetchError
from zoo.data.archive import extract
from zoo.data.checks import CHECKS
from zoo.data.download import download
from zoo.data.manifest import RemoteFile, read_manifest
from zoo.data.progress import download_bar
from zoo.data.registry import dataset_home

TIMEOUT = 30.0  # seconds without a byte
STALE = 3600.0  # seconds after which a partial file is certainly not being written any more


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

    A file that is there and passes the checks is kept. One that comes is written under another
    name in the same folder, and takes its own name only after every check, in one step: whatever
    happens in between, no damaged file ever stands under a final name.

    Args:
        name: A dataset with a manifest.
        home: The data home; default `$ZOO_DATA_HOME`, else the user's cache folder.
        progress: Show a progress bar on stderr.
        force: Download again what is there.
        timeout: Seconds without a single byte after which to give up.
        manifest: A manifest to use instead of the installed one.

    Raises:
        UnknownNameError: no such dataset.
        FetchError: a download failed, or what came does not pass its checks.
    """
    folder = dataset_home(name, home)
    files = read_manifest(name, manifest).files
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FetchError(f"{folder}: {error.strerror or error}") from error
    with _Downloads(folder, progress, timeout) as downloads:
        return [_fetch_file(file, folder, force, downloads) for file in files]


class _Downloads:
    """Downloads into hidden files; an archive comes once, however many members are wanted."""

    def __init__(self, folder: Path, progress: bool, timeout: float) -> None:
        self.folder = folder
        self.progress = progress
        self.timeout = timeout
        self._archives: dict[str, Path] = {}

    def __enter__(self) -> _Downloads:
        return self

    def __exit__(self, *_: object) -> None:
        for part in self._archives.values():
            _remove(part)

    def get(self, file: RemoteFile, part: Path) -> None:
        """Write the file that `file` describes to `part`."""
        if file.member is None:
            self._download(file.url, file.file, part)
            return
        if file.url not in self._archives:
            name = file.url.rpartition("/")[2]
            _sweep(self.folder, "archive")
            archive = self._archives[file.url] = _part(self.folder, "archive")
            self._download(file.url, name, archive)
        extract(self._archives[file.url], file.member, part, file.url)

    def _download(self, url: str, name: str, part: Path) -> None:
        with download_bar(name, self.progress) as bar:
            download(url, part, timeout=self.timeout, bar=bar)


def _part(folder: Path, name: str) -> Path:
    """A hidden name, of this process alone, for a file that is not whole yet."""
    return folder / f".{name}.{uuid.uuid4().hex}.part"


def _remove(part: Path) -> None:
    with contextlib.suppress(OSError):
        part.unlink(missing_ok=True)


def _fetch_file(file: RemoteFile, folder: Path, force: bool, downloads: _Downloads) -> Fetched:
    final = folder / file.file
    replaced: tuple[str, ...] = ()
    if final.exists() and not force:
        try:
            return _inspect(file, final, final, "kept")
        except FetchError as error:
            problem = str(error).removeprefix(f"{file.url}: ")
            replaced = (f"{file.file} was there, but did not pass ({problem}); it was replaced",)
    _sweep(folder, file.file)
    part = _part(folder, file.file)
    try:
        downloads.get(file, part)
        fetched = _inspect(file, part, final, "downloaded")
        try:
            part.replace(final)
        except OSError as error:
            raise FetchError(f"{final}: {error.strerror or error}") from error
    finally:  # also after Ctrl-C
        _remove(part)
    return replace(fetched, warnings=(*replaced, *fetched.warnings))


def _sweep(folder: Path, name: str) -> None:
    """Remove what a killed process left of this file long ago."""
    for part in folder.glob(f".{name}.*.part"):
        with contextlib.suppress(OSError):
            if time.time() - part.stat().st_mtime > STALE:
                part.unlink()


def _inspect(
    file: RemoteFile, path: Path, final: Path, status: Literal["downloaded", "kept"]
) -> Fetched:
    """Check the file at `path`; it is spoken of as `final`.

    Raises:
        FetchError: a checksum, the header or the contents are not what they should be.
    """
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise FetchError(f"{final}: {error.strerror or error}") from error
    if file.sha256 is not None and digest != file.sha256:
        raise FetchError(
            f"{file.url}: {file.file}: wrong checksum, sha256 {digest[:12]}... instead of "
            f"{file.sha256[:12]}..."
        )
    if file.check is None:
        return Fetched(final, status, digest, None)
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
            warnings.append(f"{file.file}: columns {', '.join(columns)}, not as in the manifest")
    if file.rows is not None and rows != file.rows:
        warnings.append(f"{file.file}: {rows:,} rows, expected about {file.rows:,}")
    return Fetched(final, status, digest, rows, tuple(warnings))
