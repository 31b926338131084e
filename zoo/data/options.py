"""Options of datasets: named, typed and bounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


ROWS = Whole(6_000, 60, 200_000)  # training rows of a generated set


def checked(dataset: str, options: Mapping[str, Any], known: Mapping[str, Whole]) -> dict[str, Any]:
    """A value for every known option.

    Raises:
        UnknownNameError: an option that the dataset does not have.
        DataError: a value that is not a whole number in its range.
    """
    for option in options:
        if option not in known:
            raise UnknownNameError(f"option of dataset {dataset}", option, known)
    chosen: dict[str, Any] = {}
    for option, whole in known.items():
        value = chosen[option] = options.get(option, whole.default)
        if value is None and whole.default is None:
            continue
        wanted = f"{dataset}: {option} takes a whole number from {whole.low:,} to {whole.high:,}"
        if isinstance(value, bool) or not isinstance(value, int):
            raise DataError(f"{wanted}, not {value!r}")
        if not whole.low <= value <= whole.high:
            raise DataError(f"{wanted}, not {value}")
    return chosen


def refuse_unknown(name: str, options: Mapping[str, Any], known: Any = ()) -> None:
    """Raise UnknownNameError for an option that dataset `name` does not have."""
    for option in options:
        if option not in known:
            raise UnknownNameError(f"option of dataset {name}", option, known)
