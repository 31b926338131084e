"""Writing generated files, or checking that they are current. Used by the other scripts."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from zoo.core.files import write_text

ROOT = Path(__file__).resolve().parents[1]

os.environ.setdefault("ZOO_PLUGINS", "off")  # generated files describe the zoo alone


def between_markers(text: str, name: str, content: str) -> str:
    """`text` with what stands between `<!-- NAME -->` and `<!-- /NAME -->` replaced."""
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise SystemExit(f"error: no markers {begin.strip()} ... {end}")
    return f"{before}{begin}{content}{end}{after}"


def write_or_check(files: Mapping[Path, str], description: str) -> int:
    """Write the files or, with `--check`, name those that differ; the exit status."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if not current")
    check = parser.parse_args().check
    stale = [
        path
        for path, text in files.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        if check:
            print(f"not current: {path.relative_to(ROOT)}", file=sys.stderr)
        else:
            write_text(path, files[path])
            print(f"written: {path.relative_to(ROOT)}")
    if check and stale:
        print(f"run: python scripts/{Path(sys.argv[0]).name}", file=sys.stderr)
        return 1
    return 0
