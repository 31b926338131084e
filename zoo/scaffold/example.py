"""A small table that fits a layout, made so that there is something to learn."""

from __future__ import annotations

import csv
import io
import math

import numpy as np

from zoo.data.tabular import Field
from zoo.data.text.encoding import KINDS
from zoo.scaffold.layout import ROWS, WORDS, Layout

LABELS = 12  # names of an input's vocabulary
SENTENCE = 8  # words of a text
NOISE = 0.1


def example_table(layout: Layout) -> str:
    """CSV text: random inputs, and targets that are a linear map of them, with some noise."""
    rng = np.random.default_rng(0)
    targets = {slot.name for slot in layout.slots if slot.loss}
    cells: dict[str, list[str]] = {}
    known = np.zeros((ROWS, 0))
    for sign, (name, field) in enumerate(layout.fields.items()):
        if name in targets:
            continue
        if field.kind == "label":
            count = _words(layout, field)
            ids = (np.arange(ROWS)[:, None] * (2 * sign + 1) + sign) % count
            ids = np.repeat(ids, len(field.columns), axis=1)
            strength = np.linspace(-1.5, 1.5, count)
            values = (-1) ** sign * strength[ids]
            text = [[f"{field.vocabulary} {each + 1:02d}" for each in row] for row in ids]
        elif field.kind in KINDS:
            ids = rng.integers(len(WORDS), size=(ROWS, SENTENCE))
            strength = np.linspace(-1.5, 1.5, len(WORDS))
            values = strength[ids].sum(axis=1, keepdims=True) / math.sqrt(SENTENCE)
            text = [[" ".join(WORDS[each] for each in row)] for row in ids]
        else:
            values = rng.normal(size=(ROWS, len(field.columns))).round(2)
            text = [[f"{each:g}" for each in row] for row in values]
        known = np.concatenate([known, values], axis=1)
        for column, words in zip(field.columns, zip(*text, strict=True), strict=True):
            cells[column] = list(words)
    for field in layout.fields.values():
        if field.target:
            cells |= _targets(layout, field, known, rng)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(cells)
    writer.writerows(zip(*cells.values(), strict=True))
    return text.getvalue()


def _targets(
    layout: Layout, field: Field, known: np.ndarray, rng: np.random.Generator
) -> dict[str, list[str]]:
    """The columns of one target."""
    classes = _words(layout, field) if field.kind == "label" else 1
    shape = (known.shape[1], len(field.columns), classes)
    weights = np.abs(rng.normal(size=shape)) if classes == 1 else rng.normal(size=shape)
    score = np.einsum("rk,kcn->rcn", known, weights) / math.sqrt(known.shape[1])
    score = score + NOISE * rng.normal(size=score.shape)
    if field.kind == "label":
        best = score.argmax(axis=-1)
        best[:classes] = np.arange(classes)[:, None]  # no class is missing
        text = best.astype(str)
    elif field.kind == "flag":
        text = (score[..., 0] > 0).astype(int).astype(str)
    else:
        text = score[..., 0].round(3).astype(str)
    return {name: list(text[:, place]) for place, name in enumerate(field.columns)}


def _words(layout: Layout, field: Field) -> int:
    """How many words the vocabulary of a field has in the example."""
    for argument, vocabulary in layout.sizes.items():
        if vocabulary == field.vocabulary:
            return int(layout.arguments.get(argument, layout.entry.defaults[argument]))
    return LABELS
