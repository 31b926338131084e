"""Claims that compare variants of a recipe: joint and separate models, shortcuts, shared layers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from _claims import Axis, Claim, Finding, Scores, by_seed, compared, ends, sign
from _embedded import SILENT, fitted, load, quiet, train

import zoo
from zoo.ensembling.member_weights import convex_shares
from zoo.experiments.feeding import feed
from zoo.experiments.setup import build_for
from zoo.training import inference


def clothing_price(seed: int, **smaller: Any) -> Scores:
    """The joint model, each branch alone, and their average weighted on the validation rows."""
    alone: dict[str, float] = {}
    guesses: dict[str, list[np.ndarray]] = {"validation": [], "test": []}
    truth: dict[str, np.ndarray] = {}
    for kind in ("metadata", "description", "picture"):
        run = train("clothing_price", seed, **{"arguments.branches": (kind,), **smaller})
        alone[f"{kind} alone"] = run.metrics["test"]["mae"]
        splits = feed(run.record.recipe, load(run.record.recipe), run.model, SILENT.line)
        for split, predicted in guesses.items():
            inputs, targets = splits[split]
            predicted.append(inference.predict(run.model, inputs)["price"])
            truth[split] = targets["price"]
    shares = convex_shares("mae", truth["validation"], np.stack(guesses["validation"]))
    average = np.tensordot(shares, np.stack(guesses["test"]), 1)
    return {
        "joint": train("clothing_price", seed, **smaller).metrics["test"]["mae"],
        "weighted average": float(np.abs(truth["test"] - average).mean()),
        **alone,
    }


def novel(seed: int, **smaller: Any) -> Scores:
    """Log-loss of the genre plus error of the date in units of its trivial error."""
    plan = zoo.recipe("novel")
    trivial = load(plan).references["trivial"]["test"]

    def alone(head: str) -> dict[str, float]:
        metrics = {head: plan.metrics[head]}
        changes = {"loss": {head: plan.loss[head]}, "metrics": metrics, "loss_weights": {}}
        run = train("novel", seed, **changes, **{"arguments.heads": (head,), **smaller})
        return run.metrics["test"]

    joint = train("novel", seed, **smaller).metrics["test"]
    genre, date = alone("genre"), alone("date")
    scale = trivial["genre_log_loss"], trivial["date_mae"]
    return {
        "joint": joint["genre_log_loss"] / scale[0] + joint["date_mae"] / scale[1],
        "separate": genre["log_loss"] / scale[0] + date["mae"] / scale[1],
    }


WEIGHTS = (0.0, 0.1, 0.2, 0.5, 1.0)
PRINTED = 0.2


def headline(
    seed: int, rows: int, epochs: int, weights: Sequence[float] = WEIGHTS, **smaller: Any
) -> Scores:
    """The main output's log-loss by the weight of the auxiliary loss, trained on some rows."""
    quiet()
    changes = {"engine": "resident", "dataset_options.rows": rows, "epochs": epochs, **smaller}
    scores = {}
    for weight in weights:
        recipe = zoo.recipe("headline").override({**changes, "loss_weights.aux_output": weight})
        found = fitted(recipe, partial(build_for, recipe), seed)
        for split in ("train", "test"):
            scores[split, weight] = found[split]["main_output_log_loss"]
    return scores


def helped(scores: pd.DataFrame) -> Finding:
    """Whether the document's weight has a lower test log-loss than none."""
    _, most = ends(scores)
    without, printed, full = (by_seed(scores, "test", each) for each in (0.0, PRINTED, most))
    lower, higher = ((without > printed).sum(), (full > without).sum())
    return Finding(
        sign(without - printed, without.mean()),
        f"the test log-loss is {without.mean():.4f} without the auxiliary loss; at the document's "
        f"weight {PRINTED:g} it is {printed.mean():.4f}, lower on {lower} of {len(without)} seeds; "
        f"at {most:g} it is {full.mean():.4f}, higher on {higher}",
    )


# 36 layers: the recipe's own network, of one identity block a stage, learns without skips too
DEEP = {
    "arguments.blocks": 5,
    "arguments.filters": (16, 32),
    "dataset_options.rows": 1_500,
    "epochs": 4,
}
SMOOTHLY = "model-api: the auxiliary loss trains the LSTM more smoothly"
CLAIMS = {
    "clothing_price": Claim(
        "beyond-sequential: the joint model beats a weighted average of three separate ones",
        Axis("MAE of the price, tens of currency units"),
        clothing_price,
        shows=("clothing_price",),
    ),
    "novel": Claim(
        "beyond-sequential: genre and date are correlated, so one joint model beats two",
        Axis("genre log-loss / trivial + date MAE / trivial"),
        novel,
        shows=("novel",),
    ),
    "residual_network": Claim(
        "dlwp-7.1: residual connections let a deep network learn what it could not without",
        Axis("log-loss of a deep, narrow network after four epochs, nats"),
        compared(
            "residual_network",
            {
                "with skips": {**DEEP, "arguments.skip": True},
                "without skips": {**DEEP, "arguments.skip": False},
            },
        ),
        shows=("residual_network",),
    ),
    "siamese_lstm": Claim(
        "dlwp-7.1: one shared encoder learns from both sentences at once",
        Axis("log-loss, nats"),
        compared(
            "siamese_lstm", {"shared encoder": {}, "two encoders": {"arguments.shared": False}}
        ),
        shows=("siamese_lstm",),
    ),
    "memory_qa": Claim(
        "arXiv:1503.08895: several hops chain facts, which one hop cannot",
        Axis("log-loss on two supporting facts, nats"),
        compared("memory_qa_two_facts", {"three hops": {}, "one hop": {"arguments.hops": 1}}),
        shows=("memory_qa",),
    ),
    "dropout_mlp": Claim(
        "using-keras: dropout after each hidden layer guards against overfitting",
        Axis("log-loss, nats"),
        compared(
            "dropout_mlp",
            {
                "dropout 0.5": {"early_stopping": 0},
                "no dropout": {"early_stopping": 0, "arguments.rate": 0.0},
            },
        ),
        shows=("dropout_mlp",),
        note="All 30 epochs, without early stopping, which guards against overfitting as well.",
    ),
    "headline": Claim(
        SMOOTHLY,
        Axis("main output, log-loss (nats)"),
        partial(headline, rows=16_000, epochs=6),
        helped,
        over=Axis("weight of the auxiliary loss", form="g"),
        holds=None,
        shows=("headline",),
        note="Trained on 16,000 headlines for 6 epochs.",
    ),
    "headline_few": Claim(
        SMOOTHLY,
        Axis("main output, log-loss (nats)"),
        partial(headline, rows=2_000, epochs=10),
        helped,
        over=Axis("weight of the auxiliary loss", form="g"),
        shows=("headline",),
        note="Trained on 2,000 headlines for 10 epochs.",
    ),
}
