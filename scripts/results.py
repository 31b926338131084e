"""Train every recipe over seeds, keep the scores in results/results.csv, write the tables.

    python scripts/results.py [--seeds 3] [--jobs 2] [--embedded | --data SOURCE] [--tables]
        [RECIPE...]
    python scripts/results.py --check

Each run is a process of its own. A run whose recipe, data and seed are in the CSV already is
not repeated, so a broken-off call goes on where it stopped; a changed recipe is run again. Real
data is used where its files are in the data home, of several sources the one that `zoo train`
would use: `--data fashion` names another. `--tables` and `--check` train nothing. The
seconds in the tables are those of runs made alone (`--jobs 1`), where there are any.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
from generated import ROOT, between_markers

import zoo
from zoo.core.files import replacing, write_text
from zoo.data.registry import choose_source, sources
from zoo.experiments import runs
from zoo.experiments.record import FILE, RunRecord
from zoo.recipes import shipped_weights
from zoo.recipes.recipe import Recipe

TABLE = ROOT / "results" / "results.csv"
KEY = ["recipe", "data", "seed", "recipe_sha256"]
KEPT_RUNS = ROOT / "build" / "weights"  # git-ignored
CLOSED = 0.9  # of the gap, or the recipe says why not
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
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [*call, "--json", "--logdir", str(logdir)], stdout=out, stderr=err
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            print(f"{name} {source} {seed}: {err.read().decode().splitlines()[-1]}")
            return []
        record = RunRecord.from_json(out.read().decode())
    folder = runs.find(name, logdir)
    if seed == SHIPPED_SEED and source == embedded(name):
        keep(record.recipe, folder)
    return list(_rows(record, job, usage.ru_maxrss / 1024, reached(record, folder)))


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
    seconds = record.seconds
    share = (held.to_numpy().argmax() + 1) / len(history)
    return round(startup(seconds) + share * seconds["train"], 3)


def startup(seconds: Mapping[str, float]) -> float:
    """Seconds before the first step: data, TensorFlow, building."""
    return round(seconds["data"] + seconds["tensorflow"] + seconds["build"], 3)


def embedded(name: str) -> str:
    """The source of a recipe's data that ships with the zoo."""
    return sources(zoo.recipe(name).dataset)[-1]


