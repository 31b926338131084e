"""`zoo tune`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli.options import logdir as logdir_option
from zoo.core.errors import RecipeError


@click.command("tune")
@click.argument("recipe")
@click.option("--trials", default=20, show_default=True, help="Trials, earlier ones included.")
@click.option("--time", type=float, help="Seconds after which no further trial is begun.")
@click.option("--jobs", default=1, show_default=True, help="Processes.")
@click.option("--data", default="auto", show_default=True, help="Source of the data.")
@click.option("--seed", default=0, show_default=True, help="Seed of weights, order and draws.")
@click.option("--study", help="Name of the search's folder.  [default: SOURCE-seedSEED]")
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Change a recipe field.")
@logdir_option
def command(
    recipe: str,
    trials: int,
    time: float | None,
    jobs: int,
    data: str,
    seed: int,
    study: str | None,
    pairs: tuple[str, ...],
    logdir: Path,
) -> None:
    """Search RECIPE's settings for the lowest validation value.

    Trials that do badly are ended early. Everything is kept in LOGDIR/RECIPE/tune/STUDY: the
    same command goes on where it ended or was killed, and several of them share the trials.
    The best recipe is written to best.json there, for zoo train --recipe. The test rows are
    not looked at. Ctrl-C stops after the epoch.
    """
    overrides: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise RecipeError(f"--set takes KEY=VALUE, such as --set epochs=3, not {pair!r}")
        overrides[key] = value
    from zoo.tuning.search import check, tune

    # what is wrong is told before TensorFlow loads
    check(recipe, overrides, trials=trials, time=time, jobs=jobs, study=study)
    tune(
        recipe,
        trials=trials,
        time=time,
        jobs=jobs,
        data=data,
        seed=seed,
        study=study,
        logdir=logdir,
        **overrides,
    )
