"""Draw every registered architecture to docs/diagrams/<name>.svg.

python scripts/diagrams.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

from _page import ROOT, Script

import zoo
from zoo.inspection.diagram import to_dot
from zoo.inspection.diagram.render import svg
from zoo.models.abstract_build import abstract_build

FOLDER = ROOT / "docs" / "diagrams"


def drawing(name: str) -> str:
    """The SVG text of an architecture at default arguments."""
    with abstract_build():  # counts and shapes need no memory for weights
        model = zoo.build(name)
    return svg(to_dot(model))


def drawings() -> dict[Path, str]:
    """File -> SVG text, one for each architecture."""
    return {FOLDER / f"{name}.svg": drawing(name) for name in zoo.list_models()}


SCRIPT = Script(str(__doc__), files=drawings, folders=[FOLDER])

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
