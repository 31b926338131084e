"""Export every trainable architecture to every format: size, difference and latency of each file.

    python scripts/exports.py [--missing] [ARCHITECTURE...] | --check

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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from _embedded import in_turns, load
from _page import Results, Script, fill, table

import zoo
from zoo.core.errors import ZooError
from zoo.experiments.feeding import feed
from zoo.experiments.setup import build_for
from zoo.exporting import FORMATS

FILES = {name: FORMATS.get(name).file for name in FORMATS.names()}
CALLS = 30  # at most, of each runtime
SECONDS = 6.0  # after which no further round of calls begins
PACKAGES = ("tensorflow", "keras", "ai-edge-litert", "onnxruntime", "tf2onnx", "numpy")


def architectures() -> list[str]:
    """The trainable ones, in the catalog's order."""
    return [name for name in zoo.list_models() if zoo.spec(name).recipe]


def measured(name: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A row per format, and one for `predict`, which Keras's users call."""
    from zoo._keras import keras
    from zoo.exporting import exporter, verify

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
            measures = {"bytes": made.bytes, "difference": made.difference}
            found.append({**shared, "format": format, **measures})
            calls.append(lambda artifact=artifact: artifact.run(one))
        in_turns(calls, rounds=2)  # the first calls trace and allocate
        for row, times in zip(found, in_turns(calls, CALLS, SECONDS), strict=True):
            if "reason" not in row:
                row |= {"milliseconds": 1000 * statistics.median(times), "calls": len(times)}
    busy = os.getloadavg()[0]
    versions = {package: importlib.metadata.version(package) for package in PACKAGES}
    for row in found:
        yield {**row, "load": busy, "cores": os.cpu_count(), **versions}


def blocks() -> dict[str, str]:
    """What docs/exports.md takes from the CSV."""
    frame = RESULTS.read()
    written = frame[frame["format"] != "predict"]
    passed = written[written["bytes"].notna()]
    calls = frame["calls"].dropna().astype(int)
    parameters = frame.groupby("architecture", sort=False)["parameters"].first()
    counts = {str(name): count for name, count in parameters.items()}
    sizes = _cells(frame, "bytes", lambda size: f"{size / 1000:,.1f}")
    gaps = _cells(frame, "difference", lambda value: f"{value:.0e}" if value else "0")
    times = _cells(frame, "milliseconds", lambda ms: f"{ms:.3g}" if ms < 100 else f"{ms:.0f}")
    files = [
        [f"`{name}`", f"{count:,}", *sizes.loc[name, list(FILES)], *gaps.loc[name, list(FILES)]]
        for name, count in counts.items()
    ]
    latency = [[f"`{name}`", *times.loc[name, ["predict", *FILES]]] for name in counts]
    headers = [f"{each}, {what}:" for what in ("kB", "difference") for each in FILES]
    holes = written[written["bytes"].isna()]
    return {
        "summary": f"{passed['architecture'].nunique()} architectures; {len(passed)} of "
        f"{len(written)} files written and in agreement. Rows are made up for "
        f"{_names(frame, 'made up')}, whose columns come from another run.",
        "files": table(f"architecture | parameters: | {' | '.join(headers)}", files),
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


def _cells(frame: pd.DataFrame, column: str, form: Callable[[float], str]) -> pd.DataFrame:
    """A column in words, by architecture and format; a dash for what was not measured."""
    values = frame.pivot(index="architecture", columns="format", values=column)
    return values.map(lambda value: "-" if pd.isna(value) else form(value))


def _all(values: pd.Series) -> str:
    return " and ".join(sorted({str(value) for value in values}))


def unmeasured() -> Iterator[str]:
    """Architectures that the CSV lacks."""
    absent = sorted(set(architectures()) - set(RESULTS.read()["architecture"]))
    if absent:
        yield f"not measured: {', '.join(absent)}; run: python scripts/exports.py --missing"


RESULTS = Results("exports.csv", "architecture", architectures)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/exports.md", blocks()),
    results=RESULTS,
    rows=measured,
    problems=unmeasured,
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
