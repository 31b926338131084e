"""Write tests/models/golden/: every architecture and variant, layer by layer, as Keras counts.

python scripts/goldens.py [--check]

A golden changes only when a builder or Keras changes; look at the difference before committing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from _page import ROOT, Script

import zoo
from zoo._keras import keras
from zoo.models.abstract_build import abstract_build

FOLDER = ROOT / "tests" / "models" / "golden"


def layer_rows(layers: Iterable[Any], above: str = "") -> Iterator[list[Any]]:
    """Path, class, output shape without the batch axis, and parameters of every layer.

    The layer inside a TimeDistributed has no output of its own: its shape is null.
    """
    for layer in layers:
        path = f"{above}{layer.name}"
        calls = layer._inbound_nodes
        shape = [list(tensor.shape[1:]) for tensor in calls[0].outputs] if calls else None
        yield [path, type(layer).__name__, shape, layer.count_params()]
        if isinstance(layer, keras.Model):
            yield from layer_rows(layer.layers, f"{path}/")
        elif isinstance(layer, keras.layers.Wrapper):
            yield from layer_rows([layer.layer], f"{path}/")


def golden(name: str, arguments: dict[str, Any]) -> str:
    """One model's golden: a line per layer, and the total."""
    with abstract_build():
        model = zoo.build(name, **arguments)
        rows = [json.dumps(row) for row in layer_rows(model.layers)]
    return "\n".join([*rows, json.dumps(["total", model.count_params()])]) + "\n"


def goldens() -> dict[Path, str]:
    """File -> content, one for each architecture and variant."""
    files = {}
    for name in zoo.list_models():
        files[FOLDER / f"{name}.jsonl"] = golden(name, {})
        for variant, entry in zoo.spec(name).variants.items():
            files[FOLDER / f"{name}.{variant}.jsonl"] = golden(name, dict(entry.arguments))
    return files


SCRIPT = Script(str(__doc__), files=goldens, folders=[FOLDER])

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
