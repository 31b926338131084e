"""Train recipes briefly, each with its own engine, and print what came out to the last bit.

    python tests/training/determinism_worker.py RECIPE...

One line of JSON per recipe: sha256 of all weights and of history.csv. Run twice by
test_determinism.py, which compares the lines.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from examples import small_data

import zoo
from zoo.experiments.setup import build_for, feed
from zoo.training import engine
from zoo.training.callbacks import standard_callbacks
from zoo.training.compile import compile_model

BATCHES = 2.5  # the last one is not full
ROWS = 32  # of a batch, at most


def trained(name: str, folder: Path) -> dict[str, str]:
    """Checksums of two epochs on a few batches."""
    recipe = zoo.recipe(name)
    data = small_data(recipe)
    if recipe.stacked_on:  # what the column holds does not matter here
        splits = {
            split: {**arrays, "pred": np.ones((len(next(iter(arrays.values()))), 1), np.float32)}
            for split, arrays in data.splits.items()
        }
        data = dataclasses.replace(data, splits=splits)
    engine.set_seed(0)
    model = build_for(recipe, data)
    splits = feed(recipe, data, model, lambda _: None)
    batch = min(recipe.batch_size, ROWS)
    few = {key: _first(splits[key], int(BATCHES * batch)) for key in ("train", "validation")}
    compile_model(model, recipe, 3)
    engine.fit(
        model,
        few["train"],
        few["validation"],
        epochs=2,
        batch_size=batch,
        engine=recipe.engine,
        seed=0,
        callbacks=standard_callbacks(recipe, folder),
    )
    weights = hashlib.sha256()
    for weight in model.get_weights():
        weights.update(np.ascontiguousarray(weight).tobytes())
    history = hashlib.sha256((folder / "history.csv").read_bytes())
    return {"recipe": name, "weights": weights.hexdigest(), "history": history.hexdigest()}


def _first(split: Any, rows: int) -> Any:
    return tuple({key: array[:rows] for key, array in side.items()} for side in split)


if __name__ == "__main__":
    for each in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as made:
            print(json.dumps(trained(each, Path(made))), flush=True)
