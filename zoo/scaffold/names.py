"""What a project may be called: a package must hide nothing that Python, pip or pytest look for."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import keyword
import re
import sys
from pathlib import Path

from zoo.core.errors import ProjectError
from zoo.data.registry import dataset_names
from zoo.models.registry import list_models, spec
from zoo.recipes.registry import list_recipes
from zoo.scaffold.wanted import Wanted

# Python, pip, setuptools, pytest and tox take files or folders of these names for their own.
_TAKEN = {
    *("build", "conftest", "dist", "docs", "env", "noxfile", "setup", "sitecustomize", "src"),
    *("test", "tests", "tox", "usercustomize", "venv", "wheels"),
}


def package_name(wanted: Wanted) -> str:
    """The Python package of a project in the wanted folder.

    Raises:
        ProjectError: the folder is there, or its name cannot be that of a package.
    """
    folder = wanted.folder
    if problem := _problem(folder):
        plain = re.sub(r"[^a-z0-9]+", "_", folder.name.lower()).strip("_") or "project"
        tried = (plain, f"my_{plain}", *(f"my_{plain}_{number}" for number in range(2, 1000)))
        free = next((name for name in tried if not _problem(folder.parent / name)), "")
        more = f", for example: {wanted.command(folder=folder.parent / free)}" if free else ""
        raise ProjectError(f"{problem}{more}")
    return folder.name.replace("-", "_")


def _problem(folder: Path) -> str:
    """Why no project can be written there under that name; empty if it can."""
    name = folder.name.replace("-", "_")
    if folder.exists() or folder.is_symlink():
        return f"{folder} already exists; remove it or choose another name"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        return f"{folder.name!r} cannot name a package; use lower-case letters, digits and _"
    known = {alias for each in list_models() for alias in (each, *spec(each).aliases)}
    if name in known | set(list_recipes()) | set(dataset_names()):
        return f"the zoo already has a {name!r}; choose another name"
    if name in _TAKEN | sys.stdlib_module_names | _installed() or importlib.util.find_spec(name):
        return f"Python or a package that is installed has {name!r} already; choose another name"
    return ""


@functools.cache
def _installed() -> set[str]:
    """Names of the distributions and top-level modules that are installed, as a package's."""
    names = {*importlib.metadata.packages_distributions()}
    names |= {str(each.name) for each in importlib.metadata.distributions()}
    return {re.sub(r"[-_.]+", "_", name).lower() for name in names}
