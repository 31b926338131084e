"""What the site's pages say, as plain data: architectures, documents, concepts, public names."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from _embedded import source as embedded
from _page import ROOT, table
from _speed_page import by_peer
from regenerate import FAMILIES

import results
import zoo
from zoo.core import errors
from zoo.data.registry import entry as dataset_entry
from zoo.inspection import concepts, model_card, recipe_card
from zoo.inspection.source_code import builder_source
from zoo.models.documents import DOCUMENTS, Document
from zoo.models.spec import CONCEPTS, ModelSpec
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import RECIPES

EXAMPLES = ROOT / "examples"
ALWAYS = ("dataset", "loss", "optimizer", "learning_rate", "epochs", "batch_size")
NOT_SETTINGS = ("name", "architecture", "summary", "expect", "seconds", "note", "limit", "report")
PACKAGES = ("zoo", "zoo.data", "zoo.training", "zoo.ensembling", "zoo.tuning", "zoo.exporting")
ROOMS = {  # room that defines a public name -> heading
    "zoo": "Architectures",
    "models": "Architectures",
    "recipes": "Recipes",
    "data": "Data",
    "training": "Training",
    "experiments": "Runs",
    "inspection": "Look inside",
    "tensorboard": "TensorBoard",
    "tuning": "Search, ensembles, exports",
    "ensembling": "Search, ensembles, exports",
    "exporting": "Search, ensembles, exports",
    "forecasting": "Search, ensembles, exports",
    "core": "Errors",
}


def slug(key: str) -> str:
    """A key as a file's name: `arXiv:1409.4842` is `arXiv-1409.4842`."""
    return re.sub(r"[^\w.-]", "-", key)


@dataclass(frozen=True)
class Lesson:
    """A script under examples/."""

    path: Path
    title: str
    text: str

    @property
    def page(self) -> str:
        """Its page, without the ending."""
        return f"lessons/{self.path.relative_to(EXAMPLES).with_suffix('')}"


@dataclass(frozen=True)
class Public:
    """A public name.

    Attributes:
        name: As users write it: `zoo.fit`.
        heading: The group it is listed in.
        kind: What Sphinx documents it as: function, class, exception or data.
        summary: The first line of its docstring.
    """

    name: str
    heading: str
    kind: str
    summary: str


