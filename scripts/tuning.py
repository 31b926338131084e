"""Whether a search beats the documents' settings: the same models, epochs and data, new seeds.

    python scripts/tuning.py [--trials 12] [--missing] [RECIPE...]
    python scripts/tuning.py --check

Each recipe as printed is searched on the embedded data (`zoo tune`, seed 0), then trained as
printed and as found, with seeds that the search did not use, and scored on the test rows that it
did not see; the recipe that the zoo ships stands beside them. The numbers go to
results/tuning.csv, the tables to docs/tuning.md. A stopped search continues where it was.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
from _embedded import quiet, source, train
from _page import ROOT, Results, Script, fill, table

import zoo
from zoo.recipes.recipe import Recipe

LOGDIR = ROOT / "tensorboard_logs"
SEEDS = (1, 2, 3)
SAME: dict[str, Any] = {"engine": "resident"}  # for all: it has no compilation to wait for
VARIANTS = ("printed", "found", "shipped")

# recipe as printed -> the one that the zoo ships, test metrics, the one searched for first
CASES: dict[str, tuple[str, tuple[str, ...]]] = {
    "basketball_as_printed": ("basketball", ("mae",)),
    **{
        f"{name}_as_printed": (name, ("log_loss", "accuracy"))
        for name in (
            "softmax_mlp_32",
            "softmax_mlp_64",
            "two_branch_add",
            "digit_mlp",
            "first_mlp",
            "binary_mlp",
            "multiclass_mlp",
            "dropout_mlp",
            "qa",
        )
    },
}


def measured(name: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Search one recipe, then train; a row per variant, seed and metric."""
    quiet()
    shipped, metrics = CASES[name]
    # Metrics change nothing in training, and several documents have none to compare by.
    scored = {"metrics": dict.fromkeys(zoo.recipe(shipped).loss, metrics)}
    printed = zoo.recipe(name).override({**SAME, **scored})
    data = source(printed)
    found = zoo.tune(printed, trials=given.trials, data=data, logdir=LOGDIR)
    outcomes = pd.read_csv(found.folder / "trials.csv")["outcome"]
    counts = {"trials": found.trials, "pruned": int((outcomes == "pruned").sum())}
    recipes = {"printed": printed, "found": found.best, "shipped": zoo.recipe(shipped)}
    for variant, recipe in recipes.items():
        for seed in SEEDS:
            scores = train(recipe, seed, **SAME, **scored).metrics["test"]
            for metric in metrics:
                yield {
                    "recipe": name,
                    "variant": variant,
                    "seed": seed,
                    "data": data,
                    "metric": metric,
                    "value": scores[metric],
                    "settings": _settings(recipe, found.settings),
                    "epochs": recipe.epochs,
                    **(counts if variant == "found" else {"trials": 0, "pruned": 0}),
                }


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
    scores, settings, verdicts = [], [], {}
    groups = dict(iter(RESULTS.read().groupby(["recipe", "metric"])))
    wanted = [(name, metric) for name, (_, metrics) in CASES.items() for metric in metrics]
    for name, metric in (each for each in wanted if each in groups):
        rows = groups[name, metric]
        values = rows.pivot_table(index="seed", columns="variant", values="value")
        gain = values["printed"] - values["found"]
        gain = -gain if metric == "accuracy" else gain
        spreads = [f"{values[each].mean():.4f} ± {values[each].std():.4f}" for each in VARIANTS]
        wins = f"{int((gain > 0).sum())} of {len(gain)} seeds"
        scores.append([f"`{name}`", rows["data"].iloc[0], metric, *spreads, wins])
        if name not in verdicts:  # by the metric that stands first
            verdicts[name] = float(gain.mean()) > 0
            by_variant = rows.drop_duplicates("variant").set_index("variant")
            printed, found = by_variant.loc["printed"], by_variant.loc["found"]
            same = bool(found["settings"] == printed["settings"])
            counts = found[["epochs", "trials", "pruned"]]
            words = [printed["settings"], "the same" if same else found["settings"]]
            settings.append([f"`{name}`", *counts, *words])
    columns = "as printed: | found: | shipped: | found is better on:"
    return {
        "scores": table(f"recipe | data | test metric | {columns}", scores),
        "verdict": "\n".join(_verdict(verdicts)),
        "settings": table("recipe | epochs: | trials: | pruned: | as printed | found", settings),
    }


def _verdict(verdicts: dict[str, bool]) -> Iterator[str]:
    better = [f"`{name}`" for name, beats in verdicts.items() if beats]
    others = [f"`{name}`" for name, beats in verdicts.items() if not beats]
    yield f"The search beats the document's settings on {len(better)} of {len(verdicts)} recipes, "
    yield f"by the mean over the seeds of the first metric: {', '.join(better) or 'none'}."
    if others:
        yield f"It does not on {', '.join(others)}."


RESULTS = Results("tuning.csv", "recipe", lambda: CASES)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/tuning.md", blocks()),
    results=RESULTS,
    rows=measured,
    options=lambda parser: parser.add_argument("--trials", type=int, default=12),
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
