"""`ports.json`: what the artifacts of a folder take and give, for whoever calls them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo.core.files import write_text
from zoo.exporting.serving import Tensor
from zoo.models.registry import list_models, spec
from zoo.models.spec import ModelSpec, TensorSpec

NAME = "ports.json"


def describe(tensors: Sequence[Tensor], ports: Sequence[TensorSpec]) -> list[dict[str, Any]]:
    """Name, type and shape of each tensor (null where it varies), with its unit."""
    cards = {port.name: port for port in ports}
    described = []
    for tensor in tensors:
        entry: dict[str, Any] = {
            "name": tensor.name,
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
        }
        if card := cards.get(tensor.name):
            told = {"unit": card.unit, "vocabulary": card.vocabulary}
            entry |= {key: text for key, text in told.items() if text}
        described.append(entry)
    return described


def card_of(name: str) -> ModelSpec | None:
    """The registered architecture of that name, if there is one."""
    return spec(name) if name in list_models() else None


def add(folder: Path, artifact: str, entry: Mapping[str, Any]) -> None:
    """Set the entry of one artifact; those of its neighbors that are still there stay."""
    path = folder / NAME
    entries = {name: old for name, old in _read(path).items() if (folder / name).exists()}
    entries[artifact] = dict(entry)
    write_text(path, json.dumps(entries, indent=2, ensure_ascii=False) + "\n")


def _read(path: Path) -> dict[str, Any]:
    """What the file says; nothing if there is none or it is damaged: it is made anew."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}
