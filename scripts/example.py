"""Write README's example: what `python -m zoo.train basketball --data league` prints.

    python scripts/example.py

Epoch lines are left out, since they hold times; so is the run's path.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

from generated import ROOT, between_markers

from zoo.files import write_text

COMMAND = ("-m", "zoo.train", "basketball", "--data", "league")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        printed = subprocess.run(
            [sys.executable, *COMMAND], cwd=folder, check=True, capture_output=True, text=True
        ).stdout
    kept = [
        line.rstrip()
        for line in printed.splitlines()
        if line.strip() and not line.startswith(("epoch", "run folder"))
    ]
    example = "```\n" + "\n".join(kept) + "\n```\n"
    readme = ROOT / "README.md"
    write_text(readme, between_markers(readme.read_text(encoding="utf-8"), "example", example))
    return 0


if __name__ == "__main__":
    sys.exit(main())
