"""Plug-ins: installed packages that add their own architectures, recipes and datasets.

A package names its modules as entry points of the group `functional_zoo`; each is imported when
the registry, the recipes or the datasets are first looked through. `zoo new` writes such a
package. `ZOO_PLUGINS=off` leaves them all out.
"""

from __future__ import annotations

import importlib
import os
import sys
from threading import RLock
from typing import Any, TypeVar

GROUP = "functional_zoo"
VARIABLE = "ZOO_PLUGINS"

# What the zoo itself registers must be there first: a plug-in that takes one of its names is
# then the one that is refused.
_OWN = ("zoo.models", "zoo.recipes", "zoo.data.registry")

Names = TypeVar("Names", bound=dict[Any, Any])

_tables: list[tuple[dict[Any, Any], dict[Any, Any]]] = []  # a table, and what it held before
_lock = RLock()
_loaded = False


def restorable(table: Names) -> Names:
    """A table of names that is put back as it was when a plug-in fails half-way."""
    _tables.append((table, dict(table)))
    return table


def load() -> None:
    """Import every installed plug-in, once; one that fails is named on stderr and left out."""
    global _loaded
    with _lock:
        if _loaded:
            return
        _loaded = True  # first, as plug-ins look things up themselves
        if os.environ.get(VARIABLE, "").lower() in ("off", "0", "no"):
            return
        for module in _OWN:
            importlib.import_module(module)
        from importlib.metadata import entry_points

        for found in sorted(entry_points(group=GROUP), key=lambda each: (each.name, each.value)):
            _load_one(found)


def _load_one(found: Any) -> None:
    """Import one plug-in; should it fail, nothing of it stays in the tables."""
    for place, (table, _) in enumerate(_tables):
        _tables[place] = (table, dict(table))
    try:
        found.load()
    except (Exception, SystemExit) as error:
        for table, before in _tables:
            table.clear()
            table.update(before)
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        package = getattr(found.dist, "name", "an unknown package")
        print(
            f"warning: plug-in {found.name!r} of {package} is left out ({found.value}): {reason}",
            file=sys.stderr,
        )
