"""Measure what the basketball family promises, all in one run, and compare with the bounds.

    python scripts/bench_basketball.py [--runs 3] [--logdir DIR]

Scores come from runs of the recipes on the embedded league and, where its files are in the data
home, on real games. Times are ratios of medians, measured by turns in fresh processes. The exit
status is 1 if a bound is missed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import zoo
from zoo.core.console import Reporter
from zoo.core.errors import DataError
from zoo.experiments.reports.strengths import team_strengths
from zoo.experiments.runs import Run

Row = tuple[str, float, str, bool]  # figure, measured, bound, holds

TRAIN = (sys.executable, "-m", "zoo.train", "basketball", "--data", "league")
START = {
    "import zoo": (sys.executable, "-c", "import zoo"),
    "zoo --help": (sys.executable, "-m", "zoo", "--help"),
    "zoo list": (sys.executable, "-m", "zoo", "list"),
}


def at_most(figure: str, measured: float, bound: float) -> Row:
    return figure, measured, f"<= {bound:.4g}", measured <= bound


def at_least(figure: str, measured: float, bound: float) -> Row:
    return figure, measured, f">= {bound:.4g}", measured >= bound


def near(figure: str, measured: float, middle: float, width: float) -> Row:
    holds = abs(measured - middle) <= width
    return figure, measured, f"{middle:.4g} +- {width:g}", holds


def trainer(source: str, logdir: Path) -> Callable[..., Run]:
    """A function that trains a recipe on `source` in silence."""

    def train(recipe: str, **overrides: Any) -> Run:
        silent = Reporter(silent=True)
        return zoo.fit(recipe, data=source, logdir=logdir, reporter=silent, **overrides)

    return train


def real_games(train: Callable[..., Run]) -> list[Row]:
    basketball = train("basketball")
    ridge = basketball.baseline["test"]["mae"]
    both = train("score_and_win").metrics["test"]
    same_seasons = {"dataset_options.test_until": 2016}
    seeds = train("seed_difference", **same_seasons).metrics["test"]["mae"]
    stack = train("tournament_stack", **same_seasons).metrics["test"]["mae"]
    return [
        at_most("ncaa: basketball, held-out MAE", basketball.metrics["test"]["mae"], 8.45),
        near("ncaa: ridge least squares, held-out MAE", ridge, 8.40, 0.06),
        at_most("ncaa: basketball, tournament MAE", basketball.metrics["tournament"]["mae"], 8.9),
        near("ncaa: score_and_win 2011-2017, MAE", both["score_diff_mae"], 9.28, 0.10),
        near("ncaa: score_and_win 2011-2017, log-loss", both["won_log_loss"], 0.58, 0.01),
        at_least("ncaa: seed_difference - tournament_stack 2011-2016, MAE", seeds - stack, 0.3),
    ]


def league(train: Callable[..., Run]) -> list[Row]:
    run = train("basketball")
    data = zoo.load_data("basketball", source="league")
    mae = run.metrics["test"]["mae"]
    best = data.references["best possible"]["test"]["score_diff_mae"]
    correlation = np.corrcoef(team_strengths(run.model), np.ravel(data.truth["strength"]))[0, 1]
    return [
        at_least("league: correlation with the true strengths", float(correlation), 0.95),
        at_most("league: held-out MAE / ridge's", mae / run.baseline["test"]["mae"], 1.01),
        at_most("league: held-out MAE / best possible", mae / best, 1.06),
    ]


def times(runs: int) -> list[Row]:
    """Median seconds of fresh processes, the reference and the measured one by turns."""
    tensorflow = (sys.executable, "-c", "import tensorflow")
    with tempfile.TemporaryDirectory() as folder:
        calls = {"tensorflow": tensorflow, "train": (*TRAIN, "--logdir", folder), **START}
        seconds: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(runs):
            for name, call in calls.items():
                begun = time.perf_counter()
                subprocess.run(call, check=True, capture_output=True)
                seconds[name].append(time.perf_counter() - begun)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    ratio = median["train"] / median["tensorflow"]
    print(f"import tensorflow {median['tensorflow']:.2f} s, training {median['train']:.2f} s")
    rows = [at_most("time of `zoo.train basketball` / `import tensorflow`", ratio, 3.0)]
    return rows + [at_most(f"seconds of `{name}`", median[name], 0.3) for name in START]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what the basketball family promises.")
    parser.add_argument("--runs", type=int, default=3, help="repetitions of each timing")
    parser.add_argument("--logdir", type=Path, help="keep the runs here")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        logdir = arguments.logdir or Path(temporary)
        rows = times(arguments.runs) + league(trainer("league", logdir))
        try:
            rows += real_games(trainer("ncaa", logdir))
        except DataError as error:
            print(f"ncaa: left out: {error}")
    for figure, measured, bound, holds in rows:
        print(f"{figure:60s} {measured:9.4f}  {bound:14s} {'ok' if holds else 'MISSED'}")
    return 0 if all(holds for *_, holds in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
