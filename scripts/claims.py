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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from _embedded import SILENT, load, train
from _page import Results, Script, fill, table

import zoo
from zoo.ensembling.member_weights import convex_shares
from zoo.experiments.feeding import feed
from zoo.training import engine

Scores = dict[str, float]  # variant -> held-out score, lower is better


@dataclass(frozen=True)
class Claim:
    """What a document says, and how it is put to the test.

    Attributes:
        text: The claim, with its document.
        score: What the numbers are.
        measure: Seed -> score of every variant; the one that should win comes first.
        holds: What was found on the embedded data: True as claimed, False the contrary, None no
            clear difference. The test asserts it.
    """

    text: str
    score: str
    measure: Callable[[int], Scores]
    holds: bool | None = True


def compared(
    recipe: str, variants: Mapping[str, Mapping[str, Any]], metric: str = "log_loss"
) -> Callable[[int], Scores]:
    """Measures a recipe's test score with the changes of each variant."""
    return lambda seed: {
        variant: train(recipe, seed, **changes).metrics["test"][metric]
        for variant, changes in variants.items()
    }


def clothing_price(seed: int) -> Scores:
    """The joint model, each branch alone, and their average weighted on the validation rows."""
    alone: dict[str, float] = {}
    guesses: dict[str, list[np.ndarray]] = {"validation": [], "test": []}
    truth: dict[str, np.ndarray] = {}
    for kind in ("metadata", "description", "picture"):
        run = train("clothing_price", seed, **{"arguments.branches": (kind,)})
        alone[f"{kind} alone"] = run.metrics["test"]["mae"]
        splits = feed(run.record.recipe, load(run.record.recipe), run.model, SILENT.line)
        for split, predicted in guesses.items():
            inputs, targets = splits[split]
            predicted.append(engine.predict(run.model, inputs)["price"])
            truth[split] = targets["price"]
    shares = convex_shares("mae", truth["validation"], np.stack(guesses["validation"]))
    average = np.tensordot(shares, np.stack(guesses["test"]), 1)
    return {
        "joint": train("clothing_price", seed).metrics["test"]["mae"],
        "weighted average": float(np.abs(truth["test"] - average).mean()),
        **alone,
    }


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


# 36 layers: the recipe's own network, of one identity block a stage, learns without skips too
DEEP = {
    "arguments.blocks": 5,
    "arguments.filters": (16, 32),
    "dataset_options.rows": 1_500,
    "epochs": 4,
}
CLAIMS = {
    "clothing_price": Claim(
        "beyond-sequential: the joint model beats a weighted average of three separate ones",
        "MAE of the price",
        clothing_price,
    ),
    "novel": Claim(
        "beyond-sequential: genre and date are correlated, so one joint model beats two",
        "genre log-loss / trivial + date MAE / trivial",
        novel,
    ),
    "residual_network": Claim(
        "dlwp-7.1: residual connections let a deep network learn what it could not without",
        "log-loss of a deep, narrow network after four epochs",
        compared(
            "residual_network",
            {
                "with skips": {**DEEP, "arguments.skip": True},
                "without skips": {**DEEP, "arguments.skip": False},
            },
        ),
    ),
    "siamese_lstm": Claim(
        "dlwp-7.1: one shared encoder learns from both sentences at once",
        "log-loss",
        compared(
            "siamese_lstm", {"shared encoder": {}, "two encoders": {"arguments.shared": False}}
        ),
    ),
    "memory_qa": Claim(
        "arXiv:1503.08895: several hops chain facts, which one hop cannot",
        "log-loss on two supporting facts",
        compared("memory_qa_two_facts", {"three hops": {}, "one hop": {"arguments.hops": 1}}),
    ),
    "headline": Claim(
        "model-api: the auxiliary loss trains the LSTM more smoothly",
        "log-loss of the main output",
        compared(
            "headline",
            {"auxiliary loss": {}, "no auxiliary loss": {"loss_weights.aux_output": 0.0}},
            "main_output_log_loss",
        ),
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
    groups = dict(iter(RESULTS.read().groupby("claim")))
    lines = []
    for name in filter(groups.__contains__, CLAIMS):
        claim = CLAIMS[name]
        scores = groups[name].pivot_table(
            index="variant", columns="seed", values="score", sort=False
        )
        header = "variant | " + " | ".join(f"seed {seed}:" for seed in scores.columns)
        cells = [
            [variant, *(f"{value:.4f}" for value in [*values, values.mean()])]
            for variant, values in scores.iterrows()
        ]
        lines += [f"## {name}", "", f"{claim.text}. Score: {claim.score}.", ""]
        lines += [table(f"{header} | mean:", cells), verdict(scores), ""]
    return "\n".join(lines)


def verdict(scores: pd.DataFrame) -> str:
    """How often the first variant, which should win, did."""
    first, others = scores.iloc[0], scores.iloc[1:]
    wins = int((first < others.min()).sum())
    difference = others.mean(axis=1).min() - first.mean()
    by = f"by {difference:.4f} in the mean"
    return f"**{first.name}** is best on {wins} of {len(first)} seeds, {by}."


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
