"""Measure what batch normalization and shortcuts do to the score and to the time of an epoch.

    python scripts/normalization.py [--seeds 3] [RECIPE...]
    python scripts/normalization.py --check

Every variant of a recipe is trained on the same embedded pictures, the variants in turn, an
epoch at a time, so that a busy machine slows all of them alike. The numbers go to
results/normalization.csv, the tables to docs/normalization.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from _embedded import SILENT, quiet, source
from _page import Results, Script, fill, half_range, table

import zoo
from zoo.experiments.runs import RunContext
from zoo.experiments.setup import prepare
from zoo.experiments.trainer import train
from zoo.training import engine

# recipe -> training pictures and epochs, fewer than the recipe's
REDUCED = {"cnn": (2_000, 5), "vgg_like": (2_000, 6), "residual_network": (1_500, 4)}
VARIANTS: dict[str, dict[str, Any]] = {
    "neither": {"arguments.batch_normalization": False, "arguments.skip": False},
    "batch normalization": {"arguments.batch_normalization": True, "arguments.skip": False},
    "shortcuts": {"arguments.batch_normalization": False, "arguments.skip": True},
    "both": {"arguments.batch_normalization": True, "arguments.skip": True},
}
BASE = "neither"


def measured(name: str, seed: int) -> Iterator[dict[str, Any]]:
    """A row per variant: test scores, parameters, seconds an epoch, their ratio to BASE's."""
    rows, epochs = REDUCED[name]
    reduced = zoo.recipe(name).override({"dataset_options.rows": rows, "epochs": epochs})
    with tempfile.TemporaryDirectory() as folder:
        plans = {
            variant: prepare(
                RunContext(Path(folder), SILENT, seed),
                reduced.override(changes),
                source(reduced),
                train,
            )
            for variant, changes in VARIANTS.items()
        }
    seconds: dict[str, list[float]] = {variant: [] for variant in VARIANTS}
    for epoch in range(epochs):
        turns = list(VARIANTS)
        for variant in turns[epoch % len(turns) :] + turns[: epoch % len(turns)]:
            plan = plans[variant]
            begun = time.perf_counter()
            engine.fit(
                plan.model,
                plan.train,
                epochs=epoch + 1,
                initial_epoch=epoch,
                batch_size=plan.recipe.batch_size,
                engine=plan.engine,
                seed=seed,
            )
            seconds[variant].append(time.perf_counter() - begun)
    for variant, plan in plans.items():
        scores = engine.evaluate(plan.model, *plan.splits["test"])
        # the first epoch compiles the model's graph
        spent, base = np.array(seconds[variant][1:]), np.array(seconds[BASE][1:])
        yield {
            "recipe": name,
            "seed": seed,
            "variant": variant,
            "pictures": rows,
            "epochs": epochs,
            "parameters": plan.model.count_params(),
            "accuracy": scores["accuracy"],
            "log_loss": scores["log_loss"],
            "seconds": float(np.median(spent)),
            "ratio": float(np.median(spent / base)),
        }


def blocks() -> dict[str, str]:
    """What docs/normalization.md takes from the CSV."""
    frame = RESULTS.read()
    reduced = ", ".join(
        f"`{name}` {rows['pictures'].iloc[0]:,} and {rows['epochs'].iloc[0]}"
        for name, rows in frame.groupby("recipe", sort=False)
    )
    header = "recipe | variant | parameters: | test accuracy: | test log-loss: | time: | s:"
    rows = [
        [
            f"`{name}`",
            variant,
            f"{rows['parameters'].iloc[0]:,}",
            half_range(rows["accuracy"]),
            half_range(rows["log_loss"]),
            f"{rows['ratio'].median():.2f}",
            f"{rows['seconds'].median():.2f}",
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
        losses = rows.pivot_table(index="variant", columns="seed", values="log_loss")
        base = losses.loc[[BASE]].to_numpy()[0]
        parts = []
        for variant in VARIANTS:
            if variant != BASE:
                wins = int(np.count_nonzero(losses.loc[[variant]].to_numpy()[0] < base))
                parts.append(f"{variant} on {wins}")
        yield f"- `{name}`: lower log-loss than {BASE}, of {losses.shape[1]} seeds: " + (
            ", ".join(parts) + "."
        )


def measure(names: list[str], given: argparse.Namespace) -> int:
    quiet()
    for name in names:
        for seed in range(given.seeds):
            begun = time.perf_counter()
            RESULTS.replace(measured(name, seed), recipe=name, seed=seed)
            print(f"{name}, seed {seed}: {time.perf_counter() - begun:.0f} s", flush=True)
    return 0


RESULTS = Results("normalization.csv", "recipe", lambda: REDUCED)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/normalization.md", blocks()),
    measure=measure,
    cases=lambda: REDUCED,
    options=lambda parser: parser.add_argument("--seeds", type=int, default=3),
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
