"""Train every recipe over seeds, keep the scores in results/results.csv, write the tables.

    python scripts/results.py [--seeds 3] [--jobs 2] [--embedded | --data SOURCE] [RECIPE...]
    python scripts/results.py --pages | --check

Each run is a process of its own. A run whose recipe, data and seed are in the CSV already is
not repeated, so a stopped command continues where it was; a changed recipe is run again. Real
data is used where its files are in the data home, of several sources the one that `zoo train`
would use: `--data fashion` names another. The seconds in the tables are those of runs made alone
(`--jobs 1`), where there are any.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
from _embedded import source as embedded
from _page import Results, Script, fill, table

import zoo
from zoo.core.errors import ZooError
from zoo.data.registry import choose_source, sources
from zoo.ensembling.table import shown_metrics
from zoo.experiments import runs
from zoo.experiments.record import RunRecord
from zoo.recipes import expectations, shipped_weights

RESULTS = Results("results.csv", "recipe", zoo.list_recipes)
CLOSED = 0.9  # of the gap, or the recipe says why not
MARGIN = 0.01  # of the score: by how much a simpler method is better, or it is not told
OVERVIEW = (  # README's rows: of each kind of input one, real data where there is some
    ("basketball", "ncaa"),
    ("mlp", "diabetes"),
    ("residual_network", "mnist"),
    ("siamese_lstm", "paraphrases"),
    ("memory_qa", "babi"),
    ("posts", "topics"),
    ("sequence_tagger", "pulses"),
    ("clothing_price", "wardrobe"),
)
SHIPPED_SEED = 0  # of the runs whose weights ship
Job = tuple[str, str, int]


def jobs(names: list[str], seeds: int, real: bool = True, only: str = "") -> Iterator[Job]:
    """Recipe, source and seed of every run there should be on this machine."""
    for name in names:
        recipe = zoo.recipe(name)
        chosen = [embedded(name)]
        if only:
            chosen = [only] if only in sources(recipe.dataset) else []
        elif real:
            chosen.append(choose_source(recipe.dataset, "auto", None, recipe.dataset_options))
        for source in dict.fromkeys(chosen):
            for seed in range(seeds):
                yield name, source, seed


def recipe_hash(name: str, source: str) -> str:
    """Changes when anything changes that the recipe's scores on this data depend on."""
    recipe = zoo.recipe(name).for_source(source)
    text = f"{shipped_weights.fingerprint(recipe)} {recipe.baseline}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def run(job: Job, logdir: Path) -> list[dict[str, Any]]:
    """Train once in a fresh process; a row for each test metric, none if it failed."""
    name, source, seed = job
    call = [sys.executable, "-m", "zoo.train", name, "--data", source, "--seed", str(seed)]
    with subprocess.Popen(
        [*call, "--logdir", str(logdir)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)  # which reports the memory, too
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        print(f"{name} {source} {seed}: {said.splitlines()[-1]}")
        return []
    folder = runs.find(name, logdir)
    return list(_rows(RunRecord.read(folder), job, usage.ru_maxrss / 1024, folder))


def reached(record: RunRecord, folder: Path) -> float | None:
    """Seconds from the start of the command until the validation rows had the expected score.

    None where they never had, or where the recipe expects nothing of this data.
    """
    bounds = record.recipe.expect.get(record.data.source, {})
    history = pd.read_csv(folder / runs.HISTORY)
    if not bounds or not all(f"val_{metric}" in history for metric in bounds):
        return None
    held = pd.Series(True, index=history.index)
    for metric, bound in bounds.items():
        values = history[f"val_{metric}"]
        held &= values >= bound if metric.endswith("accuracy") else values <= bound
    if not held.any():
        return None
    share = (held.to_numpy().argmax() + 1) / len(history)
    return round(startup(record.seconds) + share * record.seconds["train"], 3)


def startup(seconds: Mapping[str, float]) -> float:
    """Seconds before the first step: data, TensorFlow, building."""
    return round(seconds["data"] + seconds["tensorflow"] + seconds["build"], 3)


def _rows(record: RunRecord, job: Job, memory: float, folder: Path) -> Iterator[dict[str, Any]]:
    name, source, seed = job
    reached_seconds = reached(record, folder)
    split = "test" if "test" in record.metrics else "train"
    references = record.references
    for metric in shown_metrics(record.metrics[split]):
        yield {
            "recipe": name,
            "data": source,
            "seed": seed,
            "recipe_sha256": recipe_hash(name, source),
            "metric": metric,
            "model": record.metrics[split][metric],
            "baseline": record.baseline.get(split, {}).get(metric),
            "trivial": references.get("trivial", {}).get(split, {}).get(metric),
            "best_possible": references.get("best possible", {}).get(split, {}).get(metric),
            "baseline_name": record.baseline_name,
            "parameters": record.parameters,
            "epochs": record.epochs_run,
            "seconds": record.seconds["total"],
            "startup_seconds": startup(record.seconds),
            "reached_seconds": reached_seconds,
            "memory_mib": round(memory),
            "fingerprint": record.data.fingerprint[:16],
            "tensorflow": record.versions["tensorflow"],
            "keras": record.versions["keras"],
        }


def known() -> pd.DataFrame:
    """The CSV, without the rows of recipes that have changed or gone."""
    frame = RESULTS.read()
    if frame.empty:
        return frame
    frame = frame[frame["recipe"].isin(zoo.list_recipes())]
    now = [recipe_hash(*case) for case in frame[["recipe", "data"]].itertuples(index=False)]
    return frame[frame["recipe_sha256"] == now]


def measure(names: list[str], given: argparse.Namespace) -> int:
    """Run what is missing, saving after every run; the number of runs that failed."""
    wanted = list(jobs(names, given.seeds, not given.embedded, given.data))
    if given.data and not wanted:
        raise ZooError(f"none of these recipes has a source named {given.data!r}")
    frame = known()
    done = set(zip(*(frame.get(key, ()) for key in ("recipe", "data", "seed")), strict=True))
    missing = [job for job in wanted if job not in done]
    failed = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(given.jobs) as pool:
        logs = [Path(folder) / str(at) for at in range(len(missing))]
        for at, rows in enumerate(pool.map(run, missing, logs), start=1):
            failed += not rows
            if rows:
                made = pd.DataFrame(rows).assign(jobs=given.jobs)
                frame = pd.concat([frame, made], ignore_index=True)
                RESULTS.write(frame, by=("data", "seed", "metric"))
            print(f"{at}/{len(missing)} {' '.join(map(str, missing[at - 1]))}", flush=True)
    RESULTS.write(frame, by=("data", "seed", "metric"))  # without the rows of changed recipes
    return failed


def summary(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per recipe, data and metric: means over seeds, their spread, the gap closed."""
    frame = frame.assign(alone=frame["seconds"].where(frame["jobs"] == 1))
    groups = frame.groupby(["recipe", "data", "metric"], sort=False, dropna=False)
    means = groups.agg(
        parameters=("parameters", "first"),
        model=("model", "mean"),
        spread=("model", lambda values: values.max() - values.min()),
        baseline=("baseline", "mean"),
        baseline_name=("baseline_name", "first"),
        trivial=("trivial", "mean"),
        best_possible=("best_possible", "mean"),
        seconds=("seconds", "median"),
        alone=("alone", "median"),
    ).reset_index()
    means["seconds"] = means["alone"].fillna(means["seconds"])
    gap = means["trivial"] - means["best_possible"]
    means["closed"] = (means["trivial"] - means["model"]) / gap
    return means


def markdown(frame: pd.DataFrame) -> str:
    """The summary as a table."""
    rows: list[Any] = list(summary(frame).itertuples())
    columns = (
        "parameters: | model: | baseline: | trivial: | best possible: | gap closed: | seconds:"
    )
    cells = (
        [
            f"`{row.recipe}`",
            row.data,
            row.metric,
            f"{row.parameters:,}",
            f"{_number(row.model)} ± {row.spread / 2:.2g}",
            "-" if pd.isna(row.baseline_name) else f"{_number(row.baseline)} ({row.baseline_name})",
            _number(row.trivial),
            _number(row.best_possible),
            "-" if pd.isna(row.closed) else f"{round(row.closed, 2) + 0.0:.0%}",  # no -0%
            f"{row.seconds:.0f}",
        ]
        for row in rows
    )
    return table(f"recipe | data | test metric | {columns}", cells)


def own(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of the zoo's own settings, without the documents'."""
    return frame[~frame["recipe"].str.endswith("_as_printed")]


def shipped(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of data that ships with the zoo."""
    return frame[[embedded(name) == data for name, data in frame[["recipe", "data"]].to_numpy()]]


def leading(name: str) -> str:
    """The metric that stands for a recipe in the overview: the first that it names."""
    metrics = zoo.recipe(name).metrics
    port = next(port for port in metrics if metrics[port])
    (first, *_) = metrics[port]
    return first if len(metrics) == 1 else f"{port}_{first}"


def limits(frame: pd.DataFrame) -> list[tuple[str, float, str]]:
    """Recipes that close less than `CLOSED` of the gap on data that ships: metric, share, why."""
    ships = summary(shipped(frame))
    below = ships[ships["closed"] < CLOSED].sort_values("closed").drop_duplicates("recipe")
    rows: list[Any] = list(below.itertuples())
    return [
        (f"`{row.recipe}`, {row.metric}", row.closed, zoo.recipe(row.recipe).limit) for row in rows
    ]


def beaten(frame: pd.DataFrame) -> Iterator[str]:
    """Where the baseline or a constant scores better than every seed of the model."""
    rows: list[Any] = list(summary(frame).itertuples())
    for row in rows:
        sign = -1 if str(row.metric).endswith("accuracy") else 1
        worst = sign * row.model - row.spread / 2
        better = [
            f"{_number(value)} ({name})"
            for value, name in ((row.baseline, row.baseline_name), (row.trivial, "trivial"))
            if sign * value < worst - MARGIN * abs(row.model)
        ]
        if better:
            found = f"`{row.recipe}`, {row.data}, {row.metric}: {_number(row.model)}"
            yield f"- {found}, against {' and '.join(better)}"


def cost(frame: pd.DataFrame) -> str:
    """What the recipes cost on the data that ships, in a sentence."""
    ships = summary(shipped(frame))
    seconds = ships.drop_duplicates("recipe").set_index("recipe")["seconds"]
    return (
        f"Over {len(seconds)} recipes (not those as printed) on data that ships: median "
        f"{seconds.median():.0f} s, longest {seconds.max():.0f} s (`{seconds.idxmax()}`)."
    )


def _number(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:.4g}"


def files() -> dict[Path, str]:
    """README, docs/results.md and the recipes' table of measured data as the CSV wants them."""
    frame = RESULTS.read()
    main = own(frame)
    first = main[main["metric"] == main["recipe"].map(leading)].set_index(["recipe", "data"])
    overview = pd.concat(first.loc[[row]] for row in OVERVIEW).reset_index()
    blocks = {
        "cost": cost(main),
        "scores": markdown(frame),
        "beaten": "\n".join(beaten(main)),
        "limits": "\n".join(
            f"- {what}, {round(share, 3) + 0.0:.1%}: {why}" for what, share, why in limits(main)
        ),
    }
    return {
        **fill("README.md", {"results": markdown(overview)}),
        **fill("docs/results.md", blocks),
        expectations.MEASURED: json.dumps(measured(frame), indent=1) + "\n",
    }


def measured(frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Recipe -> source -> fingerprint of the data, where the recipe says what to expect."""
    seen = frame.drop_duplicates(["recipe", "data"])
    found: dict[str, dict[str, str]] = {}
    for name, source, fingerprint in seen[["recipe", "data", "fingerprint"]].to_numpy():
        if source in zoo.recipe(name).expect:
            found.setdefault(name, {})[source] = fingerprint
    return found


def unexplained() -> Iterator[str]:
    """Recipes that close too little of the gap and do not say why."""
    for what, share, why in limits(own(RESULTS.read())):
        if not why:
            yield f"{what}, closes {share:.1%} of the gap: say why in the recipe's `limit`"


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="number of runs at a time")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--embedded", action="store_true", help="only data that ships")
    which.add_argument("--data", default="", metavar="SOURCE", help="only this source")


SCRIPT = Script(
    str(__doc__),
    files=files,
    measure=measure,
    cases=zoo.list_recipes,
    problems=unexplained,
    options=_options,
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
