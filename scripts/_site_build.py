"""Builds the site with Sphinx, in this process."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from _site_source import write_source
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

COLORS = re.compile(r"\x1b\[[\d;]*m")


def build(site: Path, work: Path, *, lessons: bool, status: Any) -> list[str]:
    """Write the site; Sphinx's warnings.

    Args:
        site: The folder that holds the pages.
        work: A folder for the source and for what Sphinx keeps for the next time.
        lessons: Whether the lessons run; otherwise their text and code alone are shown.
        status: Where Sphinx writes what it does; None for nowhere.
    """
    source = work / "source"
    write_source(source)
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
    (site / "_static" / "webpack-macros.html").unlink(missing_ok=True)  # a template of the theme
    lines = COLORS.sub("", said.getvalue()).splitlines()
    return [line.replace(f"{source}/", "") for line in lines if line.strip()]
