"""Options that several commands share, and how `--set KEY=VALUE` is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from zoo.cli.names import SOURCE
from zoo.core.errors import RecipeError
from zoo.core.files import is_device
from zoo.recipes.fields import literal

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class _File(click.Path):
    """A path that may be read."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        path = Path(str(super().convert(value, param, ctx)))
        if is_device(path):
            self.fail(f"{path} is a device, not a file", param, ctx)
        return path


FILE = click.Path(dir_okay=False, path_type=Path)
READ = _File(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


def assigned(
    pairs: Iterable[str], option: str = "--set", form: str = "KEY=VALUE", example: str = "epochs=3"
) -> dict[str, str]:
    """What an option that is given several times assigns to each key.

    Raises:
        RecipeError: a pair of another form, or a key given twice.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or not key:
            raise RecipeError(f"{option} takes {form}, such as {option} {example}, not {pair!r}")
        if key in found:
            raise RecipeError(f"{option} {key} is given twice, as {found[key]!r} and as {value!r}")
        found[key] = value
    return found


def arguments(pairs: Iterable[str]) -> dict[str, Any]:
    """Builder arguments from `key=value` pairs; values are Python literals, else text."""
    return {key: literal(text) for key, text in assigned(pairs, example="units=20").items()}


def found_run(run: str, logdir: Path, *, finished: bool = True) -> Path:
    """The folder of the run that a command was given; one found by a name is told on stderr.

    Args:
        run: A path, `RECIPE/RUN`, or a recipe's name for its latest run.
        logdir: The folder that holds the run folders.
        finished: Pass over runs that did not finish.

    Raises:
        TrainingError: no such run.
    """
    from zoo.experiments.runs import find

    folder = find(run, logdir, finished=finished)
    if folder not in (Path(run), logdir / run):
        click.echo(f"run: {folder}", err=True)
    return folder


logdir_option: Decorator = click.option(
    "--logdir",
    type=FOLDER,
    default=Path("tensorboard_logs"),
    show_default=True,
    help="Folder that holds the run folders.",
)
data_option: Decorator = click.option(
    "--data", type=SOURCE, default="auto", show_default=True, help="Data source; see zoo data list."
)
verbose_option: Decorator = click.option(
    "--verbose", "-v", is_flag=True, help="Print every loss and metric."
)
record_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print run.json and nothing else."
)
fields_option: Decorator = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    callback=lambda _context, _option, pairs: assigned(pairs),
    help="Change a recipe field; may be given several times.",
)
arguments_option: Decorator = click.option(
    "--set",
    "builder_arguments",
    multiple=True,
    metavar="KEY=VALUE",
    callback=lambda _context, _option, pairs: arguments(pairs),
    help="An argument of the builder, such as units=20; may be given several times.",
)
