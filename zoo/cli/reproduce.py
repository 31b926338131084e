"""`zoo reproduce`."""

from __future__ import annotations

from pathlib import Path

import click

from zoo.cli.options import logdir_option


@click.command("reproduce")
@click.argument("run")
@logdir_option
def command(run: str, logdir: Path) -> int:
    """Train RUN again, and compare its history and weights bit for bit.

    Prints "identical", or what differs: versions and machine, the first epoch, the first weights.
    The status is then 1.
    """
    from zoo.core.console import Reporter
    from zoo.experiments.reproduce import reproduce

    differences = reproduce(run, logdir=logdir, reporter=Reporter(to_stderr=True))
    for line in differences:
        click.echo(line)
    if not differences:
        click.echo("identical")
    return 1 if differences else 0
