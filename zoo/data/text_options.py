"""Options of the text loaders: named, typed and bounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zoo.core.errors import DataError, UnknownNameError


@dataclass(frozen=True)
class Whole:
    """A whole number with its default and its range, both ends included."""

    default: int
    low: int
    high: int


ROWS = Whole(6_000, 60, 200_000)  # training rows of a generated set


def settings(
    dataset: str, options: Mapping[str, Any], known: Mapping[str, Whole]
) -> dict[str, int]:
    """Every known option with its value.

    Raises:
        UnknownNameError: an option that there is not.
        DataError: a value that is no whole number in its range.
    """
    for option in options:
        if option not in known:
            raise UnknownNameError(f"option of dataset {dataset}", option, known)
    chosen = {}
    for option, whole in known.items():
        value = options.get(option, whole.default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise DataError(f"{dataset}: {option} is a whole number, not {value!r}")
        if not whole.low <= value <= whole.high:
            raise DataError(f"{dataset}: {option} is {whole.low} to {whole.high}, not {value}")
        chosen[option] = value
    return chosen