def keep(recipe: Recipe, folder: Path) -> None:
    """Put a run's model where scripts/weights.py looks for it, so that it trains nothing again."""
    kept = KEPT_RUNS / recipe.name
    partial = kept.with_name(f".partial-{os.getpid()}-{kept.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name in (FILE, runs.MODEL):
        shutil.copy2(folder / name, partial / name)
    write_text(partial / "fingerprint", shipped_weights.fingerprint(recipe))
    shutil.rmtree(kept, ignore_errors=True)
    partial.rename(kept)


def _rows(
    record: RunRecord, job: Job, memory: float, reached_seconds: float | None
) -> Iterator[dict[str, Any]]:
    name, source, seed = job
    split = "test" if "test" in record.metrics else "train"
    references = record.references
    for metric, value in record.metrics[split].items():
        if metric == "loss" or (metric.endswith("_loss") and not metric.endswith("log_loss")):
            continue
        yield {
            "recipe": name,
            "data": source,
            "seed": seed,
            "recipe_sha256": recipe_hash(name, source),
            "metric": metric,
            "model": value,
            "baseline": record.baseline.get(split, {}).get(metric),
            "trivial": references.get("trivial", {}).get(split, {}).get(metric),
            "oracle": references.get("best possible", {}).get(split, {}).get(metric),
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
    if not TABLE.is_file():
        return pd.DataFrame(columns=[*KEY, "metric"])
    frame = pd.read_csv(TABLE)
    names = set(zoo.list_recipes())
    current = [
        name in names and recipe_hash(name, source) == made
        for name, source, made in frame[["recipe", "data", "recipe_sha256"]].itertuples(index=False)
    ]
    return frame[current]


def save(frame: pd.DataFrame) -> None:
    """Write the CSV in a fixed order, whole or not at all."""
    order = {name: at for at, name in enumerate(zoo.list_recipes())}
    rank = frame["recipe"].map(order)
    ordered = frame.assign(rank=rank).sort_values(["rank", "data", "seed", "metric"])
    with replacing(TABLE) as partial:
        ordered.drop(columns="rank").to_csv(partial, index=False, float_format="%.6g")


def train_all(wanted: list[Job], workers: int) -> int:
    """Run what is missing, saving after every run; the number of runs that failed."""
    frame = known()
    done = set(frame[["recipe", "data", "seed"]].itertuples(index=False, name=None))
    missing = [job for job in wanted if job not in done]
    failed = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        logs = [Path(folder) / str(at) for at in range(len(missing))]
        for at, rows in enumerate(pool.map(run, missing, logs), start=1):
            failed += not rows
            if rows:
                made = pd.DataFrame(rows).assign(jobs=workers)
                frame = pd.concat([frame, made], ignore_index=True)
                save(frame)
            print(f"{at}/{len(missing)} {' '.join(map(str, missing[at - 1]))}", flush=True)
    return failed


def summary(frame: pd.DataFrame) -> pd.DataFrame:
    """One row per recipe, data and metric: means over seeds, their spread, the gap closed."""
    frame = frame.assign(alone=frame["seconds"].where(frame["jobs"] == 1))
    groups = frame.groupby(["recipe", "data", "metric"], sort=False, dropna=False)
    table = groups.agg(
        seeds=("seed", "count"),
        model=("model", "mean"),
        spread=("model", lambda values: values.max() - values.min()),
        baseline=("baseline", "mean"),
        baseline_name=("baseline_name", "first"),
        trivial=("trivial", "mean"),
        oracle=("oracle", "mean"),
        parameters=("parameters", "first"),
        seconds=("seconds", "median"),
        alone=("alone", "median"),
        memory_mib=("memory_mib", "median"),
    ).reset_index()
    table["seconds"] = table["alone"].fillna(table["seconds"])
    table["closed"] = (table["trivial"] - table["model"]) / (table["trivial"] - table["oracle"])
    return table


def markdown(frame: pd.DataFrame) -> str:
    """The summary as a table."""
    lines = [
        "| recipe | data | test metric | model | baseline | trivial | best possible "
        "| gap closed | seconds |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    rows: list[Any] = list(summary(frame).itertuples())
    for row in rows:
        named = isinstance(row.baseline_name, str) and row.baseline_name
        baseline = f"{_number(row.baseline)} ({row.baseline_name})" if named else "-"
        closed = "-" if pd.isna(row.closed) else f"{row.closed:.0%}"
        lines.append(
            f"| `{row.recipe}` | {row.data} | {row.metric} "
            f"| {_number(row.model)} ± {row.spread / 2:.2g} | {baseline} "
            f"| {_number(row.trivial)} | {_number(row.oracle)} | {closed} | {row.seconds:.0f} |"
        )
    return "\n".join(lines) + "\n"


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


def tables(frame: pd.DataFrame) -> dict[Path, str]:
    """README and docs/results.md as the CSV wants them."""
    readme = ROOT / "README.md"
    main = own(frame)
    first = main[main["metric"] == main["recipe"].map(leading)]
    text = between_markers(readme.read_text(encoding="utf-8"), "results", markdown(first))
    seeds = int(frame["seed"].max()) + 1 if len(frame) else 0
    page = (
        "<!-- generated by scripts/results.py from results/results.csv -->\n# Results\n\n"
        f"Held-out scores, means over up to {seeds} seeds. *Trivial* is the best constant "
        "prediction, *best possible* what the data's own generator allows, computed; *gap closed* "
        "is the model's share of the way from the one to the other. Seconds are the whole "
        "command's: alone on 2 cores for the zoo's own recipes on data that ships, for the rest "
        "two at a time and beside other work."
        f"\n\n{cost(main)}\n\n{markdown(frame)}\n## Below {CLOSED:.0%}\n\n"
        "Recipes, other than those as printed, that close less of the gap, by their worst metric, "
        "and why.\n\n"
        + "".join(f"- {what}, {share:.1%}: {why}\n" for what, share, why in limits(main))
    )
    return {readme: text, ROOT / "docs" / "results.md": page}


def main() -> int:
    parser = argparse.ArgumentParser(description="Train every recipe and tabulate the scores.")
    parser.add_argument("recipes", nargs="*", help="default: all")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--embedded", action="store_true", help="only data that ships")
    which.add_argument("--data", default="", metavar="SOURCE", help="only this source")
    parser.add_argument("--tables", action="store_true", help="only write the tables")
    parser.add_argument("--check", action="store_true", help="fail if a table is not the CSV's")
    given = parser.parse_args()
    failed = 0
    if not (given.tables or given.check):
        names = given.recipes or zoo.list_recipes()
        wanted = list(jobs(names, given.seeds, not given.embedded, given.data))
        if given.data and not wanted:
            parser.error(f"no recipe here has a source named {given.data!r}")
        failed = train_all(wanted, given.jobs)
    if not given.check:
        save(known())  # rows of changed recipes leave the CSV as they leave the tables
    frame = pd.read_csv(TABLE)
    unexplained = [what for what, _, why in limits(own(frame)) if not why]
    if given.check and unexplained:
        print(f"no `limit` says why: {'; '.join(unexplained)}", file=sys.stderr)
        failed = 1
    stale = [
        path
        for path, text in tables(frame).items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        if given.check:
            print(f"not current: {path.relative_to(ROOT)}", file=sys.stderr)
        else:
            write_text(path, tables(frame)[path])
    return 1 if failed or (given.check and stale) else 0


if __name__ == "__main__":
    sys.exit(main())
