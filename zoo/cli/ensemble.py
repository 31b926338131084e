"""`zoo ensemble`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli.lookup import find_recipe
from zoo.cli.names import RECIPE_OR_RUN, SOURCE
from zoo.cli.options import (
    fields_option,
    found_run,
    logdir_option,
    record_option,
    verbose_option,
)
from zoo.core.errors import RecipeError


@click.command("ensemble")
@click.argument(
    "names", type=RECIPE_OR_RUN, nargs=-1, required=True, metavar="RECIPE | --runs RUN RUN ..."
)
@click.option(
    "--runs", is_flag=True, help="Combine these finished runs instead of training a recipe."
)
@click.option("--members", type=int, help="Number of models, one per seed; 3 if not given.")
@click.option(
    "--weights",
    type=click.Choice(["uniform", "validation"]),
    default="uniform",
    show_default=True,
    help="How much each member counts: all the same, or as fitted on the validation rows.",
)
@click.option("--data", type=SOURCE, help="Data source; see zoo data list.")
@click.option("--seed", type=int, help="The first member's seed; 0 if not given.")
@fields_option
@logdir_option
@verbose_option
@record_option
def command(
    names: tuple[str, ...],
    runs: bool,
    members: int | None,
    weights: str,
    data: str | None,
    seed: int | None,
    overrides: dict[str, str],
    logdir: Path,
    verbose: bool,
    as_json: bool,
) -> None:
    """Average several models of RECIPE, or finished runs, into one model.

    The members differ by their seeds; finished runs of the recipe are reused. With
    --runs the members may be of different architectures with the same inputs, outputs and data.
    The result is a run like any other: evaluate, predict with or export RECIPE_ensemble.
    """
    settings: dict[str, Any] = {
        key: value
        for key, value in (("members", members), ("data", data), ("seed", seed))
        if value is not None
    }
    if runs:
        if settings or overrides:
            raise RecipeError(
                "finished runs keep their settings: leave out --members, --data, --seed and --set"
            )
        settings["runs"] = [found_run(each, logdir) for each in names] if names[1:] else names
    elif len(names) > 1:
        raise RecipeError("give one recipe, or finished runs after --runs")
    else:
        name = next(iter(names))
        find_recipe(name).override(overrides)  # fail before TensorFlow loads
        settings |= {"recipe": name, **overrides}

    from zoo.core.console import Reporter
    from zoo.ensembling import ensemble

    reporter = Reporter(to_stderr=as_json, detailed=verbose)
    made = ensemble(weights=weights, logdir=logdir, reporter=reporter, **settings)
    if as_json:
        click.echo(made.record.to_json(), nl=False)
