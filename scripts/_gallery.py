"""The files that the site's panels run: a model for each recipe whose weights ship.

    build/gallery/models/RECIPE/model.onnx    with an output for each box of its diagram
    build/gallery/models/RECIPE/panel.json    inputs, answers, ranges, examples
    build/gallery/models/RECIPE/diagram.svg   as the page shows it
    build/gallery/words/HASH.json, HASH.bin   vocabularies and word vectors that recipes share
    build/gallery/cases/RECIPE.json           cases with Python's answers, for the checks alone

A recipe whose weights and code have not changed since is left alone.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from _page import ROOT

import zoo
from zoo.core.files import held, replacing, replacing_folder, write_text
from zoo.data.registry import entry
from zoo.experiments import pretrained, word_vectors
from zoo.experiments.feeding import Split
from zoo.experiments.runs import Run, read_labels
from zoo.exporting import preprocessing
from zoo.exporting.layers import with_layers
from zoo.inspection import diagram
from zoo.recipes.shipped_weights import manifest

GALLERY = ROOT / "build" / "gallery"
WIDGETS = {"siamese_xception": "stereogram", "two_resolution": "cloth"}  # of architectures
PAUSE = 0.2  # seconds between two looks at what another process does
PACKAGES = ("keras", "tensorflow", "tf2onnx", "numpy")
CODE = (  # what a panel's files are made by
    *("zoo/exporting", "zoo/experiments", "zoo/inspection/diagram", "zoo/data/text"),
    *("scripts/_gallery.py", "scripts/_gallery_cases.py", "scripts/_gallery_rows.py"),
)


def recipes() -> list[str]:
    """Those whose weights ship."""
    return list(manifest()["weights"])


def by_architecture() -> dict[str, list[str]]:
    """Architecture -> its recipes whose weights ship, the default one first."""
    found: dict[str, list[str]] = {}
    for name in recipes():
        found.setdefault(zoo.recipe(name).architecture, []).append(name)
    return {
        name: sorted(names, key=lambda each: each != zoo.spec(name).recipe)
        for name, names in found.items()
    }


def build(say: Callable[[str], object], names: Sequence[str] = ()) -> Path:
    """Bring the gallery up to date; its folder.

    Args:
        say: Told the name of each recipe whose files are made.
        names: Recipes; by default all.
    """
    wanted = names or recipes()
    for name in wanted:
        with alone(name):
            if not current(name):
                say(name)
                _make(name)
    if not names:
        for folder in (GALLERY / "models").iterdir():
            if folder.name not in wanted:
                shutil.rmtree(folder)
    return GALLERY


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Wait until no other process makes the files of a recipe."""
    folder = GALLERY / "locks" / name
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(held(folder))
                break
            except BlockingIOError:
                time.sleep(PAUSE)
        yield


def current(name: str) -> bool:
    """Whether a recipe's files are of its weights and of this code."""
    path = GALLERY / "models" / name / "panel.json"
    if not (path.is_file() and (GALLERY / "cases" / f"{name}.json").is_file()):
        return False
    return json.loads(path.read_text(encoding="utf-8"))["state"] == state(name)


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for place in CODE:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    for package in PACKAGES:
        digest.update(metadata.version(package).encode())
    return digest.hexdigest()


def state(name: str) -> str:
    """What a recipe's files depend on, as a short hash."""
    entry = json.dumps(manifest()["weights"][name], sort_keys=True)
    return hashlib.sha256(f"{entry}{_code()}".encode()).hexdigest()[:16]


def _make(name: str) -> None:
    from _gallery_cases import cases_of
    from _gallery_rows import examples_of, ranges_of
    from _site_diagrams import inline, texts

    with tempfile.TemporaryDirectory() as logdir:
        run, dataset, splits = pretrained.run_of(name, Path(logdir))
        labels = read_labels(run.folder)
        split = splits.get("test", splits["train"])
        signature = {
            "inputs": [
                {"name": each, "columns": columns, **_tensor(run, each)}
                for each, columns in preprocessing.columns(run, labels).items()
            ],
            "outputs": [
                {"name": each, "answers": answers}
                for each, answers in preprocessing.read_outputs(run.model, run, labels).items()
            ],
            "vocabularies": {
                key: _words(words) for key, words in preprocessing.vocabularies(run, labels).items()
            },
            "vectors": _vectors(run, labels),
        }
        recipe = run.record.recipe
        folder = GALLERY / "models" / name
        with replacing_folder(folder) as partial:
            partial.mkdir(parents=True, exist_ok=True)
            model, layers = with_layers(run.model)
            written = zoo.export(
                model, "onnx", partial / "model.onnx", rows=_first(split), split="test"
            )
            (partial / "signature.json").unlink()  # panel.json says it
            drawn = diagram.render(run.model, partial / "diagram.svg")
            said = texts(run.model, zoo.explain(run.model, weightless=True))
            write_text(drawn, inline(drawn.read_text(encoding="utf-8"), name, said))
            panel = {
                "recipe": name,
                "architecture": recipe.architecture,
                "summary": recipe.summary,
                "parameters": run.model.count_params(),
                "data": {
                    "name": dataset.name,
                    "generated": "generated" in dataset.origin,
                    "summary": entry(dataset.name).summary,
                    "page": f"datasets/{entry(dataset.name).folder}/README.html",
                },
                "writes": zoo.spec(recipe.architecture).writes,
                "widget": widget(recipe.architecture, signature["inputs"]),
                "bytes": written.bytes,
                "signature": signature,
                "layers": layers,
                "ranges": ranges_of(run, labels, split),
                "examples": examples_of(run, labels, dataset, split),
                "state": state(name),
            }
            write_text(partial / "panel.json", _json(panel))
        write_text(GALLERY / "cases" / f"{name}.json", _json(cases_of(run, labels, panel)))


def widget(architecture: str, inputs: Sequence[Mapping[str, Any]]) -> str:
    """The special control that an architecture's panel has, if any."""
    kinds = [column["vocabulary"] for each in inputs for column in each["columns"]]
    return WIDGETS.get(architecture, "teams" if kinds.count("team") == 2 else "")


def _tensor(run: Run, name: str) -> dict[str, Any]:
    (tensor,) = (each for each in run.model.inputs if each.name == name)
    return {"dtype": tensor.dtype, "shape": list(tensor.shape)}


def _first(split: Split) -> dict[str, np.ndarray]:
    return {name: rows[:32] for name, rows in split[0].items()}


def _words(words: Sequence[str]) -> str:
    """The shared file of a vocabulary, below the gallery."""
    text = json.dumps(list(words), ensure_ascii=False, separators=(",", ":"))
    name = f"words/{hashlib.sha256(text.encode()).hexdigest()[:8]}.json"
    if not (GALLERY / name).is_file():
        write_text(GALLERY / name, text)
    return name


def _vectors(run: Run, labels: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """The shared file of the run's word vectors, if its texts are read by them."""
    if not preprocessing.reads_vectors(run, labels):
        return None
    table = word_vectors.read(run.folder).astype("<f4")
    name = f"words/{hashlib.sha256(table.tobytes()).hexdigest()[:8]}.bin"
    with replacing(GALLERY / name) as partial:
        partial.write_bytes(table.tobytes())
    return {"words": _words(labels["word"]), "file": name, "width": table.shape[1]}


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
