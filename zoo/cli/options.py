"""Options that several commands share, and the `--set KEY=VALUE` of those that have one."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from zoo.core.errors import RecipeError

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "none": None}

logdir_option: Decorator = click.option(
    "--logdir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tensorboard_logs"),
    show_default=True,
    help="Parent of the run folders.",
)
data_option: Decorator = click.option(
    "--data", default="auto", show_default=True, help="Source of the data."
)
record_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print run.json and nothing else."
)
fields_option: Decorator = click.option(
    "--set", "pairs", multiple=True, metavar="KEY=VALUE", help="Change a recipe field."
)
arguments_option: Decorator = click.option(
    "--set",
    "pairs",
    metavar="KEY=VALUE",
    multiple=True,
    help="An argument of the builder, such as units=20; may be given several times.",
)


def parse_fields(pairs: Iterable[str]) -> dict[str, Any]:
    """Recipe fields from `key=value` pairs; the values stay text, which the recipe converts.

    Raises:
        RecipeError: a pair of another form.
    """
    fields: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise RecipeError(f"--set takes KEY=VALUE, such as --set epochs=3, not {pair!r}")
        fields[key] = value
    return fields


def parse_arguments(pairs: Iterable[str]) -> dict[str, Any]:
    """Builder arguments from `key=value` pairs; values are Python literals, else text.

    Raises:
        RecipeError: a pair of another form, or a key given twice.
    """
    arguments: dict[str, Any] = {}
    for pair in pairs:
        key, equals, text = (part.strip() for part in pair.partition("="))
        if not equals or not key.isidentifier():
            raise RecipeError(f"--set {pair!r}: write --set key=value, such as --set units=20")
        if key in arguments:
            raise RecipeError(f"--set {key}: given twice, {arguments[key]!r} and {text!r}")
        arguments[key] = _value(text)
    return arguments


def _value(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
