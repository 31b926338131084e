"""Measure ensembles of three against their members, and averaged weights (EMA) against none.

    python scripts/ensembles.py [RECIPE...]
    python scripts/ensembles.py --check

On embedded data, with fewer epochs than the recipes have where the page says so. The numbers go
to results/ensembles.csv, the tables to docs/ensembles.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from _embedded import SILENT, quiet, source, state, train
from _page import Results, Script, fill, half_range, table

import zoo
from zoo.ensembling.table import shown_metrics

Scores = Mapping[str, float]  # metric -> value

SEEDS = 3

# recipe -> what is changed to keep the experiment short
ENSEMBLES: dict[str, dict[str, Any]] = {
    "two_team": {},
    "softmax_mlp_32": {},
    "mlp": {"epochs": 10},
    "score_and_win": {"epochs": 10},
}
# recipe -> momentum, and what is changed
AVERAGED: dict[str, tuple[float, dict[str, Any]]] = {
    "softmax_mlp_32": (0.99, {"schedule": "constant"}),
    "mlp": (0.99, {"epochs": 10, "schedule": "constant"}),
}
NAMES = {"average": "average of three", "weighted average": "weighted average of three"}


def measured(name: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A row per variant, seed and metric: the test score."""
    quiet()
    variants = [("ensemble", *each) for each in ensemble(name)]
    variants += [("ema", *each) for each in averaged(name)]
    for part, variant, seed, scores in variants:
        for metric in shown_metrics(scores):
            row = {"part": part, "recipe": name, "variant": variant, "seed": seed}
            yield {**row, "metric": metric, "score": scores[metric]}


def ensemble(name: str) -> Iterator[tuple[str, int | str, Scores]]:
    """Three members, and both their averages."""
    with tempfile.TemporaryDirectory() as folder:
        run = zoo.ensemble(
            name,
            members=SEEDS,
            weights="validation",
            data=source(name),
            logdir=Path(folder),
            reporter=SILENT,
            baseline="",
            **ENSEMBLES[name],
        )
    made = run.record.ensemble
    assert made is not None
    for seed, member in enumerate(made.members):
        yield "one model", seed, member.scores["test"]
    for variant, title in NAMES.items():
        yield title, "", made.averages[variant]["test"]


def averaged(name: str) -> Iterator[tuple[str, int | str, Scores]]:
    """The recipe without and with averaged weights, by seed."""
    if name in AVERAGED:
        momentum, changes = AVERAGED[name]
        for seed in range(SEEDS):
            for ema in (0.0, momentum):
                run = train(name, seed, ema=ema, **changes)
                yield f"ema {ema:g}", seed, run.metrics["test"]


def blocks() -> dict[str, str]:
    """What docs/ensembles.md takes from the CSV and from the settings above."""
    header = "recipe | metric | variant | test score:"
    changed = {name: changes for name, (_, changes) in AVERAGED.items()}
    return {
        **{str(part): table(header, _rows(rows)) for part, rows in RESULTS.read().groupby("part")},
        "ensemble settings": f"Changed to keep the experiment short: {_changed(ENSEMBLES)}.",
        "ema settings": f"Changed for the comparison: {_changed(changed)}.",
    }


def _changed(settings: dict[str, dict[str, Any]]) -> str:
    return ", ".join(
        f"`{name}` has {' and '.join(f'{key}={value}' for key, value in changes.items())}"
        for name, changes in settings.items()
        if changes
    )


def _rows(frame: pd.DataFrame) -> Iterator[list[object]]:
    for (name, metric), rows in frame.groupby(["recipe", "metric"], sort=False):
        for variant, scores in rows.groupby("variant", sort=False)["score"]:
            score = half_range(scores) if len(scores) > 1 else f"{scores.mean():.4f}"
            yield [f"`{name}`", metric, variant, score]


RESULTS = Results(
    "ensembles.csv",
    "recipe",
    lambda: ENSEMBLES,
    lambda name: state(name, (ENSEMBLES[name], AVERAGED.get(name))),
)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/ensembles.md", blocks()),
    results=RESULTS,
    rows=measured,
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
