"""The `zoo` command, also `python -m zoo`."""

from __future__ import annotations

from typing import NoReturn

from zoo.core.interrupts import end_at_once, on_ctrl_c


def main() -> NoReturn:
    """Entry point of the console command."""
    on_ctrl_c(end_at_once)  # before the imports, which take the most of a short command
    from zoo.cli.root import cli, leave, run

    leave(run(cli))


if __name__ == "__main__":
    main()
