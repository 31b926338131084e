"""Export every trainable architecture to every format: size, difference and latency of each file.

    python scripts/exports.py [--missing] [ARCHITECTURE...]
    python scripts/exports.py --check

Models have their recipe's sizes and seeded, untrained weights. The numbers go to
results/exports.csv, the tables to docs/exports.md.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from _embedded import load
from _page import Results, Script, fill, table

import zoo
from zoo.core.errors import ZooError
from zoo.experiments.feeding import build_for, feed
from zoo.exporting import FORMATS

FILES = {name: FORMATS.get(name).file for name in FORMATS.names()}
CALLS = 30  # at most, of each runtime
SECONDS = 6.0  # after which no further round of calls begins
PACKAGES = ("tensorflow", "keras", "ai-edge-litert", "onnxruntime", "tf2onnx", "numpy")


def architectures() -> list[str]:
    """The trainable ones, in the catalogue's order."""
    return [name for name in zoo.list_models() if zoo.spec(name).recipe]


def measured(name: str) -> Iterator[dict[str, Any]]:
    """A row per format, and one for `predict`, which Keras's users call."""
    from zoo._keras import keras
    from zoo.exporting import exporter, serving, verify

    recipe = zoo.recipe(str(zoo.spec(name).recipe))
    dataset = load(recipe)
    keras.utils.set_random_seed(0)
    model = build_for(recipe, dataset)
    if recipe.stacked_on:
        split, rows = "made up", verify.made_up_rows(model)
    else:
        splits = feed(recipe, dataset, model, lambda _: None)
        split = "test" if "test" in splits else "train"
        rows = {port: array[: verify.ROWS] for port, array in splits[split][0].items()}
    del dataset
    rows = verify.given_rows(model, rows)
    one = {port: array[:1] for port, array in rows.items()}
    fed = one if len(one) > 1 else next(iter(one.values()))
    shared = {
        "architecture": name,
        "recipe": recipe.name,
        "parameters": model.count_params(),
        "rows": split,
    }
    found: list[dict[str, Any]] = [{**shared, "format": "predict"}]
    calls: list[Callable[[], Any]] = [lambda: model.predict(fed, verbose=0)]
    with tempfile.TemporaryDirectory() as folder:
        for format, file in FILES.items():
            path = Path(folder) / file
            try:
                made = exporter.export(model, format, path, rows=rows, split=split)
            except ZooError as error:
                found.append({**shared, "format": format, "reason": str(error)})
                calls.append(lambda: None)
                continue
            artifact = exporter.load(made.path)
            found.append(
                {
                    **shared,
                    "format": format,
                    "bytes": made.bytes,
                    "difference": made.difference,
                    "largest": max(
                        abs(values).max() for values in serving.predict(model, rows).values()
                    ),
                }
            )
            calls.append(lambda artifact=artifact: artifact.run(one))
        for row, times in zip(found, _interleaved(calls), strict=True):
            if "reason" not in row:
                row |= {"milliseconds": 1000 * statistics.median(times), "calls": len(times)}
    busy = os.getloadavg()[0]
    versions = {package: importlib.metadata.version(package) for package in PACKAGES}
    for row in found:
        yield {**row, "load": busy, "cores": os.cpu_count(), **versions}


def _interleaved(calls: list[Callable[[], Any]]) -> list[list[float]]:
    """Seconds of every call, in rounds, so that what else goes on here hits all of them alike."""
    for call in calls:  # the first calls trace and allocate
        call()
        call()
    times: list[list[float]] = [[] for _ in calls]
    begun = time.perf_counter()
    for _ in range(CALLS):
        for call, taken in zip(calls, times, strict=True):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
        if time.perf_counter() - begun > SECONDS:
            break
    return times


def blocks() -> dict[str, str]:
    """What docs/exports.md takes from the CSV."""
    frame = RESULTS.read()
    written = frame[frame["format"] != "predict"]
    passed = written[written["bytes"].notna()]
    calls = frame["calls"].dropna().astype(int)
    files, latency = [], []
    for name, group in frame.groupby("architecture", sort=False):
        rows = group.set_index("format")
        files.append(
            [
                f"`{name}`",
                f"{int(group['parameters'].iloc[0]):,}",
                *(_cell(rows, each, "bytes", lambda size: f"{size / 1000:,.1f}") for each in FILES),
                *(_cell(rows, each, "difference", _gap) for each in FILES),
            ]
        )
        columns = ("predict", *FILES)
        latency.append(
            [f"`{name}`", *(_cell(rows, each, "milliseconds", _figures) for each in columns)]
        )
    sizes = " | ".join(f"{each}, kB:" for each in FILES)
    gaps = " | ".join(f"{each}, difference:" for each in FILES)
    holes = written[written["bytes"].isna()]
    return {
        "summary": f"{passed['architecture'].nunique()} architectures; {len(passed)} of "
        f"{len(written)} files written and in agreement. Rows are made up for "
        f"{_names(frame, 'made up')}, whose columns come from another run.",
        "files": table(f"architecture | parameters: | {sizes} | {gaps}", files),
        "conditions": f"Medians of {calls.min()} to {calls.max()} calls on {_all(frame['cores'])} "
        f"cores under a load of {frame['load'].min():.1f} to {frame['load'].max():.1f}.",
        "latency": table(
            "architecture | `model.predict`: | `model(x)`: | savedmodel: | litert: | onnx:", latency
        ),
        "failures": "\n".join(
            f"- Not written: `{hole['architecture']}`, {hole['format']}: {hole['reason']}"
            for _, hole in holes.iterrows()
        ),
        "versions": "Versions: "
        + ", ".join(f"{package} {_all(frame[package])}" for package in PACKAGES)
        + ".",
    }


def _names(frame: pd.DataFrame, rows: str) -> str:
    names = frame.loc[frame["rows"] == rows, "architecture"].unique()
    return " and ".join(f"`{name}`" for name in names)


def _cell(rows: pd.DataFrame, format: str, column: str, form: Callable[[float], str]) -> str:
    value: Any = rows[column].get(format)
    return "-" if value is None or pd.isna(value) else form(float(value))


def _gap(value: float) -> str:
    return f"{value:.0e}" if value else "0"


def _figures(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _all(values: pd.Series) -> str:
    return " and ".join(sorted({str(value) for value in values}))


def unmeasured() -> Iterator[str]:
    """Architectures that the CSV lacks."""
    absent = sorted(set(architectures()) - set(RESULTS.read()["architecture"]))
    if absent:
        yield f"not measured: {', '.join(absent)}; run: python scripts/exports.py --missing"


def measure(names: list[str], given: argparse.Namespace) -> int:
    for name in names:
        if not (given.missing and RESULTS.measured(name)):
            rows = RESULTS.replace(measured(name), architecture=name)
            shown = rows.reindex(
                columns=["format", "bytes", "difference", "milliseconds", "reason"]
            )
            print(f"{name}\n{shown.to_string(index=False)}", flush=True)
    return 0


RESULTS = Results("exports.csv", "architecture", architectures)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/exports.md", blocks()),
    measure=measure,
    cases=architectures,
    problems=unmeasured,
    options=lambda parser: parser.add_argument(
        "--missing", action="store_true", help="only those that the CSV lacks"
    ),
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
