"""`--set key=value`: arguments of a builder, typed on the command line."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

import click

from zoo.core.errors import RecipeError

WORDS: dict[str, bool | None] = {"true": True, "false": False, "none": None}

set_option = click.option(
    "--set",
    "pairs",
    metavar="KEY=VALUE",
    multiple=True,
    help="An argument of the builder, such as units=20; may be given several times.",
)


def parse_arguments(pairs: Iterable[str]) -> dict[str, Any]:
    """Arguments from `key=value` pairs; values are Python literals, else strings.

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
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text
