"""Test the documents' claims by experiment, on embedded data, over seeds.

    python scripts/claims.py [--seeds 3] [CLAIM...]
    python scripts/claims.py --check

Each claim compares variants of one recipe on the same held-out rows, lower score is better.
The tables go to results/claims.csv and docs/claims.md; tests/scripts/test_claims_by_experiment.py
asserts the sign of each difference.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from _embedded import SILENT, load, train
from _page import Results, Script, fill, table

import zoo
from zoo.experiments.feeding import feed
from zoo.experiments.runs import Run
from zoo.training import engine

Scores = dict[str, float]  # variant -> held-out score, lower is better


@dataclass(frozen=True)
class Claim:
    """What a document says, and how it is put to the test.

    Attributes:
        text: The claim, with its document.
        score: What the numbers are.
        better, worse: The variant that should win, and those that it should beat.
        measure: Seed -> score of every variant.
        holds: What was found on the embedded data: True as claimed, False the contrary, None no
            clear difference. The test asserts it.
    """

    text: str
    score: str
    better: str
    worse: tuple[str, ...]
    measure: Callable[[int], Scores]
    holds: bool | None = True


def score(recipe: str, seed: int, metric: str = "log_loss", **changes: Any) -> float:
    """The recipe's score on the test rows."""
    return train(recipe, seed, **changes).metrics["test"][metric]


