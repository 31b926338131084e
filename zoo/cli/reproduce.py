"""`zoo reproduce`."""

from __future__ import annotations

from pathlib import Path

import click

from zoo.cli.names import RUN
from zoo.cli.options import found_run, logdir_option, verbose_option


@click.command("reproduce")
@click.argument("run", type=RUN)
@logdir_option
@verbose_option
def command(run: str, logdir: Path, verbose: bool) -> int:
    """Train RUN again, and compare its history and weights bit for bit.

    Prints "identical", or what differs: versions and machine, the first epoch, the first weights.
    The status is then 1.
    """
    from zoo.core.console import Reporter
    from zoo.experiments.reproduce import reproduce

    reporter = Reporter(to_stderr=True, detailed=verbose)
    differences = reproduce(found_run(run, logdir), logdir=logdir, reporter=reporter)
    for line in differences:
        click.echo(line)
    if not differences:
        click.echo("identical")
    return 1 if differences else 0
