"""The `zoo` command, also `python -m zoo`."""

from __future__ import annotations

from typing import NoReturn

from zoo.cli.root import cli, leave, run


def main() -> NoReturn:
    """Entry point of the console command."""
    leave(run(cli))


if __name__ == "__main__":
    main()