class Facts:
    """Everything the pages say that is not in their templates."""

    @cached_property
    def entries(self) -> list[ModelSpec]:
        return [zoo.spec(name) for name in zoo.list_models()]

    @cached_property
    def families(self) -> dict[str, list[ModelSpec]]:
        """Title of a family -> its architectures, in the catalog's order."""
        return {
            title: [entry for entry in self.entries if entry.family == family]
            for family, title in FAMILIES.items()
        }

    @cached_property
    def scores(self) -> pd.DataFrame:
        return results.RESULTS.read()

    @cached_property
    def lessons(self) -> list[Lesson]:
        found = []
        for path in sorted(EXAMPLES.glob("*/plot_*.py")):
            text = path.read_text(encoding="utf-8")
            title = re.search(r'^r?"""\s*\n?\s*(.+)', text)
            found.append(Lesson(path, title[1].strip('" ') if title else path.stem, text))
        return found

    def result(self, entry: ModelSpec) -> list[tuple[str, str]]:
        """What its recipe reaches on the data that ships: words and numbers."""
        if not entry.recipe:
            return []
        rows = self.scores[
            (self.scores["recipe"] == entry.recipe)
            & (self.scores["data"] == embedded(entry.recipe))
            & (self.scores["metric"] == results.leading(entry.recipe))
        ]
        if rows.empty:
            return []
        mean = rows[["model", "best_possible", "baseline"]].mean()
        other = "baseline" if pd.isna(mean["best_possible"]) else "best_possible"
        said = [(f"test {rows['metric'].iloc[0].replace('_', ' ')}", f"{mean['model']:.4g}")]
        if not pd.isna(mean[other]):
            said.append((other.replace("_", " "), f"{mean[other]:.4g}"))
        return said

    def scores_table(self, entry: ModelSpec) -> str:
        """Every score of its recipes, as docs/results.md has it; empty without any."""
        rows = self.scores[self.scores["recipe"].isin(model_card.recipes_of(entry))]
        return results.markdown(rows) if len(rows) else ""

    def exports_table(self, entry: ModelSpec) -> str:
        """Size and latency of its exported files; empty where none were written."""
        frame = pd.read_csv(ROOT / "results" / "exports.csv")
        frame = frame[frame["architecture"] == entry.name].dropna(subset="bytes")
        written: list[Any] = list(frame.itertuples())
        rows = [
            [
                row.format,
                f"{row.bytes / 1000:,.1f}",
                f"{row.milliseconds:.3g}",
                f"{row.difference:.0e}" if row.difference else "0",
            ]
            for row in written
        ]
        heads = "format | size, kB: | one row, ms: | largest difference from Keras:"
        return table(heads, rows) if rows else ""

    def speed_table(self, entry: ModelSpec) -> str:
        """Seconds of an epoch by engine; empty where they were not measured."""
        frame = pd.read_csv(ROOT / "results" / "speed.csv")
        frame = frame[frame["recipe"].isin(model_card.recipes_of(entry))]
        engines = ["keras", "tf.data", "resident", "resident-xla"]
        seconds = by_peer(frame, "seconds").reindex(columns=engines)
        counts = frame.drop_duplicates("recipe")["rows"]
        rows = [
            [f"`{name}`", f"{count:,}", *map(_seconds, values)]
            for (name, values), count in zip(seconds.iterrows(), counts, strict=True)
        ]
        heads = "recipe | rows: | `fit`, arrays: | `fit`, tf.data: | resident: | resident-xla:"
        return table(heads, rows) if rows else ""

    def recipes(self, entry: ModelSpec) -> list[Recipe]:
        return [RECIPES.get(name) for name in model_card.recipes_of(entry)]

    def settings(self, recipe: Recipe) -> list[tuple[str, str]]:
        """The fields that matter or are not at their default, as text."""
        defaults = {field.name: field.default for field in dataclasses.fields(Recipe)}
        return [
            (name, _plain(value))
            for name, value in recipe.to_dict().items()
            if name not in NOT_SETTINGS
            and (name in ALWAYS or (value != defaults[name] and value not in ({}, [], "")))
        ]

    def about(self, recipe: Recipe) -> list[tuple[str, str]]:
        """Its data, cost and expected scores, whatever data this machine has."""
        told = ("architecture", "note", "limit", "arguments")
        return [fact for fact in recipe_card.facts(recipe, auto="") if fact[0] not in told]

    def why_untrained(self, entry: ModelSpec) -> str:
        return model_card.why_untrained(entry)

    def data_page(self, recipe: Recipe) -> str:
        return f"/datasets/{dataset_entry(recipe.dataset).folder}/README.md"

    def lessons_on(self, name: str) -> list[Lesson]:
        """The lessons whose code has this architecture's name as a string."""
        return [lesson for lesson in self.lessons if f'"{name}"' in lesson.text]

    def thread(self, document: Document) -> list[Lesson]:
        """The lessons that go through this document: `documents/plot_5_dlwp.py` of `dlwp-7.1`."""
        key = re.sub(r"\W", "_", document.key)
        return [
            lesson
            for lesson in self.lessons
            if lesson.path.parent.name == "documents"
            and key.startswith(re.sub(r"^plot_(\d+_)?", "", lesson.path.stem))
        ]

    def cited(self, document: Document, *, first: bool) -> list[ModelSpec]:
        """The architectures whose first document this is, or those that cite it further on."""
        return [
            entry
            for entry in self.entries
            if document in entry.documents and (entry.documents[0] == document) is first
        ]

    def says(self, document: Document) -> dict[str, str]:
        """Concept -> what the document says of it."""
        texts = ((key, concepts.text(key).documents) for key in CONCEPTS)
        return {key: said[document.key] for key, said in texts if document.key in said}

    def concept(self, key: str) -> Mapping[str, Any]:
        return concepts.as_dict(key)

    def source(self, entry: ModelSpec) -> str:
        return builder_source(entry)

    @cached_property
    def public(self) -> dict[str, list[Public]]:
        """Heading -> the public names under it."""
        groups: dict[str, list[Public]] = {heading: [] for heading in ROOMS.values()}
        for each in _public():
            groups[each.heading].append(each)
        return {heading: names for heading, names in groups.items() if names}

    documents = DOCUMENTS
    meanings = CONCEPTS


def _public() -> Iterator[Public]:
    seen: set[int] = set()
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            if id(value) not in seen:
                seen.add(id(value))
                yield _described(f"{package}.{name}", value, package)
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, errors.ZooError):
            yield _described(f"zoo.core.errors.{name}", value, "zoo.core")


def _described(name: str, value: Any, package: str) -> Public:
    documented = inspect.isclass(value) or inspect.isroutine(value)
    origin = value.__module__ if package == "zoo" else package
    heading = ROOMS[[*origin.split("."), "zoo"][1]]
    if inspect.isclass(value):
        kind = "exception" if issubclass(value, Exception) else "class"
    else:
        kind = "function" if documented else "data"
    doc = (inspect.getdoc(value) or "") if documented else ""
    return Public(name, heading, kind, doc.partition("\n\n")[0].replace("\n", " "))


def _seconds(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:.3g} s"


def _plain(value: Any) -> str:
    """A setting as people write it: `score_diff: mse`, `64, 32`."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_plain(each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return str(value)
