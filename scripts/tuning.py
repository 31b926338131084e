"""Whether a search beats the documents' settings: the same models, epochs and data, new seeds.

    python scripts/tuning.py [--trials 12] [RECIPE...]
    python scripts/tuning.py --check

Each recipe as printed is searched on the embedded data (`zoo tune`, seed 0), then trained as
printed and as found, with seeds that the search did not use, and scored on the test rows that it
did not see; the recipe that the zoo ships stands beside them. The numbers go to
results/tuning.csv, the tables to docs/tuning.md. A stopped command continues where it was.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from _embedded import SILENT, quiet, source
from _page import ROOT, Results, Script, fill, table

import zoo
from zoo._keras import keras
from zoo.experiments.runs import RunContext
from zoo.experiments.setup import prepare
from zoo.experiments.trainer import train
from zoo.recipes.recipe import Recipe
from zoo.training import engine

LOGDIR = ROOT / "tensorboard_logs"
SEEDS = (1, 2, 3)
SAME: dict[str, Any] = {"engine": "resident"}  # for all: it has no compilation to wait for
VARIANTS = ("printed", "found", "shipped")

# recipe as printed -> the one that the zoo ships, test metrics, the one searched for first
CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    "basketball_as_printed": ("basketball", ("mae",)),
    "softmax_mlp_32_as_printed": ("softmax_mlp_32", ("log_loss", "accuracy")),
    "digit_mlp_as_printed": ("digit_mlp", ("log_loss", "accuracy")),
    "binary_mlp_as_printed": ("binary_mlp", ("log_loss", "accuracy")),
    "multiclass_mlp_as_printed": ("multiclass_mlp", ("log_loss", "accuracy")),
    "dropout_mlp_as_printed": ("dropout_mlp", ("log_loss", "accuracy")),
    "qa_as_printed": ("qa", ("log_loss", "accuracy")),
    "softmax_mlp_64": ("softmax_mlp_64", ("log_loss", "accuracy")),
}
# the document's settings where no recipe of their own has them
PRINTED: dict[str, dict[str, Any]] = {
    "softmax_mlp_64": {
        "optimizer": "rmsprop",
        "learning_rate": 0.001,
        "schedule": "constant",
        "epochs": 10,
        "batch_size": 32,
        "early_stopping": 0,
    }
}


def test_scores(recipe: Recipe, source: str, seed: int) -> dict[str, float]:
    """Train without a run folder; the scores on the test rows."""
    keras.backend.clear_session()
    plan = prepare(RunContext(LOGDIR, SILENT, seed), recipe, source, train)
    from zoo.training.callbacks import standard_callbacks

    with tempfile.TemporaryDirectory() as folder:
        engine.fit(
            plan.model,
            plan.train,
            plan.validation,
            epochs=recipe.epochs,
            batch_size=recipe.batch_size,
            engine=plan.engine,
            seed=seed,
            validation_split=recipe.validation_split,
            callbacks=standard_callbacks(recipe, Path(folder)),
        )
    return engine.evaluate(plan.model, *plan.splits["test"])


def compare(name: str, trials: int) -> None:
    """Search one recipe, then train what has not been measured yet."""
    shipped, metrics = CASES[name]
    printed = zoo.recipe(name).override({**SAME, **PRINTED.get(name, {})})
    if name in PRINTED:
        space = zoo.recipe("softmax_mlp_32_as_printed").search
        printed = dataclasses.replace(printed, search=space)
    data = source(printed)
    found = zoo.tune(printed, trials=trials, data=data, logdir=LOGDIR)
    outcomes = pd.read_csv(found.folder / "trials.csv")["outcome"]
    counts = {"trials": found.trials, "pruned": int((outcomes == "pruned").sum())}
    recipes = {"printed": printed, "found": found.best, "shipped": zoo.recipe(shipped)}
    for variant, recipe in recipes.items():
        settings = _settings(recipe, found.settings)
        for seed in SEEDS:
            case = {"recipe": name, "variant": variant, "seed": seed}
            frame = RESULTS.read()
            known = frame[_is(frame, **case)]
            if len(known) and (known["settings"] == settings).all():
                continue
            scores = test_scores(recipe.override(SAME), data, seed)
            shared = {
                "epochs": recipe.epochs,
                "settings": settings,
                **(counts if variant == "found" else {"trials": 0, "pruned": 0}),
            }
            rows = [
                {**case, "data": data, "metric": metric, "value": scores[metric], **shared}
                for metric in metrics
            ]
            print(RESULTS.replace(rows, **case).to_string(index=False), flush=True)


def _settings(recipe: Recipe, searched: Iterable[str]) -> str:
    """A recipe's values of what was searched, in words."""
    words = []
    for key in searched:
        name, _, entry = key.partition(".")
        value = getattr(recipe, name)
        value = value.get(entry, "none") if entry else value
        words.append(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}")
    return ", ".join(words)


def blocks() -> dict[str, str]:
    """What docs/tuning.md takes from the CSV."""
    frame = RESULTS.read()
    complete = [
        (name, metric, rows)
        for name, (_, metrics) in CASES.items()
        for metric in metrics
        if set((rows := frame[_is(frame, recipe=name, metric=metric)])["variant"]) == set(VARIANTS)
    ]
    scores, settings, verdicts = [], [], {}
    for name, metric, rows in complete:
        values = {each: rows[_is(rows, variant=each)].set_index("seed") for each in VARIANTS}
        gain = values["printed"]["value"] - values["found"]["value"]
        gain = -gain if metric == "accuracy" else gain
        spreads = [_spread(values[each]["value"]) for each in VARIANTS]
        wins = f"{int((gain > 0).sum())} of {len(gain)} seeds"
        scores.append([f"`{name}`", rows["data"].iloc[0], metric, *spreads, wins])
        if name not in verdicts:  # by the metric that stands first
            verdicts[name] = float(gain.mean()) > 0
            printed, found = (values[each].iloc[0] for each in ("printed", "found"))
            same = found["settings"] == printed["settings"]
            counts = [found[each] for each in ("epochs", "trials", "pruned")]
            words = [printed["settings"], "the same" if same else found["settings"]]
            settings.append([f"`{name}`", *counts, *words])
    columns = "as printed: | found: | shipped: | found is better on:"
    return {
        "scores": table(f"recipe | data | test metric | {columns}", scores),
        "verdict": "\n".join(_verdict(verdicts)),
        "settings": table("recipe | epochs: | trials: | pruned: | as printed | found", settings),
    }


def _is(frame: pd.DataFrame, **values: Any) -> pd.Series:
    """Which rows have these values."""
    return (frame[list(values)] == pd.Series(values)).all(axis=1)


def _verdict(verdicts: dict[str, bool]) -> Iterator[str]:
    better = [f"`{name}`" for name, beats in verdicts.items() if beats]
    others = [f"`{name}`" for name, beats in verdicts.items() if not beats]
    yield f"The search beats the document's settings on {len(better)} of {len(verdicts)} recipes, "
    yield f"by the mean over the seeds of the first metric: {', '.join(better) or 'none'}."
    if others:
        yield f"It does not on {', '.join(others)}."


def _spread(values: pd.Series) -> str:
    return f"{values.mean():.4f} ± {values.std():.4f}"


def measure(names: list[str], given: argparse.Namespace) -> int:
    quiet()
    for name in names:
        compare(name, given.trials)
    return 0


RESULTS = Results("tuning.csv", "recipe", lambda: CASES)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/tuning.md", blocks()),
    measure=measure,
    cases=lambda: CASES,
    options=lambda parser: parser.add_argument("--trials", type=int, default=12),
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
