"""A source: one way to obtain a dataset, such as its published files or a generator.

A loader says only what is particular to it: it turns a `Request` into a `Content`. Looking for
the files, checking the options, the card, the line that says what was read and the trivial scores
are the same for all (`zoo.data.registry.load`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.core.columns import NO_COLUMNS, Columns
from zoo.core.errors import DataError, UnknownNameError
from zoo.data.dataset import Arrays

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Whole:
    """An option that is a whole number: its default, if it has one, and its range."""

    default: int | None
    low: int
    high: int

    def check(self, dataset: str, option: str, value: Any) -> None:
        """Raise DataError for a value that is not a whole number in the range."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not self.low <= value <= self.high:
            wanted = f"a whole number from {self.low:,} to {self.high:,}"
            raise DataError(f"{dataset}: {option} takes {wanted}, not {value!r}")


@dataclass(frozen=True)
class Choice:
    """An option that is one of some words, or left out."""

    words: tuple[str, ...]
    default: None = None

    def check(self, dataset: str, option: str, value: Any) -> None:
        """Raise UnknownNameError for another word."""
        if value not in self.words:
            raise UnknownNameError(f"{option} of dataset {dataset}", value, self.words)


@dataclass(frozen=True)
class TablePath:
    """An option that is the path of a file, whose default is part of the dataset."""

    default: Path

    def check(self, dataset: str, option: str, value: Any) -> None:
        """Raise DataError for what is not a path."""
        if not isinstance(value, str | Path):
            raise DataError(f"{dataset}: {option} takes a file path, not {value!r}")


Option = Whole | Choice | TablePath

ROWS = Whole(6_000, 60, 200_000)  # training rows of a generated set


@dataclass(frozen=True)
class Request:
    """What a loader is asked for.

    Attributes:
        dataset: Name of the dataset, for loaders that serve several.
        folder: Where the dataset's files are; an embedded source leaves it alone.
        seed: Fixes the splits, and what a generator draws.
        options: A value for every option that the source declares.
        other: How to get the other source.
    """

    dataset: str
    folder: Path
    seed: int
    options: Mapping[str, Any]
    other: str = ""

    def missing(self, *names: str) -> list[str]:
        """Those of the files that are not in the folder."""
        return [name for name in names if not (self.folder / name).is_file()]

    def need(self, *names: str) -> list[Path]:
        """The paths of files in the folder.

        Raises:
            DataError: some are missing; the message says how to get them.
        """
        if missing := self.missing(*names):
            raise DataError(
                f"{self.dataset}: {', '.join(missing)} not in {self.folder}; `zoo data fetch "
                f"{self.dataset}` downloads the files; {self.other}"
            )
        return [self.folder / name for name in names]


@dataclass(frozen=True)
class Content:
    """What a loader returns.

    Attributes:
        splits, sizes, columns, labels, vectors, truth, notes: As in `Dataset`.
        targets: Column -> `binary`, `classes` or `number`, for the trivial scores.
        references: Scores that the source knows itself, such as `best possible`.
        origin: The text in parentheses in the origin line, where it is not the folder.
    """

    splits: Mapping[str, Arrays]
    sizes: Mapping[str, int] = field(default_factory=dict)
    columns: Columns = NO_COLUMNS
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    vectors: np.ndarray | None = None
    truth: Arrays = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    origin: str = ""


Loader = Callable[[Request], Content]


@dataclass(frozen=True)
class Source:
    """One way to obtain a dataset.

    Attributes:
        name: What `--data` takes.
        load: Reads or generates; raises DataError for what is damaged.
        files: Names in the dataset's folder that must be there; empty for an embedded source.
        options: Option -> its default and range.
        available: Says whether the files are there, where `files` cannot; the request's options
            are as they were given, unchecked.
    """

    name: str
    load: Loader
    files: tuple[str, ...] = ()
    options: Mapping[str, Option] = field(default_factory=dict)
    available: Callable[[Request], bool] | None = None

    @property
    def reads_files(self) -> bool:
        """Whether it reads files of the data home."""
        return bool(self.files or self.available)

    def is_there(self, request: Request) -> bool:
        """Whether the files are there; looks at names, not contents."""
        if self.available:
            return self.available(request)
        return not request.missing(*self.files)

    def checked(self, dataset: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """A value for every option.

        Raises:
            UnknownNameError: an option that the source does not have.
            DataError: a value of another type or out of its range.
        """
        for name in options:
            if name not in self.options:
                raise UnknownNameError(f"option of dataset {dataset}", name, self.options)
        chosen = {name: option.default for name, option in self.options.items()} | dict(options)
        for name, value in chosen.items():
            if value is not None or self.options[name].default is not None:
                self.options[name].check(dataset, name, value)
        return chosen


def source(
    *files: str, available: Callable[[Request], bool] | None = None, **options: Option
) -> Callable[[Loader], Source]:
    """Make the loader below a source of the same name; arguments as in `Source`."""
    return lambda load: Source(load.__name__, load, files, options, available)
