"""Whether a search beats the documents' settings: the same models, epochs and data, new seeds.

    python scripts/tuning.py [--trials 12] [RECIPE...]
    python scripts/tuning.py --check

Each recipe as printed is searched on the embedded data (`zoo tune`, seed 0), then trained as
printed and as found, with seeds that the search did not use, and scored on the test rows that it
did not see; the recipe that the zoo ships stands beside them. The table goes to
results/tuning.csv and docs/tuning.md. A command that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import dataclasses
import logging
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from generated import ROOT

import zoo
from zoo._keras import keras
from zoo.core.console import Reporter
from zoo.core.errors import ZooError
from zoo.core.files import replacing, write_text
from zoo.data.registry import sources
from zoo.experiments.runs import RunContext
from zoo.experiments.setup import prepare
from zoo.experiments.trainer import train
from zoo.recipes.recipe import Recipe
from zoo.training import engine

CSV = ROOT / "results" / "tuning.csv"
PAGE = ROOT / "docs" / "tuning.md"
LOGDIR = ROOT / "tensorboard_logs"
SEEDS = (1, 2, 3)
SILENT = Reporter(silent=True)
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
COLUMNS = ["recipe", "data", "variant", "seed", "metric", "value"]
COLUMNS += ["epochs", "settings", "trials", "pruned"]


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


def measure(name: str, trials: int) -> None:
    """Search one recipe, then train what has not been measured yet."""
    shipped, metrics = CASES[name]
    printed = zoo.recipe(name).override({**SAME, **PRINTED.get(name, {})})
    if name in PRINTED:
        space = zoo.recipe("softmax_mlp_32_as_printed").search
        printed = dataclasses.replace(printed, search=space)
    source = sources(printed.dataset)[-1]
    found = zoo.tune(printed, trials=trials, data=source, logdir=LOGDIR)
    table = pd.read_csv(found.folder / "trials.csv")
    counts = {"trials": found.trials, "pruned": int((table["outcome"] == "pruned").sum())}
    frame = recorded()
    recipes = {"printed": printed, "found": found.best, "shipped": zoo.recipe(shipped)}
    for variant, recipe in recipes.items():
        settings = _settings(recipe, found.settings)
        for seed in SEEDS:
            known = frame[
                (frame["recipe"] == name) & (frame["variant"] == variant) & (frame["seed"] == seed)
            ]
            if len(known) and (known["settings"] == settings).all():
                continue
            scores = test_scores(recipe.override(SAME), source, seed)
            rows = [
                {
                    "recipe": name,
                    "data": source,
                    "variant": variant,
                    "seed": seed,
                    "metric": metric,
                    "value": scores[metric],
                    "epochs": recipe.epochs,
                    "settings": settings,
                    **(counts if variant == "found" else {"trials": 0, "pruned": 0}),
                }
                for metric in metrics
            ]
            save(rows)
            shown = "  ".join(f"{metric} {scores[metric]:.4f}" for metric in metrics)
            print(f"{name}  {variant}  seed {seed}  test {shown}", flush=True)


def _settings(recipe: Recipe, searched: Iterable[str]) -> str:
    """A recipe's values of what was searched, in words."""
    words = []
    for key in searched:
        name, _, entry = key.partition(".")
        value = getattr(recipe, name)
        value = value.get(entry, "none") if entry else value
        words.append(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}")
    return ", ".join(words)


def save(rows: list[dict[str, Any]]) -> None:
    """Add the rows of one training to the CSV, in a fixed order; several processes may do so."""
    from filelock import FileLock

    with FileLock(LOGDIR / "tuning.lock"):
        frame = pd.concat([recorded(), pd.DataFrame(rows)], ignore_index=True)
        frame = frame.drop_duplicates(["recipe", "variant", "seed", "metric"], keep="last")
        ordered = frame.assign(
            case=frame["recipe"].map(list(CASES).index),
            kind=frame["variant"].map(VARIANTS.index),
        ).sort_values(["case", "kind", "seed", "metric"])
        with replacing(CSV) as partial:
            ordered[COLUMNS].to_csv(partial, index=False, float_format="%.6g")


def recorded() -> pd.DataFrame:
    """What has been measured so far."""
    return pd.read_csv(CSV) if CSV.is_file() else pd.DataFrame(columns=COLUMNS)


def main() -> int:
    parser = argparse.ArgumentParser(description="Whether a search beats the documents' settings.")
    parser.add_argument("recipes", nargs="*", choices=[[], *CASES], help="default: all")
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--check", action="store_true", help="only compare the page with the CSV")
    given = parser.parse_args()
    if given.check:
        current = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page(recorded())
        if not current:
            print(f"not current: {PAGE.relative_to(ROOT)}", file=sys.stderr)
        return 0 if current else 1
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # every variant is a new model
    try:
        for name in given.recipes or CASES:
            measure(name, given.trials)
            write_text(PAGE, page(recorded()))
    except ZooError as error:  # a stop, too
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


