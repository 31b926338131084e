"""`zoo data`: list and describe the datasets, and download their files."""

from __future__ import annotations

from pathlib import Path

import click

from zoo.cli.names import DATASET
from zoo.cli.options import FOLDER
from zoo.cli.tables import aligned

home_option = click.option(
    "--home",
    type=FOLDER,
    help="Data home, instead of $ZOO_DATA_HOME or the user's cache folder.",
)


@click.group("data")
def command() -> None:
    """List, describe and fetch the datasets."""


@command.command("list")
@home_option
def list_(home: Path | None) -> None:
    """List the datasets, their sources, and which source --data auto takes now."""
    from zoo.data.registry import choose_source, data_home, dataset_names, entry, sources

    rows = []
    for name in dataset_names():
        chosen = choose_source(name, "auto", home, {})
        known = ", ".join(f"{source}*" if source == chosen else source for source in sources(name))
        rows.append((name, known, entry(name).summary))
    for line in aligned(rows):
        click.echo(line)
    click.echo(f"* used by --data auto; data home: {data_home(home)}", err=True)


@command.command("card")
@click.argument("name", type=DATASET)
def show_card(name: str) -> None:
    """Show a dataset's README: origin, license, columns, units."""
    from zoo.data.registry import card

    click.echo(card(name).rstrip())


@command.command("fetch")
@click.argument("name", type=DATASET)
@home_option
@click.option("--force", is_flag=True, help="Download files again that are already there.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Give up after this many seconds without data.",
)
@click.option("--quiet", is_flag=True, help="No progress bar.")
def fetch_files(name: str, home: Path | None, force: bool, timeout: float, quiet: bool) -> None:
    """Download the files of dataset NAME over HTTPS into the data home, and check them."""
    from zoo.data.download import fetch
    from zoo.data.manifest import read_manifest

    click.echo(f"license: {read_manifest(name).license}", err=True)
    for file in fetch(name, home, progress=not quiet, force=force, timeout=timeout):
        rows = "" if file.rows is None else f", {file.rows:,} rows"
        click.echo(f"{file.status}: {file.path}{rows}, sha256 {file.sha256}")
        for warning in file.warnings:
            click.echo(f"warning: {warning}", err=True)
