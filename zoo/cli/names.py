"""Arguments that are names: what a shell offers for them at the Tab key; loads no TensorFlow.

Use a type of this module for an argument or option that takes a name, as in
`click.argument("recipe", type=RECIPE)`: the command gets the text as it was typed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from zoo.core.errors import ZooError

RUN_FILE = "run.json"
PATHS = ("/", ".", "~")  # a run whose name begins so is a path, which the shell knows itself


class Name(click.ParamType):
    """A name, completed from those that a function lists."""

    def __init__(self, name: str, known: Callable[[click.Context, str], Iterable[str]]) -> None:
        self.name = name
        self.known = known

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        try:
            names = [each for each in self.known(ctx, incomplete) if each.startswith(incomplete)]
        except (ZooError, OSError):  # a shell that asks shall not be told
            return []
        return [CompletionItem(each) for each in names]


class RunName(Name):
    """A run: a recipe that has one, `RECIPE/RUN`, or a path."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        if incomplete.startswith(PATHS):
            return [CompletionItem(incomplete, type="dir")]
        return super().shell_complete(ctx, param, incomplete)


def _recipes(_ctx: click.Context, _incomplete: str) -> list[str]:
    from zoo.recipes.registry import list_recipes

    return list_recipes()


def _architectures(_ctx: click.Context, _incomplete: str) -> list[str]:
    from zoo.models.registry import list_models

    return list_models()


def _recipes_or_runs(ctx: click.Context, incomplete: str) -> Iterable[str]:
    return (_runs if ctx.params.get("runs") else _recipes)(ctx, incomplete)


def _models(ctx: click.Context, incomplete: str) -> list[str]:
    found = (*_architectures(ctx, incomplete), *_recipes(ctx, incomplete))
    return list(dict.fromkeys(found))


def _datasets(_ctx: click.Context, _incomplete: str) -> list[str]:
    from zoo.data.registry import dataset_names

    return dataset_names()


def _sources(_ctx: click.Context, _incomplete: str) -> list[str]:
    """Sources of the data of the recipe in the line; `auto` alone if there is none yet."""
    from zoo.data.registry import sources
    from zoo.recipes.registry import list_recipes, recipe

    # click gives up an unfinished line at the option without its value, before the arguments
    words, known = os.environ.get("COMP_WORDS", "").split(), set(list_recipes())
    chosen = next((word for word in words if word in known), None)
    return ["auto", *(sources(recipe(chosen).dataset) if chosen else ())]


def _concepts(_ctx: click.Context, _incomplete: str) -> Iterable[str]:
    from zoo.models.spec import CONCEPTS

    return CONCEPTS


def _documents(_ctx: click.Context, _incomplete: str) -> Iterable[str]:
    from zoo.models.documents import DOCUMENTS

    return DOCUMENTS


def _runs(ctx: click.Context, incomplete: str) -> Iterator[str]:
    """Recipes with runs; after `RECIPE/` its runs, the newest first, and those of its parts."""
    logdir = Path(ctx.params.get("logdir") or "tensorboard_logs")
    above, slash, _ = incomplete.rpartition("/")
    if not slash:
        for folder in sorted(logdir.iterdir()):
            if any(folder.glob(f"*/{RUN_FILE}")):
                yield folder.name
        return
    for folder in sorted((logdir / above).iterdir(), reverse=True):
        if (folder / RUN_FILE).is_file():
            yield f"{above}/{folder.name}"
        elif any(folder.glob(f"*/{RUN_FILE}")):
            yield f"{above}/{folder.name}/"


RECIPE = Name("recipe", _recipes)
ARCHITECTURE = Name("architecture", _architectures)
MODEL = Name("name", _models)  # an architecture or a recipe
DATASET = Name("dataset", _datasets)
SOURCE = Name("source", _sources)
CONCEPT = Name("concept", _concepts)
DOCUMENT = Name("document", _documents)
RUN = RunName("run", _runs)
RECIPE_OR_RUN = RunName("name", _recipes_or_runs)
