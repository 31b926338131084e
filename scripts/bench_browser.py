"""onnxruntime-web and LiteRT.js in Chromium, on every model that ships: what runs, and how fast.

    python scripts/bench_browser.py [--missing] [--modules node_modules] [RECIPE...] | --check

Both runtimes have one thread on the CPU, each in a page of its own, and answer one made-up row in
turns. Without `--modules`, npm installs the versions below into a temporary folder. The numbers go
to results/browser.csv, the tables to docs/decisions/browser-runtime.md.
"""

from __future__ import annotations

import argparse
import atexit
import gzip
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import _site_panels
import numpy as np
from _browser_page import blocks
from _page import ROOT, Results, Script, fill
from _site_browser import chromium

import zoo
from zoo.core.serving import Server
from zoo.exporting import ExportError
from zoo.recipes.shipped_weights import manifest

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

PAGE = "docs/decisions/browser-runtime.md"
PACKAGES = {_site_panels.PACKAGE: _site_panels.version(), "@litertjs/core": "2.5.3"}
FILES = {  # what a page loads -> where npm puts it
    **{
        f"onnxruntime-web/{file}": f"{_site_panels.PACKAGE}/dist/{file}"
        for file in _site_panels.FILES
    },
    "litert.js/index.js": "@litertjs/core/dist/index.js",
    "litert.js/wasm-utils.js": "@litertjs/wasm-utils/dist/index.js",
    "litert.js/litert_wasm_internal.js": "@litertjs/core/wasm/litert_wasm_internal.js",
    "litert.js/litert_wasm_internal.wasm": "@litertjs/core/wasm/litert_wasm_internal.wasm",
}
INDEX = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
<script type="importmap">{"imports": {"@litertjs/wasm-utils": "./litert.js/wasm-utils.js"}}</script>
<body></body>
"""
BEGIN = """async (given) => {
  window.bench = await import("./bench.mjs");
  return bench.begin(...given);
}"""
LONGER = 7  # steps by which the second row is longer, where lengths vary
TURNS, SAMPLES = 6, 5  # of every way to run a model, and in each turn
LEAST = 2.0  # milliseconds of a sample: the clock of a page shows a tenth of one


@dataclass(frozen=True)
class Way:
    """A way to run a model in a page.

    Attributes:
        name: In the column `way`.
        runtime: The folder of its files.
        suffix: Of the model's file.
        checked: Whether LiteRT.js compares the shapes.
    """

    name: str
    runtime: str
    suffix: str
    checked: bool = True


WAYS = (
    Way("onnxruntime-web", "onnxruntime-web", ".onnx"),
    Way("LiteRT.js", "litert.js", ".tflite"),
    Way("LiteRT.js, fixed shapes", "litert.js", ".fixed.tflite"),
    Way("LiteRT.js, unchecked", "litert.js", ".tflite", checked=False),
)


@cache
def served(modules: str) -> tuple[Path, str]:
    """The folder that the pages are served from, with the runtimes in it, and its address."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    if not modules:
        place = folder / "npm"
        wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
        command = ["npm", "install", "--no-save", "--ignore-scripts", "--prefix", str(place)]
        subprocess.run([*command, *wanted], check=True, stdout=subprocess.DEVNULL)
        modules = str(place / "node_modules")
    for name, version in PACKAGES.items():
        found = json.loads((Path(modules) / name / "package.json").read_text())["version"]
        if found != version:
            sys.exit(f"error: {modules} holds {name} {found}, not {version}")
    site = folder / "site"
    for file, source in FILES.items():
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(modules) / source, site / file)
    shutil.copy(ROOT / "scripts" / "_bench_browser.mjs", site / "bench.mjs")
    (site / "index.html").write_text(INDEX, encoding="utf-8")
    server = stack.enter_context(Server(site, 0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return site, server.url


def loaded(site: Path, runtime: str) -> tuple[int, int]:
    """Bytes of a runtime's files, as they are and under gzip -9."""
    contents = [(site / file).read_bytes() for file in FILES if file.startswith(f"{runtime}/")]
    return sum(map(len, contents)), sum(len(gzip.compress(each, 9)) for each in contents)


def kind(model: Any) -> str:
    """What takes the time in a model."""
    layers = {type(layer).__name__ for layer in model._flatten_layers()}
    if layers & {"LSTM", "GRU", "SimpleRNN"}:
        return "recurrent"
    return "convolutions" if any("Conv" in layer for layer in layers) else "others"


def rows_of(model: Any) -> list[dict[str, np.ndarray]]:
    """One row, and where lengths vary a longer one."""
    from zoo.exporting import verify

    row = verify.made_up_rows(model, 1)
    varies = {
        tensor.name: [axis for axis, size in enumerate(tensor.shape) if axis and size is None]
        for tensor in model.inputs
    }
    pads = {
        name: [(0, LONGER * (axis in varies[name])) for axis in range(array.ndim)]
        for name, array in row.items()
    }
    longer = {name: np.pad(array, pads[name], mode="wrap") for name, array in row.items()}
    return [row, longer] if any(varies.values()) else [row]


def write(model: Any, row: dict[str, np.ndarray], site: Path) -> None:
    """The model's files: ONNX, LiteRT, and LiteRT for rows of this one's shape."""
    from zoo._keras import keras
    from zoo.exporting import litert, serving

    zoo.export(model, "onnx", site / "model.onnx")
    zoo.export(model, "litert", site / "model.tflite")
    inputs = {
        name: keras.Input(batch_shape=array.shape, dtype=array.dtype.name, name=name)
        for name, array in row.items()
    }
    model.name = f"whole_{model.name}"  # an input may have its name
    outputs = serving.called(model, [inputs[tensor.name] for tensor in model.inputs])
    litert.write(keras.Model(inputs, outputs), site / "model.fixed.tflite")


def measured(name: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """A row for each way to run the model."""
    from playwright.sync_api import sync_playwright

    from zoo.exporting import serving

    site, url = served(given.modules)
    model = zoo.build(name, weights="embedded")
    rows = rows_of(model)
    write(model, rows[0], site)
    expected = [serving.predict(model, row) for row in rows]
    sent = [
        [
            {"name": key, "dtype": a.dtype.name, "shape": a.shape, "data": a.ravel().tolist()}
            for key, a in row.items()
        ]
        for row in rows
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium() or sys.exit("error: no Chromium is installed"),
            args=["--no-sandbox"],
        )
        found: list[dict[str, Any]] = []
        tabs: list[Tab] = []
        for way in WAYS:
            tabs.append(browser.new_context().new_page())  # a process, and a cache, of its own
            tabs[-1].goto(url)
            found.append({"recipe": name, "kind": kind(model), "way": way.name})
            found[-1] |= _begun(tabs[-1], way, sent, expected)
        times = _in_turns(tabs, [row["error"] == "" for row in found])
        version = browser.version
        browser.close()
    for way, row, taken in zip(WAYS, found, times, strict=True):
        if taken:
            first, _, third = statistics.quantiles(taken, n=4)
            row |= {"answer_ms": statistics.median(taken), "answer_q1": first, "answer_q3": third}
        size, packed = loaded(site, way.runtime)
        row["model_bytes"] = (site / f"model{way.suffix}").stat().st_size
        row |= {"bytes": size, "gzip_bytes": packed, "chromium": version}
        yield {**row, "cores": os.cpu_count(), "load": os.getloadavg()[0]}


def _begun(
    tab: Tab, way: Way, sent: Sequence[Any], expected: Sequence[dict[str, np.ndarray]]
) -> dict[str, Any]:
    """How a page begins: the times, the differences from Keras, or the error."""
    found: dict[str, Any] = {"error": "", "longer_error": ""}
    found |= dict.fromkeys(("ready_ms", "first_ms", "difference", "longer_difference"), math.nan)
    try:
        call = [way.runtime, way.checked, f"model{way.suffix}", sent]
        begun = tab.evaluate(BEGIN, call)
        found |= {f"{what}_ms": begun[what] for what in ("ready", "first")}
        found["difference"] = _difference(tab, 0, expected[0])
    except Exception as error:  # Playwright's, or names and shapes that are not Keras's
        found["error"] = _line(error)
        return found
    if len(sent) > 1:
        try:
            found["longer_difference"] = _difference(tab, 1, expected[1])
        except Exception as error:
            found["longer_error"] = _line(error)
    return found


def _difference(tab: Tab, at: int, expected: dict[str, np.ndarray]) -> float:
    answers = tab.evaluate("(at) => bench.answers(at)", at)
    if set(answers) != set(expected):
        raise ExportError(f"outputs {sorted(answers)}, not {sorted(expected)}")
    gaps = [np.abs(np.array(answers[name]) - array.ravel()) for name, array in expected.items()]
    return float(max(gap.max() for gap in gaps))


def _line(error: Exception) -> str:
    """What a runtime says in one line, without where it happened."""
    told = str(error).partition("\n    at ")[0].removeprefix("Page.evaluate: ")
    return " ".join(told.removeprefix("Error: ").split())[:300]


def _in_turns(tabs: Sequence[Tab], runs: Sequence[bool]) -> list[list[float]]:
    """Milliseconds of every page that runs; in each round another one begins."""
    times: list[list[float]] = [[] for _ in tabs]
    for turn in range(TURNS):
        for at in range(len(tabs)):
            which = (turn + at) % len(tabs)
            if runs[which]:
                call = f"bench.timed({SAMPLES}, {LEAST})"
                times[which] += tabs[which].evaluate(call)
    return times


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--modules", default="", metavar="FOLDER", help="node_modules that holds both runtimes"
    )


def unmeasured() -> Iterator[str]:
    """Recipes that ship weights and that the CSV lacks."""
    absent = [name for name in RESULTS.cases() if not RESULTS.measured(name)]
    if absent:
        yield f"not measured: {', '.join(absent)}; run: python scripts/bench_browser.py --missing"


RESULTS = Results("browser.csv", "recipe", lambda: list(manifest()["weights"]))
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill(PAGE, blocks(RESULTS.read())),
    results=RESULTS,
    rows=measured,
    problems=unmeasured,
    options=_options,
    needs="docs",
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
