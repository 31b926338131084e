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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from _embedded import SILENT, quiet, source, train
from _page import Results, Script, fill, half_range, table

import zoo
from zoo.ensembling.table import shown_metrics

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
Score = tuple[str, int | str, str, float]  # variant, seed, metric, test score


def ensemble(name: str) -> Iterator[Score]:
    """Test scores of three members and of both their averages."""
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
    members = [member.scores["test"] for member in made.members]
    for metric in shown_metrics(members[0]):
        for seed, scores in enumerate(members):
            yield "one model", seed, metric, scores[metric]
        for variant, title in NAMES.items():
            yield title, "", metric, made.averages[variant]["test"][metric]


def averaged(name: str) -> Iterator[Score]:
    """Test scores without and with averaged weights, by seed."""
    momentum, changes = AVERAGED[name]
    for seed in range(SEEDS):
        for ema in (0.0, momentum):
            scores = train(name, seed, ema=ema, **changes).metrics["test"]
            for metric in shown_metrics(scores):
                yield f"ema {ema:g}", seed, metric, scores[metric]


def measure(names: list[str], given: argparse.Namespace) -> int:
    quiet()
    columns = ("variant", "seed", "metric", "score")
    for name in names:
        parts = {
            "ensemble": ensemble(name),
            **({"ema": averaged(name)} if name in AVERAGED else {}),
        }
        for part, scores in parts.items():
            where = {"part": part, "recipe": name}
            rows = [{**where, **dict(zip(columns, score, strict=True))} for score in scores]
            print(RESULTS.replace(rows, **where).to_string(index=False), flush=True)
    return 0


def blocks() -> dict[str, str]:
    """What docs/ensembles.md takes from the CSV and from the settings above."""
    frame = RESULTS.read()
    found: dict[str, str] = {}
    for part in ("ensemble", "ema"):
        rows = frame[frame["part"] == part]
        found[part] = table("recipe | metric | variant | test score:", _rows(rows))
    changed = {name: changes for name, (_, changes) in AVERAGED.items()}
    return {
        **found,
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
    for (name, metric, variant), rows in frame.groupby(["recipe", "metric", "variant"], sort=False):
        scores = rows["score"]
        score = half_range(scores) if len(scores) > 1 else f"{scores.mean():.4f}"
        yield [f"`{name}`", metric, variant, score]


RESULTS = Results("ensembles.csv", "recipe", lambda: ENSEMBLES)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/ensembles.md", blocks()),
    measure=measure,
    cases=lambda: ENSEMBLES,
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
