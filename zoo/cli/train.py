"""`zoo train`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from zoo.cli.lookup import find_recipe
from zoo.cli.names import RECIPE, RUN
from zoo.cli.options import (
    READ,
    data_option,
    fields_option,
    found_run,
    logdir_option,
    record_option,
    verbose_option,
)
from zoo.cli.workers import check, joined
from zoo.core.errors import RecipeError
from zoo.recipes.fields import AUTO, ENGINES
from zoo.recipes.registry import read_recipe


@click.command("train")
@click.argument("recipe", type=RECIPE, required=False)
@click.option(
    "--recipe",
    "file",
    type=READ,
    help="Train the recipe in this file, JSON or TOML.",
)
@click.option("--resume", "run", type=RUN, metavar="RUN", help="Continue an interrupted run.")
@data_option
@click.option(
    "--seed", default=0, show_default=True, help="Seed for the weights and the row order."
)
@click.option("--epochs", type=int, help="Maximum number of epochs, instead of the recipe's.")
@click.option("--batch-size", type=int, help="Rows per step, instead of the recipe's.")
@click.option(
    "--engine",
    type=click.Choice([*ENGINES, AUTO]),
    help="How epochs are run, instead of the recipe's.",
)
@click.option("--workers", default=1, help="Processes of this machine that train together.")
@fields_option
@click.option("--profile", is_flag=True, help="Profile a few steps, for TensorBoard.")
@logdir_option
@verbose_option
@record_option
def command(
    recipe: str | None,
    file: Path | None,
    run: str | None,
    data: str,
    seed: int,
    epochs: int | None,
    batch_size: int | None,
    engine: str | None,
    workers: int,
    overrides: dict[str, Any],
    profile: bool,
    logdir: Path,
    verbose: bool,
    as_json: bool,
) -> None:
    """Train RECIPE and write a run folder.

    Without --data, real data is used when it is on disk and embedded data otherwise. Ctrl-C
    stops after the epoch and prints how to continue; a second Ctrl-C stops at once.

    With --workers, or where TF_CONFIG or Slurm names several workers, they share the rows of
    every step: the run is that of one process (docs/workers.md).
    """
    if (recipe, file, run).count(None) != 2:
        raise RecipeError("give a recipe's name, --recipe FILE, or --resume RUN to continue a run")
    given = {"epochs": epochs, "batch_size": batch_size, "engine": engine}
    for name, value in given.items():
        if value is not None:
            if name in overrides:
                raise RecipeError(f"{name} is given twice, as an option and with --set")
            overrides[name] = value
    chosen = None
    if recipe is not None:
        chosen = find_recipe(recipe)
    elif file is not None:
        chosen = read_recipe(file)
    if chosen:
        chosen.override(overrides)  # fail before TensorFlow loads
    else:
        _check_alone(overrides)

    if profile and find_spec("xprof") is None:
        click.echo("note: to view the profile, pip install 'functional-zoo[profile]'", err=True)

    check(workers)
    from zoo.core.console import Reporter
    from zoo.experiments.trainer import fit, resume

    reporter = Reporter(to_stderr=as_json, detailed=verbose)
    how: dict[str, Any] = {"logdir": logdir, "reporter": reporter, "profile": profile}
    words = ["train", "--logdir", str(logdir)]
    words += [recipe] if recipe else ["--recipe", str(file)] if file else ["--resume", str(run)]
    words += ["--data", data, "--seed", str(seed)] if chosen else []
    words += [word for pair in overrides.items() for word in ("--set", "=".join(map(str, pair)))]
    with joined(workers, words) as strategy:
        chief = strategy is None or strategy.extended.should_checkpoint
        how["strategy"] = strategy
        if chosen:
            made = fit(file or chosen, data=data, seed=seed, **how, **overrides)
        elif chief:
            made = resume(found_run(str(run), logdir, finished=False), **how)
        else:
            made = resume(str(run), **how)
        if as_json and chief:
            click.echo(made.record.to_json(), nl=False)


def _check_alone(overrides: Iterable[str]) -> None:
    """Refuse what a resumed run would not follow: it goes on as it was begun."""
    context = click.get_current_context()
    begun = ("data", "seed")
    given = [
        name for name in begun if context.get_parameter_source(name) != ParameterSource.DEFAULT
    ]
    if named := [f"--{name.replace('_', '-')}" for name in (*given, *overrides)]:
        raise RecipeError(
            f"--resume RUN is given without {' and '.join(named)}: a resumed run keeps its own "
            "settings; start a new run to change them"
        )
