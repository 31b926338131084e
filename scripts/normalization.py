"""Measure what batch normalization and shortcuts do to the score and to the time of an epoch.

    python scripts/normalization.py [--seeds 3] [RECIPE...]
    python scripts/normalization.py --check

Every variant of a recipe is trained on the same embedded pictures, the variants in turn, an
epoch at a time, so that a busy machine slows all of them equally. The numbers go to
results/normalization.csv, the tables to docs/normalization.md.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _embedded import SILENT, in_turns, quiet, source, state
from _page import Results, Script, fill, half_range, table

import zoo
from zoo.experiments.runs import RunContext
from zoo.experiments.setup import TrainingSetup, prepare
from zoo.experiments.trainer import train
from zoo.training import engine, inference

# recipe -> training pictures and epochs, fewer than the recipe's
REDUCED = {"cnn": (2_000, 5), "vgg_like": (2_000, 6), "residual_network": (1_500, 4)}
VARIANTS: dict[str, dict[str, Any]] = {
    "neither": {"arguments.batch_normalization": False, "arguments.skip": False},
    "batch normalization": {"arguments.batch_normalization": True, "arguments.skip": False},
    "shortcuts": {"arguments.batch_normalization": False, "arguments.skip": True},
    "both": {"arguments.batch_normalization": True, "arguments.skip": True},
}
BASE = "neither"


def measured(name: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A row per seed and variant: scores, parameters, seconds an epoch, their ratio to BASE's."""
    quiet()
    rows, epochs = REDUCED[name]
    reduced = zoo.recipe(name).override({"dataset_options.rows": rows, "epochs": epochs})
    data = source(reduced)
    for seed in range(given.seeds):
        context = RunContext(Path(), SILENT, seed)
        setups = [
            prepare(context, reduced.override(changes), data, train)
            for changes in VARIANTS.values()
        ]
        seconds = in_turns([partial(next, _epochs(setup, seed)) for setup in setups], epochs)
        # the first epoch compiles the model's graph
        spent = {
            variant: np.array(each[1:]) for variant, each in zip(VARIANTS, seconds, strict=True)
        }
        for variant, setup in zip(VARIANTS, setups, strict=True):
            scores = inference.evaluate(setup.model, *setup.splits["test"])
            yield {
                "recipe": name,
                "seed": seed,
                "variant": variant,
                "pictures": rows,
                "epochs": epochs,
                "parameters": setup.model.count_params(),
                "accuracy": scores["accuracy"],
                "log_loss": scores["log_loss"],
                "seconds": float(np.median(spent[variant])),
                "ratio": float(np.median(spent[variant] / spent[BASE])),
            }


def _epochs(setup: TrainingSetup, seed: int) -> Iterator[None]:
    """Train an epoch whenever asked for the next one."""
    for epoch in itertools.count():
        engine.fit(
            setup.model,
            *setup.train,
            batch_size=setup.recipe.batch_size,
            epochs=epoch + 1,
            verbose=0,
            initial_epoch=epoch,
            engine=setup.engine,
            seed=seed,
        )
        yield


def blocks() -> dict[str, str]:
    """What docs/normalization.md takes from the CSV."""
    frame = RESULTS.read()
    reduced = ", ".join(
        f"`{name}` {rows['pictures'].iloc[0]:,} and {rows['epochs'].iloc[0]}"
        for name, rows in frame.groupby("recipe", sort=False)
    )
    header = "recipe | variant | parameters: | test accuracy: | test log-loss: | time:"
    rows = [
        [
            f"`{name}`",
            variant,
            f"{rows['parameters'].iloc[0]:,}",
            half_range(rows["accuracy"]),
            half_range(rows["log_loss"]),
            f"{rows['ratio'].median():.2f}",
        ]
        for (name, variant), rows in frame.groupby(["recipe", "variant"], sort=False)
    ]
    return {
        "settings": f"Means over {frame['seed'].max() + 1} seeds ± half the range. Training "
        f"pictures and epochs: {reduced}.",
        "scores": table(header, rows),
        "findings": "\n".join(_findings(frame)),
    }


def _findings(frame: pd.DataFrame) -> Iterator[str]:
    """A sentence per recipe and change: on how many seeds it has the lower log-loss."""
    for name, rows in frame.groupby("recipe", sort=False):
        losses = rows.pivot_table(index="seed", columns="variant", values="log_loss")
        wins = losses.lt(losses[BASE], axis=0).sum()
        parts = [f"{each} on {wins[each]}" for each in VARIANTS if each != BASE]
        yield f"- `{name}`: lower log-loss than {BASE}, of {len(losses)} seeds: {', '.join(parts)}."


RESULTS = Results(
    "normalization.csv",
    "recipe",
    lambda: REDUCED,
    lambda name: state(name, (REDUCED[name], VARIANTS)),
)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/normalization.md", blocks()),
    results=RESULTS,
    rows=measured,
    options=lambda parser: parser.add_argument("--seeds", type=int, default=3),
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
