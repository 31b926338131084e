"""`signature.json`: the inputs and outputs of a folder's artifacts, for whoever calls them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.core.files import write_text
from zoo.exporting import serving
from zoo.models.registry import list_models, spec
from zoo.models.spec import TensorSpec

if TYPE_CHECKING:
    import keras

NAME = "signature.json"


def describe(model: keras.Model, architecture: str) -> dict[str, list[dict[str, Any]]]:
    """Inputs and outputs of a model, with units if its architecture is a registered one."""
    known = spec(architecture) if architecture in list_models() else None
    return {
        "inputs": _described(serving.inputs_of(model), known.inputs if known else ()),
        "outputs": _described(serving.outputs_of(model), known.outputs if known else ()),
    }


def _described(
    tensors: Sequence[serving.Tensor], specs: Sequence[TensorSpec]
) -> list[dict[str, Any]]:
    """Name, type and shape of each tensor (null where it varies), with its unit."""
    known = {each.name: each for each in specs}
    described = []
    for tensor in tensors:
        entry: dict[str, Any] = {
            "name": tensor.name,
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
        }
        if found := known.get(tensor.name):
            told = {"unit": found.unit, "vocabulary": found.vocabulary}
            entry |= {key: text for key, text in told.items() if text}
        described.append(entry)
    return described


def add(folder: Path, artifact: str, entry: Mapping[str, Any]) -> None:
    """Set the entry of one artifact; those of its neighbors that are still there stay."""
    path = folder / NAME
    entries = {name: old for name, old in _read(path).items() if (folder / name).exists()}
    entries[artifact] = dict(entry)
    write_text(path, json.dumps(entries, indent=2, ensure_ascii=False) + "\n")


def _read(path: Path) -> dict[str, Any]:
    """What the file says; nothing if there is none or it is damaged: it is written anew."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}
