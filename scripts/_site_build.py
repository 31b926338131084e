"""Builds the site with Sphinx, in this process."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from _site_source import write_source
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

OWN = ("genindex", "py-modindex", "search")  # pages of Sphinx's without a source
COLORS = re.compile(r"\x1b\[[\d;]*m")


def build(
    site: Path,
    work: Path,
    *,
    lessons: bool,
    status: Any,
    panels: Mapping[str, Sequence[str]],
) -> list[str]:
    """Write the site; Sphinx's warnings.

    Args:
        site: The folder that holds the pages.
        work: A folder for the source and for what Sphinx keeps for the next time.
        lessons: Whether the lessons run; otherwise their text and code alone are shown.
        status: Where Sphinx writes what it does; None for nowhere.
        panels: Architecture -> the recipes whose models its page runs; their files are not copied.
    """
    source = work / "source"
    write_source(source, panels)
    said = io.StringIO()
    with patch_docutils(str(source)), docutils_namespace():
        app = Sphinx(
            source,
            source,
            site,
            work / "doctrees",
            "html",
            confoverrides={} if lessons else {"plot_gallery": "False"},
            status=status,
            warning=said,
        )
        app.build()
    _remove_stale(site, app.env.found_docs)
    (site / "_static" / "webpack-macros.html").unlink(missing_ok=True)  # a template of the theme
    for path in (site / "_static").rglob("*.map"):  # of the theme's sources, which no reader needs
        path.unlink()
    lines = COLORS.sub("", said.getvalue()).splitlines()
    return [line.replace(f"{source}/", "") for line in lines if line.strip()]


def _remove_stale(site: Path, documents: set[str]) -> None:
    """Remove pages of an earlier build whose source is gone; Sphinx leaves them."""
    for path in site.rglob("*.html"):
        name = path.relative_to(site).with_suffix("").as_posix()
        if not (name in documents or name in OWN or name.startswith("_")):
            path.unlink()
