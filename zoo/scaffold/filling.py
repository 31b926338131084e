"""Templates of a project's files, and names from a table as Markdown shows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).parent / "templates"


def filled(kind: str, package: str, values: Mapping[str, str]) -> dict[str, str]:
    """File name -> content, for the templates of every project and those of one kind.

    Args:
        kind: `arrays` or `columns`, what the model reads.
        package: The project's package, in names of files too.
        values: What stands in the place of `$NAME`.
    """
    return {
        path.relative_to(TEMPLATES / folder)
        .as_posix()
        .replace("PACKAGE", package)
        .removesuffix(".template"): Template(path.read_text(encoding="utf-8")).substitute(values)
        for folder in ("both", kind)
        for path in sorted((TEMPLATES / folder).rglob("*.template"))
    }


def as_code(name: str) -> str:
    """A name out of a table, or of a file, as Markdown shows it: in one line, as it is."""
    plain = " ".join(name.split())
    if not re.search(r"[`|\\]", plain):
        return f"`{plain}`"
    return re.sub(r"[^\w\s]", lambda match: f"&#{ord(match[0])};", plain)
