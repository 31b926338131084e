"""Write README's example: what `python -m zoo.train basketball --data league` prints.

    python scripts/example.py [--check]

The scores of the test rows alone are kept: not epochs and phases, which differ from run to run, nor
the list of teams. `--check` trains as well, and compares everything but the digits, the last of
which depend on the processor.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from _page import ROOT, Script, fill

COMMAND = ("-m", "zoo.train", "basketball", "--data", "league")
# epochs and what stands above them, phases that took long, scores of rows that were not held out
PASSING = re.compile(
    r"epoch |\s+loss\s+mae$|\s+train\s+val\b|.* \.\.\.$|stopped early|weights of"
    r"|\s+(train|validation) (loss|mae)"
)


def example() -> dict[Path, str]:
    """README with the block `example`; as it is, where only digits differ."""
    with tempfile.TemporaryDirectory() as folder:
        printed = subprocess.run(
            [sys.executable, *COMMAND], cwd=folder, check=True, capture_output=True, text=True
        ).stdout
    scores = printed.partition("Ten strongest")[0]
    kept = [
        line.rstrip() for line in scores.splitlines() if line.strip() and not PASSING.match(line)
    ]
    readme = ROOT / "README.md"
    wanted = fill("README.md", {"example": "\n".join(["```", *kept, "```"])})[readme]
    present = readme.read_text(encoding="utf-8")
    same = re.sub(r"\d", "0", present) == re.sub(r"\d", "0", wanted)
    return {readme: present if same else wanted}


SCRIPT = Script(str(__doc__), files=example)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
