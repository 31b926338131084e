"""Write README's example: what `python -m zoo.train basketball --data league` prints.

    python scripts/example.py [--check]

Epoch lines are left out, since they hold times; so is the run's path. `--check` trains as well and
compares all but the digits, the last of which depend on the processor.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile

from generated import ROOT, between_markers

from zoo.core.files import write_text

COMMAND = ("-m", "zoo.train", "basketball", "--data", "league")


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the example of README.md.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if not current")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        printed = subprocess.run(
            [sys.executable, *COMMAND], cwd=folder, check=True, capture_output=True, text=True
        ).stdout
    kept = [
        line.rstrip()
        for line in printed.splitlines()
        if line.strip() and not line.startswith(("epoch", "run folder"))
    ]
    readme = ROOT / "README.md"
    present = readme.read_text(encoding="utf-8")
    wanted = between_markers(present, "example", "```\n" + "\n".join(kept) + "\n```\n")
    if not check:
        write_text(readme, wanted)
    elif re.sub(r"\d", "0", present) != re.sub(r"\d", "0", wanted):
        print("not current: README.md; run: python scripts/example.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
