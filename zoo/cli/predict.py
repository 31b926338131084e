"""`zoo predict`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from zoo.cli.names import RUN
from zoo.cli.options import FILE, READ, found_run, logdir_option
from zoo.core.errors import DataError


@click.command(
    "predict", context_settings={"ignore_unknown_options": True, "allow_extra_args": True}
)
@click.argument("run", type=RUN)
@logdir_option
@click.option(
    "--csv",
    "table",
    type=READ,
    help="Table with one column per input or value; one prediction per row.",
)
@click.option(
    "--out",
    type=FILE,
    help="File to write the table with predictions to; stdout by default.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a single prediction as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    run: str,
    logdir: Path,
    table: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Predict with RUN: one row given by options, or every row of a CSV file.

    RUN is a run folder, RECIPE/RUN, a recipe for its latest run, or "latest".
    `zoo predict RUN` alone lists its inputs, with a command that works.

    \b
    a team, by name or id      --team-1 "1999 Duke" --team-2 "1999 Connecticut" --home 1
    numbers                    --features 1,2,3   or --features-0 1 --features-1 2 ...
    a picture: PNG, JPEG, GIF  --picture digit.png
    a series: NPY, CSV         --sequence walk.npy
    a text                     --text "A lovely film."
    a text to continue         --text "It is a truth" --length 200 --temperature 0.8 --seed 1

    A CSV table has the same names as columns; cells may name files below the table's folder.
    The likeliest classes are printed with their probabilities. With temperature 0 the likeliest
    character is always taken.
    """
    values = _extra_options(ctx.args)
    if values and table:
        raise DataError("give either --csv FILE or one option per input, such as --team-1 NAME")
    if out and not table:
        raise DataError("--out needs --csv FILE")
    if as_json and table:
        raise DataError("--json goes with a single prediction, not with --csv")

    from zoo.experiments.predict import predict, predict_one, predict_table

    folder = found_run(run, logdir)
    try:
        if table:
            text = predict_table(folder, table, out, logdir=logdir)
            click.echo(f"{out}" if out else text, nl=bool(out))
        elif as_json:
            click.echo(json.dumps(predict(folder, logdir=logdir, **values), indent=2))
        else:
            for name, text in predict_one(folder, values, logdir=logdir).items():
                click.echo(f"{name}: {text}")
    except DataError as error:
        for line in getattr(error, "__notes__", ()):  # what the run takes
            click.echo(line, err=True)
        raise


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
        name = name.replace("-", "_")
        if name in values:
            raise DataError(f"--{name.replace('_', '-')} is given twice")
        values[name] = value
    return values
