"""An architecture's model card, as plain data and as text. Loads no TensorFlow."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zoo.core import html
from zoo.core.errors import ZooError
from zoo.inspection import diagram
from zoo.models.abstract_build import abstract_build
from zoo.models.registry import build
from zoo.models.spec import CONCEPTS, ModelSpec, TensorSpec
from zoo.models.spec import shape_text as shape_text
from zoo.recipes import shipped_weights
from zoo.recipes.printed import PRINTED
from zoo.recipes.registry import RECIPES


def as_dict(entry: ModelSpec) -> dict[str, Any]:
    """The card as plain data, for JSON."""
    sized, recipes = entry.resolved(), recipes_of(entry)
    return {
        "name": entry.name,
        "summary": entry.summary,
        "family": entry.family,
        "aliases": entry.aliases,
        "documents": [dataclasses.asdict(document) for document in entry.documents],
        "section": entry.section,
        "claim": entry.claim,
        "inputs": [_tensor(tensor) for tensor in sized.inputs],
        "outputs": [_tensor(tensor) for tensor in sized.outputs],
        "arguments": entry.defaults,
        "parameters": entry.count,
        "published": entry.published,
        "published_note": entry.published_note,
        "concepts": entry.concepts,
        "errata": entry.errata,
        "document_settings": printed_settings(entry),
        "variants": {
            name: {
                "arguments": variant.arguments,
                "parameters": variant.count,
                "published": variant.published,
                "note": variant.note,
            }
            for name, variant in entry.variants.items()
        },
        "recipe": entry.recipe,
        "recipes": recipes,
        "weights": [name for name in recipes if shipped_weights.shipped(name)],
        "diagram": f"docs/diagrams/{entry.name}.svg",
    }


def _tensor(tensor: TensorSpec) -> dict[str, Any]:
    keys = ("name", "shape", "dtype", "unit", "meaning")
    return {key: getattr(tensor, key) for key in keys}


def recipes_of(entry: ModelSpec) -> list[str]:
    """Names of all recipes that train this architecture."""
    return [each.name for each in RECIPES.values() if each.architecture == entry.name]


def why_untrained(entry: ModelSpec) -> str:
    """Why an architecture has no recipe."""
    if not entry.count:
        return "it has no weights to train"
    return "too large to train here" if "application" in entry.concepts else "part of other models"


def printed_settings(entry: ModelSpec) -> str:
    """What the document says of training the model, in one line."""
    printed = PRINTED.get(entry.name)
    return printed.text if printed else "the document gives no settings"


def as_text(entry: ModelSpec) -> str:
    """The card as a person reads it in a terminal."""
    lines = [entry.name, "=" * len(entry.name), entry.summary, ""]
    previous = ""
    for key, text in facts(entry):
        lines.append(f"{'' if key == previous else key:11s} {text}")
        previous = key
    return "\n".join(lines)


def as_table(facts: Sequence[tuple[str, str]]) -> str:
    """Facts as a Markdown table without a header."""
    rows = [f"| {key} | {_cell(text)} |" for key, text in facts]
    return "\n".join(["| | |", "|---|---|", *rows]) + "\n"


def as_html(entry: ModelSpec) -> str:
    """The card as a notebook shows it, with the diagram."""
    previous = ""
    rows = []
    for key, text in facts(entry):
        if key != "diagram":
            rows.append(("" if key == previous else key, text))
            previous = key
    return html.card(entry.name, entry.summary, _drawing(entry), html.table((), rows, left=2))


def _drawing(entry: ModelSpec) -> str:
    """The diagram at default sizes: the one that ships, or else drawn now."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_diagrams", package.parent / "docs" / "diagrams"):
        path = folder / f"{entry.name}.svg"
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            break
    else:
        try:
            with abstract_build():
                text = diagram.svg(diagram.to_dot(build(entry.name)))
        except ZooError as error:
            return html.note(f"no diagram: {error}")
    # several diagrams may stand on one page: what is left needs no id
    return html.paper(re.sub(r' id="[^"]*"', "", text[text.index("<svg") :]))


def _cell(text: str) -> str:
    """Text that a table's cell shows as it stands."""
    for mark in "\\|*_`<":
        text = text.replace(mark, f"&#{ord(mark)};")
    return " ".join(text.split())


def facts(entry: ModelSpec) -> list[tuple[str, str]]:
    """What the card says below its summary: what about, and the text; keys may repeat."""
    sized = entry.resolved()
    found: list[tuple[str, str]] = []
    found += [("document", f"{each.key}: {each.title}") for each in entry.documents]
    if entry.section:
        found.insert(1, ("section", entry.section))
    if entry.claim:
        found.append(("claim", entry.claim))
    found += [("input", tensor_text(tensor)) for tensor in sized.inputs]
    found += [("output", tensor_text(tensor)) for tensor in sized.outputs]
    found.append(("parameters", f"{entry.count:,}"))
    published = "-" if entry.published is None else f"{entry.published:,}"
    note = f" ({entry.published_note})" if entry.published_note else ""
    found.append(("published", published + note))
    arguments = ", ".join(f"{name}={value!r}" for name, value in entry.defaults.items())
    found.append(("arguments", arguments or "none"))
    found += [("erratum", erratum) for erratum in entry.errata]
    found.append(("settings", f"as printed: {printed_settings(entry)}"))
    for name, variant in entry.variants.items():
        given = ", ".join(f"{key}={value!r}" for key, value in variant.arguments.items())
        found.append(("variant", f"{name} ({given}): {variant.count:,} parameters; {variant.note}"))
    found += [("concept", f"{key}: {CONCEPTS[key]}") for key in entry.concepts]
    if entry.aliases:
        found.append(("aliases", ", ".join(entry.aliases)))
    recipes = recipes_of(entry)
    found.append(("recipes", ", ".join(recipes) or f"none: {why_untrained(entry)}"))
    found += [("weights", text) for text in shipped_weights.facts(recipes)]
    found.append(("diagram", f"docs/diagrams/{entry.name}.svg"))
    return found


def tensor_text(tensor: TensorSpec) -> str:
    """One line: `home (1) float32 [-1, 0, 1]: 1: team 1 at home, -1: team 2`."""
    unit = f" [{tensor.unit}]" if tensor.unit else ""
    meaning = f": {tensor.meaning}" if tensor.meaning else ""
    return f"{tensor.name} {shape_text(tensor.shape)} {tensor.dtype}{unit}{meaning}"
