"""Claims on the width of a layer: a bottleneck, and an embedding that overfits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
from _claims import Axis, Claim, Finding, Scores, by_seed, ends, sign
from _embedded import fitted, quiet, train

import zoo
from zoo._keras import keras, layers
from zoo.data.dataset import Dataset

WIDTHS = (1, 2, 4, 8, 16, 32)
UNITS = 32  # of the layers before and after the narrow one


def narrow_mlp(data: Dataset, width: int, skip: bool) -> keras.Model:
    """`softmax_mlp_64` with a layer of `width` units in the middle, and a skip around it."""
    features = keras.Input((data.sizes["n_features"],), name="features")  # (64)

    before = layers.Dense(UNITS, activation="relu", name="before")(features)  # (32)
    narrow = layers.Dense(width, activation="relu", name="narrow")(before)  # (width)
    x = layers.Dense(UNITS, activation="relu", name="after")(narrow)  # (32)
    if skip:
        x = layers.Add(name="skip")([x, before])
    classes = data.sizes["n_classes"]
    category = layers.Dense(classes, activation="softmax", name="category")(x)  # (10)

    return keras.Model(features, category, name="narrow_mlp")


def bottleneck(seed: int, widths: Sequence[int] = WIDTHS, **smaller: Any) -> Scores:
    """Log-loss by width of the narrow layer, without and with a skip around it."""
    quiet()
    recipe = zoo.recipe("softmax_mlp_64").override({"engine": "resident", **smaller})
    scores = {}
    for variant, skip in (("without skip", False), ("with skip", True)):
        for width in widths:
            found = fitted(recipe, partial(narrow_mlp, width=width, skip=skip), seed)
            scores[variant, width] = found["test"]["log_loss"]
    return scores


def bypassed(scores: pd.DataFrame) -> Finding:
    """Whether the narrowest layer costs less with a skip around it."""
    least, most = ends(scores)
    without, with_skip = (by_seed(scores, v, least) for v in ("without skip", "with skip"))
    wide, wide_skip = (by_seed(scores, v, most).mean() for v in ("without skip", "with skip"))
    return Finding(
        sign(without - with_skip, without.mean()),
        f"a layer of {least:g} instead of {most:g} units takes the log-loss from {wide:.2f} to "
        f"{without.mean():.2f}; with a skip, from {wide_skip:.2f} to {with_skip.mean():.2f}",
    )


EMBEDDINGS = (1, 2, 4, 8, 16)
HIDDEN = 16
# The rate of the linear model would kill the hidden layer; no penalty, as in the document.
DEEPER = {"arguments.l2": 0.0, "learning_rate": 0.02}


def linear_basketball(seed: int, widths: Sequence[int] = EMBEDDINGS, **smaller: Any) -> Scores:
    """Error on training and test games by width of a team's strength, in the document's model."""
    scores = {}
    for width in widths:
        changes = {"arguments.l2": 0.0, "arguments.width": width, "early_stopping": 0}
        run = train("basketball", seed, **{**changes, **smaller})
        for split in ("train", "test"):
            scores[split, width] = run.metrics[split]["mae"]
    return scores


def deeper_basketball(seed: int, widths: Sequence[int] = EMBEDDINGS, **smaller: Any) -> Scores:
    """The same with a hidden layer between the strengths and the score difference."""
    quiet()
    recipe = zoo.recipe("basketball").override({**DEEPER, **smaller})
    scores = {}
    for width in widths:
        found = fitted(recipe, partial(with_hidden, width=width), seed)
        for split in ("train", "test"):
            scores[split, width] = found[split]["mae"]
    return scores


def with_hidden(data: Dataset, width: int) -> keras.Model:
    """`basketball` with a hidden layer: its output is no longer linear in the strengths."""
    team_1 = keras.Input((1,), dtype="int32", name="team_1")
    team_2 = keras.Input((1,), dtype="int32", name="team_2")
    home = keras.Input((1,), name="home")

    strength: Any = zoo.build("team_strength", n_teams=data.sizes["n_teams"], width=width)
    game = layers.Concatenate(name="game")([strength(team_1), strength(team_2), home])
    x = layers.Dense(HIDDEN, activation="relu", name="hidden")(game)  # (16)
    score_diff = layers.Dense(1, name="score_diff")(x)  # (1)

    return keras.Model([team_1, team_2, home], score_diff, name="basketball_with_hidden")


def overfits(scores: pd.DataFrame) -> Finding:
    """Whether the error on test games, less that on training games, grows with the width."""
    least, most = ends(scores)
    narrow, wide = (
        by_seed(scores, "test", at) - by_seed(scores, "train", at) for at in (least, most)
    )
    return Finding(
        sign(wide - narrow, by_seed(scores, "test", least).mean()),
        f"width {most:g} instead of {least:g} takes the gap between test and "
        f"training MAE from {narrow.mean():.3f} to {wide.mean():.3f} points",
    )


CLAIMS = {
    "bottleneck": Claim(
        "dlwp-7.1: a layer that is too narrow loses information for good, and a residual "
        "connection around it counters that",
        Axis("log-loss, nats"),
        bottleneck,
        bypassed,
        over=Axis("units of the narrow layer", log=True, form="g"),
        note="A network of three hidden layers on `classes_64`: 32 units, the narrow layer, 32 "
        "units. The skip adds the output of the first to that of the last.",
    ),
    "basketball": Claim(
        "advanced-keras: the more parameters, the more a model overfits",
        Axis("MAE, points"),
        linear_basketball,
        overfits,
        over=Axis("width of a team's strength", log=True, form="g"),
        holds=None,
        note="The document's model without its recipe's penalty. It is linear in the strengths: "
        "the Dense kernel makes one number of each team's vector, whatever its width, so that "
        "the additional parameters add nothing that could be fitted.",
    ),
    "basketball_with_hidden": Claim(
        "advanced-keras: the more parameters, the more a model overfits",
        Axis("MAE, points"),
        deeper_basketball,
        overfits,
        over=Axis("width of a team's strength", log=True, form="g"),
        note=f"The same with a hidden layer of {HIDDEN} units between the strengths and the score "
        "difference, which can use every number of a team's vector.",
    ),
}
