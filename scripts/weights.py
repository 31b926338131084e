"""Write the weights that ship with the zoo, and their manifest.

    python scripts/weights.py [RECIPE...]
    python scripts/weights.py --check

One file for each recipe that trains on embedded data and whose file stays under 1 MB, from the
run of seed 0. A recipe whose weights are current is left alone, so a stopped command continues
where it was. `--check` trains and loads nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
from _embedded import load, train
from _embedded import source as embedded
from _page import Script

import results
import zoo
from zoo.core.files import replacing, write_text
from zoo.experiments import pretrained
from zoo.experiments.runs import Run
from zoo.experiments.setup import build_for
from zoo.models.abstract_build import abstract_build
from zoo.recipes import shipped_weights
from zoo.recipes.fields import as_json

BYTES = 4  # of a weight
COMPRESSED_FROM = 4096  # bytes of an array that is worth compressing


def eligible() -> list[str]:
    """Recipes whose weights may ship; stacked ones come after those that they read."""
    names = [name for name in zoo.list_recipes() if not name.endswith("_as_printed")]
    return sorted(names, key=lambda name: bool(zoo.recipe(name).stacked_on))


def measure(names: list[str], given: argparse.Namespace) -> int:
    for name in names:
        print(f"{name}: {(problem(name) and update(name)) or 'current'}", flush=True)
    for path in shipped_weights.FOLDER.glob("*.weights.h5"):  # of recipes that have gone or grown
        if path.name.removesuffix(".weights.h5") not in shipped_weights.manifest()["weights"]:
            path.unlink()
    return 0


def update(name: str) -> str:
    """Train a recipe, unless its weights are too large to ship; what was done."""
    recipe = zoo.recipe(name).for_source(embedded(name))
    with abstract_build():  # most large recipes are known without training
        size = BYTES * build_for(recipe, load(recipe)).count_params()
    if size <= shipped_weights.LIMIT:
        entry = written(name, train(name, results.SHIPPED_SEED))
        size = entry["bytes"]
        if size < shipped_weights.LIMIT:
            save(name, "weights", entry)
            return f"trained, {size:,} bytes"
        file_of(name).unlink()
    save(name, "larger", {"fingerprint": shipped_weights.fingerprint(recipe), "bytes": size})
    return f"{size:,} bytes, too large to ship"


def written(name: str, run: Run) -> dict[str, Any]:
    """Write the weights of a run; the manifest's entry."""
    recipe = run.record.recipe
    known = zoo.spec(recipe.architecture).defaults
    sizes = {key: size for key, size in run.record.data.sizes.items() if key in known}
    arguments = {**sizes, **recipe.arguments}
    model = zoo.build(recipe.architecture, **arguments)
    model.set_weights(run.model.get_weights())  # the trained model's file has its optimizer too
    with replacing(file_of(name)) as partial:
        write_weights(model, partial)
    split = pretrained.scored_split(run.metrics)
    return {
        "fingerprint": shipped_weights.fingerprint(recipe),
        "sha256": shipped_weights.sha256(file_of(name)),
        "bytes": file_of(name).stat().st_size,
        "architecture": recipe.architecture,
        "arguments": arguments,
        "parameters": model.count_params(),
        "data": {key: getattr(run.record.data, key) for key in ("name", "source", "fingerprint")},
        "seed": run.record.seed,
        "epochs": run.record.epochs_run,
        "split": split,
        "scores": run.metrics[split],
        "versions": dict(run.record.versions),
        "machine": as_json(run.record.machine),
    }


def write_weights(model: Any, path: Path) -> None:
    """A Keras weights file, packed: Keras's own spends kilobytes on every layer."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.weights.h5"
        model.save_weights(plain)
        with h5py.File(plain) as source, h5py.File(path, "w", libver="latest") as packed:

            def copy(key: str, item: Any) -> None:
                if isinstance(item, h5py.Group):
                    packed.create_group(key).attrs.update(item.attrs)
                else:
                    large = item.nbytes >= COMPRESSED_FROM
                    filters: Any = {"compression": "gzip", "shuffle": True} if large else {}
                    packed.create_dataset(key, data=item[()], **filters)

            packed.attrs.update(source.attrs)
            source.visititems(copy)


def file_of(name: str) -> Path:
    return shipped_weights.FOLDER / f"{name}.weights.h5"


def save(name: str, table: str, entry: dict[str, Any]) -> None:
    """Put a recipe's entry into one table of the manifest alone, in the recipes' order."""
    found = {
        key: {**entries, name: entry} if key == table else {**entries, name: None}
        for key, entries in shipped_weights.manifest().items()
    }
    ordered = {
        key: {each: entries[each] for each in zoo.list_recipes() if entries.get(each)}
        for key, entries in found.items()
    }
    write_text(shipped_weights.MANIFEST, json.dumps(ordered, indent=1, ensure_ascii=False) + "\n")
    shipped_weights.manifest.cache_clear()


def problem(name: str) -> str:
    """Why a recipe's weights are not current; empty if they are."""
    fingerprint = shipped_weights.fingerprint(zoo.recipe(name).for_source(embedded(name)))
    larger = shipped_weights.manifest()["larger"].get(name)
    if larger and larger["fingerprint"] == fingerprint:
        return ""
    entry = shipped_weights.shipped(name)
    if entry is None:
        return "no weights"
    if entry["fingerprint"] != fingerprint:
        return "its recipe has changed since"
    path = file_of(name)
    if not path.is_file():
        return f"{path.name} is missing"
    return "" if shipped_weights.sha256(path) == entry["sha256"] else f"{path.name} has changed"


def stale() -> Iterator[str]:
    """What is not current, a line each."""
    for name in eligible():
        why = problem(name)
        if why:
            yield f"{name}: {why}; run: python scripts/weights.py {name}"
    shipped = shipped_weights.manifest()["weights"]
    for name in set(shipped) - set(eligible()):
        yield f"{name}: is in the manifest but is not a recipe"
    for path in shipped_weights.FOLDER.glob("*.weights.h5"):
        if path.name.removesuffix(".weights.h5") not in shipped:
            yield f"{path.name}: is not in the manifest"
    yield from _other_data(shipped)


def _other_data(shipped: dict[str, Any]) -> Iterator[str]:
    """Weights trained on other data than the results in results.csv."""
    frame = results.RESULTS.read().drop_duplicates(["recipe", "data"])
    known = {(row.recipe, row.data): row.fingerprint for row in frame.itertuples()}
    for name, entry in shipped.items():
        data = entry["data"]
        found = known.get((name, data["source"]))
        if found and not data["fingerprint"].startswith(str(found)):
            yield f"{name}: its data differs from results.csv"


SCRIPT = Script(str(__doc__), measure=measure, cases=eligible, problems=stale)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
