"""Draw every registered architecture to docs/diagrams/<name>.svg.

python scripts/diagrams.py              draw all
python scripts/diagrams.py basketball   draw some
python scripts/diagrams.py --check      draw nothing; exit 1 if a file is not up to date
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import zoo
from zoo.core.errors import ZooError
from zoo.core.files import write_text
from zoo.inspection.diagram import to_dot
from zoo.inspection.diagram.render import svg
from zoo.models.abstract_build import abstract_build

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "diagrams"


def drawing(name: str) -> str:
    """The SVG text of an architecture at default arguments."""
    with abstract_build():  # counts and shapes need no memory for weights
        model = zoo.build(name)
    return svg(to_dot(model))


def faults(names: Sequence[str], folder: Path, *, every: bool) -> list[str]:
    """What is wrong with the files of these architectures; with `every`, files too many as well."""
    found = []
    for name in names:
        path = folder / f"{name}.svg"
        if not path.is_file():
            found.append(f"missing: {path.name}")
        elif path.read_text(encoding="utf-8") != drawing(name):
            found.append(f"stale: {path.name}")
    if every:
        known = {f"{name}.svg" for name in names}
        extra = sorted(path.name for path in folder.glob("*") if path.name not in known)
        found += [f"extra: {name}" for name in extra]
    return found


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Draw or check; the exit status."""
    parser = argparse.ArgumentParser(description="Draw the registered architectures.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="architectures; default: all")
    parser.add_argument("--check", action="store_true", help="exit 1 if a file is not up to date")
    given = parser.parse_args(arguments)
    try:
        names = [zoo.spec(name).name for name in given.names] or zoo.list_models()
        if given.check:
            found = faults(names, folder, every=not given.names)
            print("\n".join(found) or f"{len(names)} diagrams are up to date")
            if found:
                print("run python scripts/diagrams.py, and delete what is extra", file=sys.stderr)
            return 1 if found else 0
        for name in names:
            path = folder / f"{name}.svg"
            write_text(path, drawing(name))
            print(path)
    except ZooError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
