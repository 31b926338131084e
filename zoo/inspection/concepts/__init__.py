"""A page for each concept: five lines, the models that show it, what the documents say.

    >>> from zoo.inspection import concepts
    >>> print(concepts.as_text("shared-layers"))

Loads no TensorFlow.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection
from typing import Any

from zoo.core.errors import UnknownNameError
from zoo.inspection.concepts import graphs, layers
from zoo.inspection.concepts.text import Text
from zoo.models.registry import list_models, spec
from zoo.models.spec import CONCEPTS

WIDTH = 100  # characters of a line
LINES = ("what", "when", "how", "beware", "check")  # fields of Text, in the order of the page
TEXTS: dict[str, Text] = {**graphs.TEXTS, **layers.TEXTS}


def text(name: str) -> Text:
    """What the zoo says about a concept.

    Raises:
        UnknownNameError: no such concept; the message gives the nearest.
    """
    if name not in TEXTS:
        raise UnknownNameError("concept", name, CONCEPTS, "zoo concept")
    return TEXTS[name]


def as_dict(name: str) -> dict[str, Any]:
    """The page as plain data, for JSON."""
    said = text(name)
    return {
        "name": name,
        "meaning": CONCEPTS[name],
        **{line: getattr(said, line) for line in LINES},
        "models": [
            {"name": model, "summary": spec(model).summary} for model in list_models(concept=name)
        ],
        "documents": dict(said.documents),
    }


def as_text(name: str) -> str:
    """The page as a person reads it in a terminal."""
    page = as_dict(name)
    models = [(each["name"], each["summary"]) for each in page["models"]]
    return "\n".join(
        [
            name,
            "=" * len(name),
            page["meaning"],
            "",
            *_columns([(line, page[line]) for line in LINES]),
            "",
            "models, `zoo show NAME` for more",
            *_columns(models, "  "),
            "",
            "documents",
            *_columns(page["documents"].items(), "  "),
        ]
    )


def as_markdown(name: str) -> str:
    """The page as a section of docs/concepts.md."""
    page = as_dict(name)
    lines = {**{line: page[line] for line in LINES}, "how": f"`{page['how']}`"}
    models = (f"[`{each['name']}`](catalog.md#{each['name']})" for each in page["models"])
    return "\n".join(
        [
            f"## {name}",
            "",
            f"{page['meaning'][0].upper()}{page['meaning'][1:]}.",
            "",
            *(f"- **{line}**: {lines[line]}" for line in LINES),
            f"- **models**: {', '.join(models) or '-'}",
            *(f"- `{key}`: {said}" for key, said in page["documents"].items()),
            "",
        ]
    )


def _columns(rows: Collection[tuple[str, str]], indent: str = "") -> list[str]:
    """Names and texts side by side, the texts wrapped."""
    width = len(indent) + max((len(name) for name, _ in rows), default=0) + 2
    lines: list[str] = []
    for name, said in rows:
        start = f"{indent}{name}".ljust(width)
        lines += textwrap.wrap(said, WIDTH, initial_indent=start, subsequent_indent=" " * width)
    return lines
