"""Train recipes briefly, each with its own engine, and print what came out to the last bit.

    python tests/training/determinism_worker.py RECIPE[:ENGINE]...

One line of JSON per recipe: sha256 of all weights and of history.csv. Run twice by
test_determinism.py, which compares the lines.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from support import checksum, small_data, small_recipe

from zoo.experiments.feeding import feed
from zoo.experiments.setup import build_for
from zoo.training import engine
from zoo.training.callbacks import standard_callbacks
from zoo.training.compile import compile_model

BATCHES, ROWS = 2, 16  # rows of a batch, at most


def trained(name: str, folder: Path) -> dict[str, str]:
    """Checksums of two epochs on a few batches."""
    recipe_name, _, other_engine = name.partition(":")
    recipe = small_recipe(recipe_name)
    data = small_data(recipe)
    engine.set_seed(0)
    model = build_for(recipe, data)
    splits = feed(recipe, data, model, lambda _: None)
    batch = min(recipe.batch_size, ROWS)
    few = {key: _first(splits[key], int(BATCHES * batch)) for key in ("train", "validation")}
    compile_model(model, recipe, 3)
    engine.fit(
        model,
        *few["train"],
        batch_size=batch,
        epochs=2,
        verbose=0,
        validation_data=few["validation"],
        engine=other_engine or recipe.engine,
        seed=0,
        callbacks=standard_callbacks(recipe, folder),
    )
    history = hashlib.sha256((folder / "history.csv").read_bytes())
    return {"recipe": name, "weights": checksum(model), "history": history.hexdigest()}


def _first(split: Any, rows: int) -> Any:
    return tuple({key: array[:rows] for key, array in side.items()} for side in split)


if __name__ == "__main__":
    for each in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as made:
            print(json.dumps(trained(each, Path(made))), flush=True)
