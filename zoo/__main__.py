"""The `zoo` command, also `python -m zoo`."""

from __future__ import annotations

import sys

from zoo.cli.root import cli, run


def main() -> None:
    """Entry point of the console command."""
    sys.exit(run(cli))


if __name__ == "__main__":
    main()
