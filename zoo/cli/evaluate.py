"""`zoo evaluate`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from zoo.cli.names import RUN
from zoo.cli.options import found_run, logdir_option, verbose_option


@click.command("evaluate")
@click.argument("run", type=RUN)
@logdir_option
@verbose_option
@click.option("--json", "as_json", is_flag=True, help="Print the metrics as JSON, nothing else.")
def command(run: str, logdir: Path, verbose: bool, as_json: bool) -> None:
    """Score RUN again on its own data.

    RUN is a run folder, or a recipe's name for its latest finished run.
    """
    from zoo.core.console import Reporter
    from zoo.experiments.scoring import evaluate

    reporter = Reporter(to_stderr=as_json, detailed=verbose)
    metrics = evaluate(found_run(run, logdir), logdir=logdir, reporter=reporter)
    if as_json:
        click.echo(json.dumps(metrics, indent=2))
