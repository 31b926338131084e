"""Train recipes briefly by the workers that TF_CONFIG names, and by one process; compare.

    python tests/training/workers_of_recipes.py [RECIPE...]

Without TF_CONFIG it starts two workers on this machine, which train every recipe; that takes
fifteen minutes on two busy cores. The chief prints a line of JSON per recipe: the largest relative
difference of the histories.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from support import small_data, small_recipe
from training import loopback

import zoo
from zoo._keras import keras, tf
from zoo.experiments.feeding import feed
from zoo.experiments.setup import build_for
from zoo.training import cluster, engine
from zoo.training.compile import compile_model

BATCH = 15  # two workers take 7 and 8 rows
REST = 5  # rows of the last step
# Batch normalization makes differences of the last bit grow with every step: these are compared
# in double precision.
NORMALIZED = ("inception_network", "residual_network", "siamese_xception")


def trained(name: str, strategy: Any) -> dict[str, list[float]]:
    recipe = small_recipe(name)
    data = small_data(recipe)
    engine.set_seed(0)
    keras.config.set_floatx("float64" if name in NORMALIZED else "float32")
    scope = (strategy or tf.distribute.get_strategy()).scope()
    with scope:
        model = build_for(recipe, data)
        compile_model(model, recipe, 3)
    splits = feed(recipe, data, model, lambda _: None)
    few = {key: _first(splits[key], 2 * BATCH + REST) for key in ("train", "validation")}
    history = engine.fit(
        model,
        *few["train"],
        batch_size=BATCH,
        epochs=2,
        verbose=0,
        validation_data=few["validation"],
        engine="resident",
        seed=0,
    )
    return history.history


def _first(split: Any, rows: int) -> Any:
    return tuple({key: array[:rows] for key, array in side.items()} for side in split)


def main(names: list[str]) -> None:
    strategy = cluster.strategy()
    for name in names:
        begun = time.perf_counter()
        together = trained(name, strategy)
        seconds = time.perf_counter() - begun
        if strategy.extended.should_checkpoint:
            alone = trained(name, None)
            line = {"recipe": name, "difference": _difference(together, alone)}
            print(json.dumps({**line, "seconds": round(seconds, 1)}), flush=True)
        keras.backend.clear_session()


def _difference(found: dict[str, list[float]], wanted: dict[str, list[float]]) -> float:
    assert {*found} == {*wanted}
    pairs = [(np.asarray(found[key]), np.asarray(wanted[key])) for key in wanted]
    return float(max(np.max(np.abs(a - b) / (1 + np.abs(b))) for a, b in pairs))


if __name__ == "__main__":
    if os.environ.get("TF_CONFIG"):
        main(sys.argv[1:])
    else:
        every = [name for name in zoo.list_recipes() if not name.endswith("_as_printed")]
        for line in loopback.printed_by(2, Path(__file__), *(sys.argv[1:] or every)):
            print(line, end="")
