"""`zoo predict`."""

from __future__ import annotations

from pathlib import Path

import click

from zoo.cli.names import RUN
from zoo.cli.options import FILE, found_run, logdir_option
from zoo.core.errors import DataError


@click.command(
    "predict", context_settings={"ignore_unknown_options": True, "allow_extra_args": True}
)
@click.argument("run", type=RUN)
@logdir_option
@click.option(
    "--csv",
    "table",
    type=FILE,
    help="Table with one column per input value; one prediction per row.",
)
@click.option(
    "--out",
    type=FILE,
    help="File to write the table with predictions to; stdout by default.",
)
@click.pass_context
def command(
    ctx: click.Context, run: str, logdir: Path, table: Path | None, out: Path | None
) -> None:
    """Predict with RUN: one row given by options, or every row of a CSV file.

    Every input value of the model is an option: --team-1 "1999 Duke" --team-2 "1999 Connecticut"
    --home 1. A team can be given by name or by id. A model that reads text takes sentences:
    --text "A lovely film." One that writes text goes on from there: --text "It is a truth"
    --length 200 --temperature 0.8 --seed 1; temperature 0 always takes the likeliest character.
    """
    values = _extra_options(ctx.args)
    if bool(values) == bool(table):
        raise DataError("give either --csv FILE or one option per input, such as --team-1 NAME")
    if out and not table:
        raise DataError("--out needs --csv FILE")

    from zoo.experiments.predict import predict_one, predict_table

    folder = found_run(run, logdir)
    if table:
        text = predict_table(folder, table, out, logdir=logdir)
        click.echo(f"{out}" if out else text, nl=bool(out))
        return
    for name, text in predict_one(folder, values, logdir=logdir).items():
        click.echo(f"{name}: {text}")


def _extra_options(words: list[str]) -> dict[str, str]:
    """`--team-1 Duke --home=1` as {"team_1": "Duke", "home": "1"}."""
    values: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--") or len(word) < 3:
            raise DataError(f"unexpected {word!r}; give inputs as --NAME VALUE")
        name, equals, value = word[2:].partition("=")
        if not equals:
            if not rest:
                raise DataError(f"--{name} needs a value")
            value = rest.pop(0)
        values[name.replace("-", "_")] = value
    return values
