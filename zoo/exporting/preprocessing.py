"""What `signature.json` says of a run's inputs and outputs as a person gives and reads them.

With it another program does what `zoo predict` does: it turns names, texts and pictures into the
arrays that the file takes, and the file's outputs into classes and numbers with units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zoo._keras import keras
from zoo.data.text.encoding import SPECIAL, VOCABULARIES
from zoo.experiments import word_vectors
from zoo.experiments.answers import answers
from zoo.experiments.examples import has_own_vectors
from zoo.experiments.ports import Port, ports_of
from zoo.experiments.runs import Run
from zoo.exporting import serving

Labels = Mapping[str, Sequence[str]]


def columns(run: Run, labels: Labels) -> dict[str, list[dict[str, Any]]]:
    """Input -> the columns that it is made of, side by side.

    Args:
        run: With its model.
        labels: The run's vocabularies.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for port in ports_of(run, labels):
        found.setdefault(port.tensor.name, []).append(_column(run, port, labels))
    return found


def vocabularies(run: Run, labels: Labels) -> dict[str, list[str]]:
    """The vocabularies that the columns and the answers name, each label at its id."""
    named = {column["vocabulary"] for each in columns(run, labels).values() for column in each}
    return {name: list(labels[name]) for name in labels if name in named}


def reads_vectors(run: Run, labels: Labels) -> bool:
    """Whether words are looked up in the run's table of vectors."""
    return word_vectors.kept(run.folder) and any(
        has_own_vectors(port.tensor, labels) for port in ports_of(run, labels)
    )


def read_outputs(model: keras.Model, run: Run, labels: Labels) -> dict[str, list[dict[str, Any]]]:
    """Output -> the answers in it: one, or one for each column of its last axis."""
    found = {}
    for name, tensor in serving.outputs_of(model).items():
        rows = np.zeros([size or 1 for size in tensor.shape])
        listed = answers(run, {name: rows}, labels)
        found[name] = [
            {
                "name": answer.name,
                "at": at if len(listed) > 1 else None,
                "classes": list(answer.classes),
                "unit": answer.tensor.unit,
                "shown_unit": answer.tensor.shown_unit,
                "scale": answer.tensor.scale,
                "origin": answer.tensor.origin,
                "meaning": _part(answer.tensor.meaning, at, len(listed)),
            }
            for at, answer in enumerate(listed)
        ]
    return found


def _part(meaning: str, at: int, of: int) -> str:
    """What one of several columns means, where the meaning lists them."""
    parts = meaning.split(", ")
    return parts[at] if len(parts) == of else meaning


def _column(run: Run, port: Port, labels: Labels) -> dict[str, Any]:
    tensor = port.tensor
    own = has_own_vectors(tensor, labels)
    text = tensor.text if port.kind == "text" else ""
    vocabulary = "word" if own else VOCABULARIES.get(text, tensor.vocabulary)
    if vocabulary not in labels:
        vocabulary = port.column if port.kind == "text" and port.column in labels else ""
    special = tuple(labels.get(vocabulary, ())[:2]) == SPECIAL
    described: dict[str, Any] = {
        "name": port.column,
        "kind": port.kind,
        "shape": list(port.shape),
        "vocabulary": vocabulary,
        "text": text,
        "padding": "right" if text == "words" and not special else "left",
        "length": None,
        "default": tensor.default,
        "missing": tensor.missing,
        "format": tensor.format,
        "picture": None,
        "names": list(port.names),
        "unit": tensor.unit,
        "meaning": tensor.meaning,
        "takes": port.takes(str),
    }
    if port.kind == "text" and port.shape[0] is None:
        described["length"] = run.record.data.inputs.get(tensor.name, (None,))[0]
    if port.kind == "picture":
        frames = port.shape[0] if len(port.shape) in (2, 4) else 1
        described["picture"] = {"frames": frames or 1, **vars(port.form)}
    return described
