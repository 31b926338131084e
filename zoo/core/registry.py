"""Tables of names: models, recipes, datasets and whatever else is looked up by name."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Generic, TypeVar

from zoo.core import plugins
from zoo.core.errors import UnknownNameError

T = TypeVar("T")


class Registry(Generic[T]):
    """Values by name, in the order of their registration.

    The package that owns a registry fills it in its `__init__` and then calls `keep`. A look-up
    loads the plug-ins, which may add more, and reads the table.
    """

    def __init__(self, kind: str, listed_by: str = "") -> None:
        """`kind` and the command that lists the names are for error messages."""
        self.kind = kind
        self.listed_by = listed_by
        self._values: dict[str, T] = plugins.restorable({})
        self._names: dict[str, str] = plugins.restorable({})  # name or alias -> name

    def add(self, name: str, value: T, aliases: tuple[str, ...] = ()) -> None:
        """Register a value.

        Raises:
            ValueError: the name or an alias is taken.
        """
        for wanted in (name, *aliases):
            if wanted in self._names:
                owner = self._names[wanted]
                by = "" if owner == wanted else f", as an alias of {owner!r}"
                raise ValueError(f"{self.kind} {wanted!r} is registered already{by}")
        self._values[name] = value
        self._names.update(dict.fromkeys((name, *aliases), name))

    def keep(self) -> None:
        """Keep what is registered so far, whichever plug-in fails later."""
        plugins.keep(self._values, self._names)

    def get(self, name: str) -> T:
        """The value registered under a name or alias.

        Raises:
            UnknownNameError: no such name; the message gives the nearest known ones.
        """
        plugins.load()
        if name not in self._names:
            raise UnknownNameError(self.kind, name, self._names, self.listed_by)
        return self._values[self._names[name]]

    def names(self, pattern: str = "*") -> list[str]:
        """The names, without aliases, that match a shell wildcard themselves or by an alias."""
        plugins.load()
        found = {own for known, own in self._names.items() if fnmatchcase(known, pattern)}
        return [name for name in self._values if name in found]

    def __contains__(self, name: object) -> bool:
        plugins.load()
        return name in self._names