HOW_TO = """\
```sh
pip install 'functional-zoo[tune]'
zoo tune mlp --trials 20 --time 600 --jobs 2
zoo train --recipe tensorboard_logs/mlp/tune/mixture-seed0/best.json
zoo tensorboard                       # the HParams tab has a row for every trial
```

A search looks for the settings with the lowest monitored validation value (`monitor`) in the
space that the recipe declares (`search`), by default learning rate, batch size and schedule
around its own. The first trial has the recipe's own settings. The test rows are taken out of the
data before the first trial. A trial whose monitored value is worse than the median of the
earlier ones at the same epoch is ended (pruned), not before a quarter of the epochs is done and
four trials are there to compare with.

`--trials` counts those of earlier commands: the same command goes on where one ended, was
stopped with Ctrl-C or was killed, and a trial that a killed process left behind is tried again.
Several commands, or `--jobs`, share the trials of one search. After `--time` seconds no further
trial is begun.

| file in `tensorboard_logs/<recipe>/tune/<source>-seed<seed>/` | what |
|---|---|
| `best.json` | the recipe with the best settings so far, for `zoo train --recipe` |
| `trials.csv` | every trial: outcome, value, epochs, seconds, settings |
| `importances.json`, `importances.png` | how much each setting explains (fANOVA) |
| `history.png`, `curves.png`, `slices.png` | values by trial, by epoch, by setting |
| `trial-NNNN/` | the trial's row in TensorBoard's HParams tab |
| `study.sqlite3`, `study.json` | Optuna's storage, and what is searched |
""".splitlines()


def page(frame: pd.DataFrame) -> str:
    """docs/tuning.md."""
    seeds = sorted(set(frame["seed"]))
    lines = [
        "<!-- generated by scripts/tuning.py from results/tuning.csv -->",
        "# Searching for better settings",
        "",
        *HOW_TO,
        "",
        "## Against the documents' settings",
        "",
        "Here `zoo tune` searched recipes with their",
        "documents' own settings, on embedded data and without the test rows. Then the model was",
        f"trained as printed and as found, with seeds {', '.join(map(str, seeds))} that the search",
        "had not used and for the same number of epochs each, and scored on the test rows; a",
        "smaller batch makes more steps of an epoch. `shipped` is the zoo's own recipe for the",
        "model, with its own number of epochs, loss and arguments. Mean and standard",
        "deviation over the seeds.",
        "",
        "Not all searches are of one length: `softmax_mlp_32_as_printed` got twelve more trials",
        "because the first twelve had found nothing, `qa_as_printed` was stopped after six for the",
        "sake of time, and `softmax_mlp_64` was added when two others had come out equal.",
        "",
        "| recipe | data | test metric | as printed | found | shipped | found is better on |",
        "|---|---|---|---:|---:|---:|---:|",
    ]
    verdicts: dict[str, bool] = {}
    for name, (_, metrics) in CASES.items():
        for metric in metrics:
            rows = frame[(frame["recipe"] == name) & (frame["metric"] == metric)]
            if set(rows["variant"]) != set(VARIANTS):
                continue
            values = {each: rows[rows["variant"] == each].set_index("seed") for each in VARIANTS}
            scores = {each: values[each]["value"] for each in VARIANTS}
            gain = scores["printed"] - scores["found"]
            gain = -gain if metric == "accuracy" else gain
            if metric == metrics[0]:
                verdicts[name] = float(gain.mean()) > 0
            cells = " | ".join(_spread(scores[each]) for each in VARIANTS)
            source = rows["data"].iloc[0]
            lines.append(
                f"| `{name}` | {source} | {metric} | {cells} | "
                f"{int((gain > 0).sum())} of {len(gain)} seeds |"
            )
    better = [f"`{name}`" for name, beats in verdicts.items() if beats]
    others = [f"`{name}`" for name, beats in verdicts.items() if not beats]
    lines += [
        "",
        f"In the mean over the seeds, the search beats the document's settings on {len(better)} of "
        f"{len(verdicts)} recipes, by the metric that",
        f"stands first for each: {', '.join(better) or 'none'}."
        + (f" It does not on {', '.join(others)}." if others else ""),
        "",
        "## What was found",
        "",
        "| recipe | epochs | trials | of them pruned | as printed | found |",
        "|---|---:|---:|---:|---|---|",
    ]
    for name in verdicts:
        rows = frame[frame["recipe"] == name]
        printed = rows[rows["variant"] == "printed"].iloc[0]
        found = rows[rows["variant"] == "found"].iloc[0]
        same = found["settings"] == printed["settings"]
        lines.append(
            f"| `{name}` | {found['epochs']} | {found['trials']} | {found['pruned']} | "
            f"{printed['settings']} | {'the same' if same else found['settings']} |"
        )
    return "\n".join([*lines, ""])


def _spread(values: pd.Series) -> str:
    return f"{values.mean():.4f} \u00b1 {values.std():.4f}"


if __name__ == "__main__":
    sys.exit(main())
