"""Measure the panels of the built site in Chromium, and take the pictures of the docs.

    python scripts/panels.py [--missing] [--pictures] [RECIPE...] | --check

`python scripts/site.py` builds the site first. The numbers go to results/panels.csv, the tables to
docs/try-it.md, the pictures to docs/panels. Each panel runs in a tab of its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import _gallery
import _site_panels
from _page import ROOT, Results, Script, fill, table
from _panel_browser import Panel, browser, served

import zoo
from zoo.core.errors import ZooError

SITE = ROOT / "build" / "site"
PICTURES = ROOT / "docs" / "panels"
SHOWN = {  # recipe -> height of its picture in pixels
    "basketball": 900,
    "memory_qa": 1120,
    "digit_mlp": 900,
    "sequence_tagger": 900,
    "siamese_lstm": 900,
    "clothing_price": 1250,
}
WIDTH = 1280  # pixels
TIMES = 20  # answers after the first
NEXT = """async ([times]) => {
  const panel = document.querySelector(".zoo-try");
  const chips = [...panel.querySelectorAll(".zoo-chip")];
  const found = [];
  for (let at = 0; at < times; at++) {
    const answered = new Promise((done) => {
      panel.addEventListener("zoo-answer", done, { once: true });
    });
    const begun = performance.now();
    chips[at % chips.length].click();
    await answered;
    found.push(performance.now() - begun);
  }
  return found;
}"""


def measured(name: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Seconds and milliseconds of one panel, and how far JavaScript is from Python."""
    address = f"models/{zoo.recipe(name).architecture}.html"
    if not (SITE / "_static" / "try" / "ort").is_dir():
        raise ZooError("there is no site with panels: python scripts/site.py")
    with served(SITE) as root, browser() as opened:
        tab = opened.new_page(viewport={"width": WIDTH, "height": SHOWN.get(name, 900)})
        panel = Panel(tab)
        answer = panel.open(root + address)
        if answer["recipe"] != name:
            count = panel.count()
            tab.locator(".zoo-weights select").select_option(name)
            answer = panel.answer(count)
        ready, models = tab.evaluate(
            "['zoo-runtime', 'zoo-model'].map("
            "(name) => performance.getEntriesByName(name).at(-1).startTime)"
        )
        times = tab.evaluate(NEXT, [TIMES])
        boxes = tab.locator(".zoo-flow").count()
        if panel.errors:
            raise ZooError(f"{name}: {panel.errors[0]}")
        if name in SHOWN and given.pictures:
            tab.locator(".zoo-live").scroll_into_view_if_needed()
            tab.wait_for_timeout(500)
            PICTURES.mkdir(exist_ok=True)
            tab.locator(".zoo-live").screenshot(path=PICTURES / f"{name}.png")
        version = opened.version
    yield {
        "recipe": name,
        "bytes": (SITE / "_static" / "try" / "models" / name / "model.onnx").stat().st_size,
        **_compared(name),
        "first_ms": answer["at"] - max(ready, 0),
        "open_ms": models - ready,
        "next_ms": statistics.median(times),
        "run_ms": answer["milliseconds"],
        "boxes": boxes,
        "chromium": version,
        "runtime": _site_panels.version(),
        "cores": os.cpu_count(),
    }


def _compared(name: str) -> dict[str, Any]:
    """Random cases against Python, in Node.js with the panel's own modules."""
    _gallery.build(print, [name])
    check = _site_panels.SOURCE / "check.mjs"
    command = ["node", str(check), str(_site_panels.with_runtime()), name]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        raise ZooError(made.stderr.strip() or made.stdout.strip())
    found = json.loads(made.stdout)
    return {"cases": found["cases"], "difference": found["largest_difference"]}


def blocks() -> dict[str, str]:
    """What docs/try-it.md takes from the CSV."""
    frame = RESULTS.read()
    measures: list[Any] = list(frame.itertuples())
    rows = [
        [
            f"`{row.recipe}`",
            f"{row.bytes / 1000:,.1f}",
            f"{row.cases:,}",
            f"{row.difference:.0e}" if row.difference else "0",
            f"{row.first_ms:,.0f}",
            f"{row.next_ms:.1f}",
            row.boxes,
        ]
        for row in measures
    ]
    heads = (
        "weights of | model, kB: | cases: | largest difference: | first answer, ms: | "
        "next, ms: | boxes with values:"
    )
    first, following = frame["first_ms"], frame["next_ms"]
    summary = (
        f"{len(frame)} panels. The first answer comes {first.median():.0f} ms after the runtime "
        f"has loaded ({first.max():.0f} at most), a next one {following.median():.0f} ms after a "
        f"change ({following.max():.0f} at most), with its values drawn in the diagram. The "
        f"largest difference from Python is {frame['difference'].max():.0e}."
    )
    return {"summary": summary, "panels": table(heads, rows)}


def size(site: Path) -> tuple[int, int]:
    """Bytes of the site without the runtime, and compressed file by file as hosts send them."""
    plain = packed = 0
    for path in site.rglob("*"):
        if path.is_file() and path.parent.name != "ort":
            content = path.read_bytes()
            plain += len(content)
            packed += min(len(content), len(gzip.compress(content, 6)))
    return plain, packed


def unmeasured() -> Iterator[str]:
    """Recipes that the CSV lacks, and pictures that are not there."""
    absent = [name for name in _gallery.recipes() if not RESULTS.measured(name)]
    if absent:
        yield f"not measured: {', '.join(absent)}; run: python scripts/panels.py --missing"
    for name in SHOWN:
        if not (PICTURES / f"{name}.png").is_file():
            yield f"no picture of {name}; run: python scripts/panels.py --pictures {name}"


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pictures", action="store_true", help="take the pictures of the docs")


RESULTS = Results("panels.csv", "recipe", _gallery.recipes)
SCRIPT = Script(
    str(__doc__),
    files=lambda: fill("docs/try-it.md", blocks()),
    results=RESULTS,
    rows=measured,
    problems=unmeasured,
    options=_options,
    needs="docs",
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
