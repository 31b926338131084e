"""A recipe as a notebook shows it: its settings in a table."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from zoo.core import html
from zoo.recipes.fields import SAID

_FIRST = ("name", "summary")  # the card's title and the line below it


def as_html(recipe: Any) -> str:
    """The settings that differ from a recipe's defaults; the others folded below them."""
    chosen, others = [], []
    for field in dataclasses.fields(recipe):
        if field.name in _FIRST:
            continue
        value = getattr(recipe, field.name)
        default = field.default
        if field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        row = (field.name, _as_text(value))
        if value != default:
            chosen.append(row)
        elif field.name not in SAID:
            others.append(row)
    return html.card(
        recipe.name,
        recipe.summary,
        html.table(("setting", "value"), chosen, left=2),
        html.folded("settings at their defaults", html.table((), others, left=2)),
    )


def _as_text(value: Any) -> str:
    """A setting on one line, as one would say it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_as_text(each)}" for key, each in value.items()) or "none"
    if isinstance(value, tuple):
        return f"({', '.join(map(_as_text, value))})"
    return "none" if value == "" else str(value)