def predictions(run: Run, recipe: str, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Truth and prediction of a run's first output on a split, shape (rows,)."""
    plan = zoo.recipe(recipe)
    inputs, targets = feed(plan, load(plan), run.model, SILENT.line)[split]
    (port,) = targets
    return targets[port].ravel(), engine.predict(run.model, inputs)[port].ravel()


def clothing_price(seed: int) -> Scores:
    """The joint model, each branch alone, and their average weighted on the validation rows."""
    kinds = ("metadata", "description", "picture")
    alone = {
        kind: train("clothing_price", seed, **{"arguments.branches": (kind,)}) for kind in kinds
    }
    guesses = {
        split: [predictions(run, "clothing_price", split) for run in alone.values()]
        for split in ("validation", "test")
    }
    columns = {
        split: np.stack([predicted for _, predicted in pairs], axis=1)
        for split, pairs in guesses.items()
    }
    weights = _convex_weights(columns["validation"], guesses["validation"][0][0])
    truth = guesses["test"][0][0]
    scores = {
        f"{kind} alone": float(np.abs(truth - columns["test"][:, at]).mean())
        for at, kind in enumerate(kinds)
    }
    average = float(np.abs(truth - columns["test"] @ weights).mean())
    joint = score("clothing_price", seed, "mae")
    return {"joint": joint, "weighted average": average, **scores}


def _convex_weights(columns: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Weights from 0 that add up to 1 with the least absolute error, on a grid of 1/20."""
    steps = np.linspace(0, 1, 21)
    grid = [(a, b, 1 - a - b) for a in steps for b in steps if a + b <= 1 + 1e-9]
    errors = [np.abs(truth - columns @ np.array(weights)).mean() for weights in grid]
    return np.array(grid[int(np.argmin(errors))])


def novel(seed: int) -> Scores:
    """Log-loss of the genre plus error of the date in units of its trivial error."""
    plan = zoo.recipe("novel")
    trivial = load(plan).references["trivial"]["test"]

    def alone(head: str) -> Scores:
        metrics = {head: plan.metrics[head]}
        changes = {"loss": {head: plan.loss[head]}, "metrics": metrics, "loss_weights": {}}
        run = train("novel", seed, **changes, **{"arguments.heads": (head,)})
        return run.metrics["test"]

    joint = train("novel", seed).metrics["test"]
    genre, date = alone("genre"), alone("date")
    scale = trivial["genre_log_loss"], trivial["date_mae"]
    return {
        "joint": joint["genre_log_loss"] / scale[0] + joint["date_mae"] / scale[1],
        "separate": genre["log_loss"] / scale[0] + date["mae"] / scale[1],
    }


def residual_network(seed: int) -> Scores:
    """Log-loss of a network 36 layers deep with the skips and without them, all else equal.

    The recipe's own, of one identity block a stage, is shallow enough to learn without.
    """
    deep: dict[str, Any] = {
        "arguments.blocks": 5,
        "arguments.filters": (16, 32),
        "dataset_options.rows": 1_500,
        "epochs": 4,
    }
    return {
        variant: score("residual_network", seed, **{**deep, "arguments.skip": skip})
        for variant, skip in (("with skips", True), ("without skips", False))
    }


def siamese_lstm(seed: int) -> Scores:
    """Log-loss with one encoder for both sentences and with one for each."""
    separate: dict[str, Any] = {"arguments.shared": False}
    return {
        "shared encoder": score("siamese_lstm", seed),
        "two encoders": score("siamese_lstm", seed, **separate),
    }


def headline(seed: int) -> Scores:
    """Log-loss of the main output with the auxiliary loss at weight 0.2, and at 0."""
    metric, without = "main_output_log_loss", {"loss_weights.aux_output": 0.0}
    return {
        "auxiliary loss": score("headline", seed, metric),
        "no auxiliary loss": score("headline", seed, metric, **without),
    }


CLAIMS = {
    "clothing_price": Claim(
        "beyond-sequential: the joint model beats a weighted average of three separate ones",
        "MAE of the price",
        "joint",
        ("weighted average", "metadata alone", "description alone", "picture alone"),
        clothing_price,
    ),
    "novel": Claim(
        "beyond-sequential: genre and date are correlated, so one joint model beats two",
        "genre log-loss / trivial + date MAE / trivial",
        "joint",
        ("separate",),
        novel,
    ),
    "residual_network": Claim(
        "dlwp-7.1: residual connections let a deep network learn what it could not without",
        "log-loss of a deep, narrow network after four epochs",
        "with skips",
        ("without skips",),
        residual_network,
    ),
    "siamese_lstm": Claim(
        "dlwp-7.1: one shared encoder learns from both sentences at once",
        "log-loss",
        "shared encoder",
        ("two encoders",),
        siamese_lstm,
    ),
    "headline": Claim(
        "model-api: the auxiliary loss trains the LSTM more smoothly",
        "log-loss of the main output",
        "auxiliary loss",
        ("no auxiliary loss",),
        headline,
        holds=None,
    ),
}


def measured(name: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A row per seed and variant."""
    for seed in range(given.seeds):
        for variant, value in CLAIMS[name].measure(seed).items():
            yield {"claim": name, "seed": seed, "variant": variant, "score": value}


def page() -> str:
    """Every claim with its table and verdict."""
    frame = RESULTS.read()
    lines = []
    for name, claim in CLAIMS.items():
        rows = frame[frame["claim"] == name]
        if rows.empty:
            continue
        scores = rows.pivot_table(index="variant", columns="seed", values="score", sort=False)
        header = "variant | " + " | ".join(f"seed {seed}:" for seed in scores.columns)
        cells = [
            [variant, *(f"{value:.4f}" for value in [*values, values.mean()])]
            for variant, values in scores.iterrows()
        ]
        lines += [f"## {name}", "", f"{claim.text}. Score: {claim.score}.", ""]
        lines += [table(f"{header} | mean:", cells), verdict(claim, scores), ""]
    return "\n".join(lines)


def verdict(claim: Claim, scores: pd.DataFrame) -> str:
    """How often the variant that should win did."""
    better = scores.loc[[claim.better]].to_numpy()[0]
    others = scores.loc[list(claim.worse)].to_numpy()
    wins = int(np.count_nonzero(better < others.min(axis=0)))
    difference = others.mean(axis=1).min() - better.mean()
    return (
        f"**{claim.better}** is best on {wins} of {scores.shape[1]} seeds, by {difference:.4f} in "
        "the mean."
    )


RESULTS = Results("claims.csv", "claim", lambda: CLAIMS)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/claims.md", {"claims": page()}),
    results=RESULTS,
    rows=measured,
    options=lambda parser: parser.add_argument("--seeds", type=int, default=3),
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
