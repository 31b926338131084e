"""The manifest of a dataset: which files it has, where they are published, how to verify them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from zoo.core.errors import DataError, UnknownNameError
from zoo.data.basketball.course import count_rows
from zoo.data.registry import described_in, sources
from zoo.data.text.posts import read_survey
from zoo.data.text.questions import read_stories

# The name in a manifest -> what reads a file strictly and counts its rows, where no checksum is
# known: an error page must not pass for data. Each raises DataError, naming the file, for what
# is wrong.
CHECKS: dict[str, Callable[[Path], int]] = {
    "course_season": partial(count_rows, seeds=False),
    "course_tourney": partial(count_rows, seeds=True),
    "stories": lambda path: len(read_stories(path)),
    "survey": lambda path: len(read_survey(path)[0]),
}


@dataclass(frozen=True)
class RemoteFile:
    """One file of a manifest.

    Attributes:
        file: Its name in the data home.
        url: Where it is published.
        sha256: Hexadecimal digest; empty where it is not known.
        sha256_note: Why it is not known; given only where it is not.
        rows: Rows observed, without the header; None where not known.
        columns: Columns of the header, in the file's order.
        check: Name of one of CHECKS, which reads a file strictly whose checksum is not known.
        member: The file's whole name inside the archive (zip or tar) at `url`; empty where `url`
            is the file itself. Checksum and rows are the member's.
        most_bytes: What may come at most, of an archive and of its member.
    """

    file: str
    url: str
    sha256: str = ""
    sha256_note: str = ""
    rows: int | None = None
    columns: tuple[str, ...] = ()
    check: str = ""
    member: str = ""
    most_bytes: int = 64 * 1024**2


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
            f"{name}: nothing to fetch; none of its sources ({', '.join(sources(name))}) has a "
            f"public address; see `zoo data card {name}`"
        )
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files = tuple(
            RemoteFile(**{**entry, "columns": tuple(entry.get("columns", ()))})
            for entry in content["files"]
        )
        manifest = Manifest(content["dataset"], content["license"], files)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{path}: not a manifest ({error!r})") from error
    for entry in files:
        if problem := _problem(entry):
            raise DataError(f"{path}: {problem}")
    return manifest


def _problem(entry: RemoteFile) -> str:
    """What is wrong with an entry; empty where nothing is."""
    if Path(entry.file).name != entry.file or entry.file.startswith("."):
        return f"{entry.file!r} is not a plain file name"
    if entry.sha256 and not re.fullmatch("[0-9a-f]{64}", entry.sha256):
        return f"{entry.sha256!r} is not a sha256 in hexadecimal digits"
    if bool(entry.sha256) == bool(entry.sha256_note):
        return f"{entry.file} needs a sha256, or a sha256_note that says why there is none"
    if not isinstance(entry.most_bytes, int) or entry.most_bytes < 1:
        return f"{entry.file}: most_bytes must be a whole number from 1 up"
    if entry.check and entry.check not in CHECKS:
        return str(UnknownNameError("check", entry.check, CHECKS))
    return ""
