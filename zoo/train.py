"""`python -m zoo.train RECIPE`: the same as `zoo train RECIPE`."""

from __future__ import annotations

from zoo.cli.root import leave, run
from zoo.cli.train import command

if __name__ == "__main__":
    leave(run(command, name="python -m zoo.train"))
