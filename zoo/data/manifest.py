"""The manifest of a dataset: which files it has, where they are published, how to know them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.core.errors import DataError, UnknownNameError
from zoo.data.checks import CHECKS
from zoo.data.registry import described_in, sources


@dataclass(frozen=True)
class RemoteFile:
    """One file of a manifest.

    Attributes:
        file: Its name in the data home.
        url: Where it is published.
        sha256: Hexadecimal digest; None where it is not known.
        rows: Rows observed, without the header; None where not known.
        columns: Columns of the header, in the file's order.
        check: Name of one of `zoo.data.checks.CHECKS`: what reads the file strictly.
        member: The file's whole name inside the archive (zip or tar) that `url` is the address
            of; None where `url` is the file itself. Checksum and rows are the member's.
    """

    file: str
    url: str
    sha256: str | None
    rows: int | None
    columns: tuple[str, ...]
    check: str | None = None
    member: str | None = None


@dataclass(frozen=True)
class Manifest:
    """All files of a dataset, and the terms they come under."""

    dataset: str
    license: str
    files: tuple[RemoteFile, ...]


def read_manifest(name: str, path: Path | None = None) -> Manifest:
    """The manifest of dataset `name`, from the installation or from `path`.

    Raises:
        UnknownNameError: no such dataset.
        DataError: the dataset has no manifest, or it is not of the documented form.
    """
    path = path or described_in(name) / "manifest.json"
    if not path.exists():
        raise DataError(
            f"{name}: nothing to fetch; no source of it ({', '.join(sources(name))}) has a public "
            f"address; `zoo data card {name}` says more"
        )
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(
            RemoteFile(**{**entry, "columns": tuple(entry["columns"])})
            for entry in content["files"]
        )
        manifest = Manifest(content["dataset"], content["license"], files)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"{path}: not a manifest ({error!r})") from error
    for entry in manifest.files:
        if Path(entry.file).name != entry.file or entry.file.startswith("."):
            raise DataError(f"{path}: {entry.file!r} is not a plain file name")
        if entry.sha256 is not None and not re.fullmatch("[0-9a-f]{64}", entry.sha256):
            raise DataError(f"{path}: {entry.sha256!r} is not a sha256 in hexadecimal digits")
        if entry.check is not None and entry.check not in CHECKS:
            raise DataError(f"{path}: {UnknownNameError('check', entry.check, CHECKS)}")
    return manifest
