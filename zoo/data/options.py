"""Options of the loaders that take none."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from zoo.core.errors import UnknownNameError


def refuse_unknown(name: str, options: Mapping[str, Any], known: Collection[str] = ()) -> None:
    """Raise UnknownNameError for an option that dataset `name` does not have."""
    for option in options:
        if option not in known:
            raise UnknownNameError(f"option of dataset {name}", option, known)
