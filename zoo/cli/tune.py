"""`zoo tune`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli.lookup import find_recipe
from zoo.cli.names import RECIPE
from zoo.cli.options import data_option, fields_option, logdir_option


@click.command("tune")
@click.argument("recipe", type=RECIPE)
@click.option(
    "--trials", default=20, show_default=True, help="Number of trials, including earlier ones."
)
@click.option("--time", type=float, help="Start no new trial this many seconds after the first.")
@click.option("--jobs", default=1, show_default=True, help="Number of processes.")
@data_option
@click.option(
    "--seed",
    default=0,
    show_default=True,
    help="Seed for the weights, the row order and the search.",
)
@click.option("--study", help="Name of the search's folder.  [default: SOURCE-seedSEED]")
@click.option(
    "--storage",
    default="",
    metavar="URL",
    help="Database that has the trials, for several machines.  [default: a file of the search]",
)
@fields_option
@logdir_option
@click.option("--verbose", "-v", is_flag=True, help="Print every epoch of the trials too.")
def command(
    recipe: str,
    trials: int,
    time: float | None,
    jobs: int,
    data: str,
    seed: int,
    study: str | None,
    storage: str,
    overrides: dict[str, Any],
    logdir: Path,
    verbose: bool,
) -> None:
    """Search RECIPE's settings for the lowest validation value.

    Unpromising trials are stopped early. Everything is kept in LOGDIR/RECIPE/tune/STUDY: the
    same command continues a search that ended or was killed, and several commands at once
    share the trials. The best recipe is written to best.json there, for zoo train --recipe.
    The test rows are never used. Ctrl-C stops after the epoch.
    """
    from zoo.tuning.search import tune

    find_recipe(recipe).override(overrides)  # an unknown field is an error, not an argument of tune
    tune(
        recipe,
        trials=trials,
        time=time,
        jobs=jobs,
        data=data,
        seed=seed,
        study=study,
        storage=storage,
        logdir=logdir,
        verbose=2 if verbose else 1,
        **overrides,
    )
