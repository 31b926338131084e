"""Plug-ins: installed packages that add their own architectures, recipes and datasets.

A package names its modules as entry points of the group `functional_zoo`; they are imported at
the first look-up of a name. `zoo new` writes such a package. `ZOO_PLUGINS=off` disables them.

The zoo's own names come first: a plug-in imports `zoo.models`, `zoo.recipes` or `zoo.data` to
register something there, and that import registers all that the zoo has. A plug-in that takes
one of those names is refused.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from threading import RLock
from typing import Any, TypeVar

GROUP = "functional_zoo"
VARIABLE = "ZOO_PLUGINS"

Names = TypeVar("Names", bound=dict[Any, Any])

_tables: list[tuple[dict[Any, Any], dict[Any, Any]]] = []  # a table, and what it falls back to
_lock = RLock()
_loaded = False


def restorable(table: Names) -> Names:
    """A table of names that is restored when a plug-in fails; call `keep` once it is filled."""
    _tables.append((table, dict(table)))
    return table


def keep(*tables: dict[Any, Any]) -> None:
    """Make the present content of these tables what a failing plug-in falls back to."""
    _tables[:] = [
        (table, dict(table) if any(table is each for each in tables) else before)
        for table, before in _tables
    ]


def load() -> None:
    """Import every installed plug-in, once; one that fails is reported on stderr and left out."""
    global _loaded
    with _lock:
        if _loaded:
            return
        _loaded = True  # first, as plug-ins look up names themselves
        if os.environ.get(VARIABLE, "").lower() in ("off", "0", "no"):
            return
        from importlib.metadata import entry_points

        for found in sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value)):
            _load_one(found)


def _load_one(found: Any) -> None:
    """Import one plug-in; should it fail, nothing that it registered stays."""
    keep(*(table for table, _ in _tables))
    try:
        found.load()
    except (Exception, SystemExit) as error:
        restore(_tables)
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        package = getattr(found.dist, "name", "an unknown package")
        print(
            f"warning: plug-in {found.name!r} of {package} is left out ({found.value}): {reason}",
            file=sys.stderr,
        )


def snapshot() -> list[tuple[dict[Any, Any], dict[Any, Any]]]:
    """Every table, each with a copy of its content."""
    return [(table, dict(table)) for table, _ in _tables]


def restore(tables: Sequence[tuple[dict[Any, Any], dict[Any, Any]]]) -> None:
    """Give tables the content that stands beside them."""
    for table, content in tables:
        table.clear()
        table.update(content)
