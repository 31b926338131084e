"""Options of datasets: named, typed and bounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.core.errors import DataError, UnknownNameError


@dataclass(frozen=True)
class Whole:
    """A whole number with its default and its range, both ends included.

    A default of None means that the option may be left out.
    """

    default: int | None
    low: int
    high: int

    def check(self, dataset: str, option: str, value: Any) -> None:
        """Raise DataError for a value that is not a whole number in the range."""
        wanted = f"{dataset}: {option} takes a whole number from {self.low:,} to {self.high:,}"
        if isinstance(value, bool) or not isinstance(value, int):
            raise DataError(f"{wanted}, not {value!r}")
        if not self.low <= value <= self.high:
            raise DataError(f"{wanted}, not {value}")


@dataclass(frozen=True)
class Season:
    """A year such as 2010, or None."""

    default: None = None

    def check(self, dataset: str, option: str, value: Any) -> None:
        """Raise DataError for a value that is not a whole number."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise DataError(f"{dataset}: {option} takes a season such as 2010, not {value!r}")


@dataclass(frozen=True)
class Choice:
    """One of some words, or None."""

    words: tuple[str, ...]
    default: None = None

    def check(self, dataset: str, option: str, value: Any) -> None:
        """Raise UnknownNameError for another word."""
        if value not in self.words:
            raise UnknownNameError(f"{option} of dataset {dataset}", value, self.words)


@dataclass(frozen=True)
class TablePath:
    """The path of a file, whose default is part of the dataset."""

    default: Path

    def check(self, dataset: str, option: str, value: Any) -> None:
        """Raise DataError for what is not a path."""
        if not isinstance(value, str | Path):
            raise DataError(f"{dataset}: {option} takes the path of a file, not {value!r}")


Option = Whole | Season | Choice | TablePath

ROWS = Whole(6_000, 60, 200_000)  # training rows of a generated set


def checked(
    dataset: str, options: Mapping[str, Any], known: Mapping[str, Option]
) -> dict[str, Any]:
    """A value for every known option.

    Raises:
        UnknownNameError: an option that the dataset does not have.
        DataError: a value of another type or out of its range.
    """
    for name in options:
        if name not in known:
            raise UnknownNameError(f"option of dataset {dataset}", name, known)
    chosen: dict[str, Any] = {}
    for name, option in known.items():
        value = chosen[name] = options.get(name, option.default)
        if value is not None or option.default is not None:
            option.check(dataset, name, value)
    return chosen
