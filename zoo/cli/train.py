"""`zoo train`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from zoo.cli.options import logdir as logdir_option
from zoo.errors import RecipeError
from zoo.recipe import ENGINES
from zoo.recipe import recipe as find_recipe


@click.command("train")
@click.argument("recipe")
@click.option("--data", default="auto", show_default=True, help="Source of the data.")
@click.option("--seed", default=0, show_default=True, help="Seed of weights and row order.")
@click.option("--epochs", type=int, help="Most epochs, instead of the recipe's.")
@click.option("--batch-size", type=int, help="Rows per step, instead of the recipe's.")
@click.option(
    "--engine", type=click.Choice(["auto", *ENGINES]), default="auto", help="How epochs are run."
)
@click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Change a recipe field.")
@logdir_option
@click.option("--json", "as_json", is_flag=True, help="Print run.json and nothing else.")
def command(
    recipe: str,
    data: str,
    seed: int,
    epochs: int | None,
    batch_size: int | None,
    engine: str,
    pairs: tuple[str, ...],
    logdir: Path,
    as_json: bool,
) -> None:
    """Train RECIPE and leave a run folder behind.

    Without --data, real data is used when it is on disk and embedded data otherwise.
    """
    overrides: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise RecipeError(f"--set takes KEY=VALUE, such as --set epochs=3, not {pair!r}")
        overrides[key] = value
    if epochs is not None:
        overrides["epochs"] = epochs
    if batch_size is not None:
        overrides["batch_size"] = batch_size
    if engine != "auto":
        overrides["engine"] = engine
    find_recipe(recipe).override(overrides)  # a wrong word is told before TensorFlow loads

    from zoo.experiment import fit
    from zoo.reporter import Reporter
    from zoo.training.run_folder import to_json

    run = fit(
        recipe,
        data=data,
        seed=seed,
        logdir=logdir,
        reporter=Reporter(to_stderr=as_json),
        **overrides,
    )
    if as_json:
        click.echo(to_json(run.record), nl=False)
