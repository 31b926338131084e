"""Whether an extra of the project, such as `docs`, is installed: its packages, by name.

Only the standard library is used, as all else may be missing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
NAME = re.compile(r"[\w.-]+")
OWN_EXTRAS = re.compile(r"\[([\w\s,.-]+)\]")


def packages(extra: str) -> list[str]:
    """The packages that an extra installs, with those of the extras that it names."""
    return list(dict.fromkeys(_packages(extra)))


def _packages(extra: str) -> Iterator[str]:
    project = _project()
    for requirement in project["optional-dependencies"][extra]:
        found = NAME.match(requirement)
        assert found, requirement
        if found[0] != project["name"]:
            yield found[0]
        elif named := OWN_EXTRAS.match(requirement[found.end() :]):
            for other in named[1].split(","):
                yield from _packages(other.strip())


@cache
def _project() -> dict:
    return tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]


def missing(extra: str) -> list[str]:
    """The packages of an extra that are not installed."""
    return [name for name in packages(extra) if not _installed(name)]


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def needed(extra: str) -> None:
    """Stop with one line where a package of an extra is missing.

    Raises:
        SystemExit: the line says how to install them.
    """
    if lacking := missing(extra):
        names = ", ".join(lacking)
        raise SystemExit(f"error: not installed: {names}; run: pip install -e '.[{extra}]'")
