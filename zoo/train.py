"""`python -m zoo.train RECIPE`: the same as `zoo train RECIPE`."""

from __future__ import annotations

from zoo.core.interrupts import end_at_once, on_ctrl_c

if __name__ == "__main__":
    on_ctrl_c(end_at_once)  # before the imports
    from zoo.cli.root import leave, run
    from zoo.cli.train import command

    leave(run(command, name="python -m zoo.train"))
