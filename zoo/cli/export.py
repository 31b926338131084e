"""`zoo export`."""

from __future__ import annotations

from pathlib import Path

import click

from zoo.cli.names import RUN
from zoo.cli.options import FOLDER, found_run, logdir_option
from zoo.core.console import Reporter
from zoo.core.errors import ZooError
from zoo.exporting import FORMATS, TOLERANCE


@click.command("export")
@click.argument("run", type=RUN)
@click.option(
    "--format",
    "formats",
    type=click.Choice(FORMATS.names()),
    multiple=True,
    required=True,
    help="Format to write; may be given several times.",
)
@click.option(
    "--to",
    "folder",
    type=FOLDER,
    help="Folder for the artifacts and signature.json.  [default: export/ in the run's folder]",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=TOLERANCE,
    show_default=True,
    help="Largest allowed difference from Keras's outputs.",
)
@logdir_option
def command(
    run: str, formats: tuple[str, ...], folder: Path | None, tolerance: float, logdir: Path
) -> int:
    """Write RUN's model for other runtimes, and check each file in its runtime.

    RUN is a run folder, or a recipe's name for its latest finished run. Every artifact is run
    on test rows, in batches of several sizes, and kept only if its outputs match Keras's.
    """
    from zoo.experiments.runs import load_run
    from zoo.exporting import export, rows_for

    reporter = Reporter(to_stderr=True)
    folder_of_run = found_run(run, logdir)
    with reporter.phase("loading the run"):
        loaded = load_run(folder_of_run)
        split, rows = rows_for(loaded)
    if split == "made up":
        click.echo("note: the run's data is not available; checking on made-up rows", err=True)
    failed = 0
    for format in dict.fromkeys(formats):
        path = (folder or loaded.folder / "export") / FORMATS.get(format).file
        try:
            with reporter.phase(f"writing and checking {path.name}"):
                made = export(loaded, format, path, rows=rows, split=split, tolerance=tolerance)
        except ZooError as error:
            click.echo(f"error: {' '.join(str(error).split())}", err=True)
            failed = 1
            continue
        sizes = ", ".join(map(str, made.batches))
        lengths = f", lengths of {', '.join(map(str, made.lengths))}" if made.lengths else ""
        click.echo(
            f"{made.path}: {made.bytes:,} bytes, within {made.difference:.1e} of Keras in "
            f"{made.runtime} ({split} rows, batches of {sizes}{lengths})"
        )
        if made.ids:
            click.echo(
                f"note: {format} cannot look up words: {', '.join(made.ids)} take ids there, whose "
                "words signature.json lists",
                err=True,
            )
    return failed
