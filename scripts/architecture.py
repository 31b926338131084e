"""Draw the rooms of zoo/ and the direction of the imports, from tests/rooms.toml.

python scripts/architecture.py [--check]
"""

from __future__ import annotations

import sys
import tomllib
from itertools import pairwise
from pathlib import Path

from _page import ROOT, Script

from zoo.inspection.diagram.render import svg


def dot() -> str:
    """One box per room, one rank per floor; arrows go from a floor to the one that it stands on."""
    with (ROOT / "tests" / "rooms.toml").open("rb") as file:
        floors: list[dict[str, str]] = tomllib.load(file)["floors"]
    lines = ["digraph rooms {", 'node [shape=box fontname="Helvetica" fontsize=11]']
    for floor in floors:
        boxes = [f'{room} [label="{room}\\n{purpose}"]' for room, purpose in floor.items()]
        lines += ["{ rank=same", *boxes, "}"]
    for lower, upper in pairwise(floors):
        lines += [f"{above} -> {below}" for above in upper for below in lower]
    return "\n".join([*lines, "}"])


def files() -> dict[Path, str]:
    return {ROOT / "docs" / "architecture.svg": svg(dot())}


SCRIPT = Script(str(__doc__), files=files)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
