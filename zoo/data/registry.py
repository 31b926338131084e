"""Which datasets there are, which sources each has, and which module loads it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from zoo.core import plugins
from zoo.core.errors import UnknownNameError
from zoo.data.paths import dataset_home
from zoo.data.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from zoo.data.dataset import Dataset


class Loader(Protocol):
    """What a loader module offers."""

    def load(self, name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
        """Load dataset `name`; `folder` is its place in the data home."""
        ...

    def available(self, name: str, folder: Path, options: Mapping[str, Any]) -> bool:
        """Whether `load` would find what it needs; reads names, not contents."""
        ...


@dataclass(frozen=True)
class Entry:
    """One dataset: its folder's name, and its sources in `auto`'s order, the embedded one last.

    `described_in` is the folder of its card README.md; empty for the zoo's own datasets, whose
    cards stand under `datasets/`.
    """

    folder: str
    summary: str
    sources: Mapping[str, str] | tuple[Source, ...]  # a mapping: loader modules of the old form
    described_in: str = ""


_BASKETBALL = {"ncaa": "zoo.data.ncaa", "league": "zoo.data.league"}

_DRAWN = "zoo.data.drawn"
_DIGITS = {"mnist": "zoo.data.mnist", "drawn": _DRAWN}
_TEN_CLASSES = {"mnist": "zoo.data.mnist", "fashion": "zoo.data.fashion", "drawn": _DRAWN}

_MIXTURE = {"mixture": "zoo.data.mixture"}
_SHIPPED = "zoo.data.shipped_tables"
_SERIES = {"gunpoint": "zoo.data.gunpoint", "pulses": "zoo.data.pulses"}
_DISPLAYS = {"segments": "zoo.data.displays"}

DATASETS: dict[str, Entry] = {
    "basketball": Entry("basketball", "regular-season games, two views of each", _BASKETBALL),
    "tournament": Entry("basketball", "tournament games with seeds", _BASKETBALL),
    "reviews": Entry(
        "imdb",
        "film reviews, good or bad",
        {"films": "zoo.data.films", "opinions": "zoo.data.opinions"},
    ),
    "headlines": Entry(
        "tweets",
        "titles with their time, and whether they were shared",
        {"presidents": "zoo.data.presidents", "newsroom": "zoo.data.newsroom"},
    ),
    "tweet_pairs": Entry(
        "tweets",
        "pairs of tweets, letter by letter: the same author?",
        {"presidents": "zoo.data.presidents", "authors": "zoo.data.authors"},
    ),
    "questions": Entry(
        "babi",
        "short stories with a question to each",
        {"babi": "zoo.data.babi", "rooms": "zoo.data.rooms"},
    ),
    "posts": Entry(
        "text_attributes",
        "texts with their author's age, income group and gender",
        {"survey": "zoo.data.survey", "topics": "zoo.data.topics"},
    ),
    "novels": Entry(
        "stories",
        "passages of novels with genre and date",
        {"nouvelles": "zoo.data.nouvelles", "library": "zoo.data.library"},
    ),
    "sentence_pairs": Entry(
        "sentence_pairs",
        "pairs of sentences as word vectors: the same meaning?",
        {"stsb": "zoo.data.stsb", "paraphrases": "zoo.data.paraphrases"},
    ),
    "outlines": Entry("images", "gray pictures: is there a hole in the figure?", _DIGITS),
    "two_scales": Entry("images", "gray pictures whose label needs two scales", _DIGITS),
    "cloth": Entry("cloth", "cloth finely in gray and coarsely in color", {"drawn": _DRAWN}),
    "painted_shapes": Entry("images", "color pictures of ten classes", _TEN_CLASSES),
    "figures": Entry("images", "gray pictures, small patterns in large ones", _TEN_CLASSES),
    "hidden_shapes": Entry("images", "gray pictures of ten classes, cluttered", _TEN_CLASSES),
    "linear_map": Entry(
        "vectors", "vectors and a noisy linear map of them", {"planted": "zoo.data.linear_map"}
    ),
    "classes_32": Entry("vectors", "ten classes of 32 numbers", _MIXTURE),
    "classes_64": Entry(
        "vectors", "ten classes of 64 numbers", {"digits_8x8": _SHIPPED, **_MIXTURE}
    ),
    "classes_100": Entry("vectors", "ten classes of 100 numbers", _MIXTURE),
    "classes_20": Entry("vectors", "ten classes of 20 numbers", _MIXTURE),
    "binary_wide": Entry(
        "vectors", "two classes of 30 or 100 numbers", {"breast_cancer": _SHIPPED, **_MIXTURE}
    ),
    "binary_narrow": Entry(
        "vectors", "two classes of 10 numbers", {"diabetes": _SHIPPED, **_MIXTURE}
    ),
    "two_views": Entry(
        "vectors", "ten classes, each of two inputs a part", {"halves": "zoo.data.two_views"}
    ),
    "digits": Entry(
        "images",
        "digits as 784 gray levels",
        {"mnist": "zoo.data.mnist_digits", "fashion": "zoo.data.fashion_digits", **_DISPLAYS},
    ),
    "digit_videos": Entry(
        "images",
        "moving digits, a label for every frame",
        {"mnist": "zoo.data.mnist_digits", **_DISPLAYS},
    ),
    "series": Entry("sequences", "series of two classes", _SERIES),
    "noisy_series": Entry("sequences", "series of two classes and their clean values", _SERIES),
    "stereo": Entry(
        "depth",
        "pairs of pictures as two eyes see them, and the depth",
        {"motorcycle": "zoo.data.motorcycle", "stereograms": "zoo.data.stereograms"},
    ),
    "clothing": Entry(
        "clothing",
        "garments: metadata, description, picture and price",
        {"wardrobe": "zoo.data.wardrobe"},
    ),
}

plugins.restorable(DATASETS)


def add(name: str, new: Entry) -> None:
    """Add a dataset to the table, as plug-ins do.

    Raises:
        ValueError: the name is taken.
    """
    if name in DATASETS:
        raise ValueError(f"dataset {name!r} is registered already")
    DATASETS[name] = new


def dataset_names() -> list[str]:
    """The names that `zoo.data.load` takes."""
    plugins.load()
    return list(DATASETS)


def entry(name: str) -> Entry:
    """The table's entry of a dataset.

    Raises:
        UnknownNameError: no such dataset.
    """
    plugins.load()
    if name not in DATASETS:
        raise UnknownNameError("dataset", name, DATASETS)
    return DATASETS[name]


def sources(name: str) -> list[str]:
    """The sources of a dataset, in the order in which `auto` tries them.

    Raises:
        UnknownNameError: no such dataset.
    """
    known = entry(name).sources
    return [each.name for each in known] if isinstance(known, tuple) else list(known)


def loader(name: str, source: str) -> Source | Loader:
    """The source of that name.

    Raises:
        UnknownNameError: no such dataset or source.
    """
    if source not in sources(name):
        raise UnknownNameError(f"source of {name}", source, ["auto", *sources(name)])
    known = entry(name).sources
    if isinstance(known, tuple):
        return next(each for each in known if each.name == source)
    return cast("Loader", importlib.import_module(known[source]))


def choose_source(
    name: str, source: str, home: str | Path | None, options: Mapping[str, Any]
) -> str:
    """The source that `auto` stands for: the first available one; others stand for themselves.

    Raises:
        UnknownNameError: no such dataset or source.
    """
    if source != "auto":
        loader(name, source)
        return source
    folder = dataset_home(name, home)
    known = sources(name)
    for candidate in known[:-1]:
        found = loader(name, candidate)
        if isinstance(found, Source):
            there = found.available(folder, options)
        else:
            there = found.available(name, folder, options)
        if there:
            return candidate
    return known[-1]  # the embedded source needs nothing
