"""Tables of names: models, recipes, datasets and whatever else is looked up by name.

Plug-ins, installed packages that add their own, name their modules as entry points of the group
`functional_zoo`; they are imported at the first look-up of a name. `zoo new` writes such a
package. `ZOO_PLUGINS=off` disables them.

The zoo's own names come first: a plug-in imports `zoo.models`, `zoo.recipes` or `zoo.data` to
register something there, and that import registers all that the zoo has. A plug-in that takes
one of those names is refused.
"""

from __future__ import annotations

import contextlib
import os
import sys
from fnmatch import fnmatchcase
from threading import RLock
from typing import Any, Generic, TypeVar

from zoo.core.errors import UnknownNameError, check_text

GROUP = "functional_zoo"
VARIABLE = "ZOO_PLUGINS"

T = TypeVar("T")

_registries: list[Registry[Any]] = []
_lock = RLock()
_loaded = False


class Registry(Generic[T]):
    """Values by name, in the order of their registration.

    The package that owns a registry fills it in its `__init__` and then calls `keep`. A look-up
    loads the plug-ins, which may add more, and reads the table.
    """

    def __init__(self, kind: str, listed_by: str = "") -> None:
        """`kind` and the command that lists the names are for error messages."""
        self.kind = kind
        self.listed_by = listed_by
        self._values: dict[str, T] = {}
        self._names: dict[str, str] = {}  # name or alias -> name
        self.keep()
        _registries.append(self)

    def add(self, name: str, value: T, aliases: tuple[str, ...] = ()) -> None:
        """Register a value.

        Raises:
            ValueError: the name or an alias is taken.
        """
        for wanted in (name, *aliases):
            if wanted in self._names:
                owner = self._names[wanted]
                by = "" if owner == wanted else f", as an alias of {owner!r}"
                raise ValueError(f"{self.kind} {wanted!r} is already registered{by}")
        self._values[name] = value
        self._names.update(dict.fromkeys((name, *aliases), name))

    def register(self, *values: Any) -> None:
        """Register values under the `name` and the `aliases` that they carry.

        Raises:
            ValueError: a name or an alias is taken.
        """
        for value in values:
            self.add(value.name, value, getattr(value, "aliases", ()))

    def keep(self) -> None:
        """Make the present content what is left when a plug-in fails."""
        self._kept = dict(self._values), dict(self._names)

    def fall_back(self) -> None:
        """Forget what was registered after `keep`."""
        values, names = self._kept
        self._values, self._names = dict(values), dict(names)

    def get(self, name: str) -> T:
        """The value registered under a name or alias.

        Raises:
            UnknownNameError: no such name; the message gives the nearest known ones.
            ZooError: it is no text.
        """
        check_text(f"the name of the {self.kind}", name)
        load_plugins()
        if name not in self._names:
            raise UnknownNameError(self.kind, name, self._names, self.listed_by)
        return self._values[self._names[name]]

    def names(self, pattern: str = "*") -> list[str]:
        """The names, without aliases, that match a shell wildcard themselves or by an alias."""
        check_text("the pattern", pattern)
        load_plugins()
        found = {own for known, own in self._names.items() if fnmatchcase(known, pattern)}
        return [name for name in self._values if name in found]

    def values(self) -> list[T]:
        """All values."""
        load_plugins()
        return list(self._values.values())


def load_plugins() -> None:
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
    for registry in _registries:
        registry.keep()
    try:
        found.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        for registry in _registries:
            registry.fall_back()
        reason = type(error).__name__
        with contextlib.suppress(Exception):  # an error of its own may not even have words
            reason = " ".join(f"{reason}: {error}".split())
        package = getattr(found.dist, "name", "an unknown package")
        print(
            f"warning: plug-in {found.name!r} of {package} is left out ({found.value}): {reason}; "
            f"`pip uninstall {package}` removes it",
            file=sys.stderr,
        )
