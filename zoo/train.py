"""`python -m zoo.train RECIPE`: the same as `zoo train RECIPE`."""

from __future__ import annotations

import sys

from zoo.cli.root import run
from zoo.cli.train import command

if __name__ == "__main__":
    sys.exit(run(command, name="python -m zoo.train"))
