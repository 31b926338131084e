"""The datasets: which there are, which sources each has, and `load`.

Each dataset registers itself: its file under `zoo/data/<kind>/` calls `register`. `zoo.data`
imports all of these files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zoo.core.errors import DataError, UnknownNameError
from zoo.core.registry import Registry
from zoo.data.dataset import Dataset
from zoo.data.references import trivial_scores
from zoo.data.source import Request, Source

VARIABLE = "ZOO_DATA_HOME"


@dataclass(frozen=True)
class Entry:
    """One dataset.

    Attributes:
        name: What `zoo.data.load` takes.
        folder: Its folder in the data home and under `datasets/`; datasets made from the same
            files share it.
        summary: A few words for the list of datasets.
        sources: In the order in which `auto` tries them; the last one needs no file.
        described_in: The folder of README.md, for a plug-in's dataset.
    """

    name: str
    folder: str
    summary: str
    sources: tuple[Source, ...]
    described_in: str = ""

    def source(self, name: str) -> Source:
        """The source of that name.

        Raises:
            UnknownNameError: no such source.
        """
        for each in self.sources:
            if each.name == name:
                return each
        names = [each.name for each in self.sources]
        raise UnknownNameError(f"source of {self.name}", name, ["auto", *names])

    def other(self, source: Source) -> str:
        """How to get other data than this source's."""
        first, embedded = self.sources[0], self.sources[-1]
        if source is not embedded:
            return f"for the embedded data: --data {embedded.name}"
        if source is first:
            return ""
        get = f"zoo data fetch {self.name}" if first.reads_files else f"--data {first.name}"
        return f"for real data: {get}"


DATASETS: Registry[Entry] = Registry("dataset", "zoo data list")
dataset_names = DATASETS.names
entry = DATASETS.get
register = DATASETS.register


def sources(name: str) -> list[str]:
    """The sources of a dataset, in the order in which `auto` tries them.

    Raises:
        UnknownNameError: no such dataset.
    """
    return [each.name for each in entry(name).sources]


def data_home(home: str | Path | None = None) -> Path:
    """The folder that holds downloaded data: `home`, `$ZOO_DATA_HOME`, or the user's cache.

    Raises:
        DataError: it is a file, or in the home of a user who is not there.
    """
    chosen = home or os.environ.get(VARIABLE)
    if chosen:
        try:
            found = Path(chosen).expanduser()
            is_file = found.exists() and not found.is_dir()
        except (RuntimeError, ValueError, OSError) as error:  # no such user, a zero byte
            raise DataError(f"data home {str(chosen)!r}: {error}") from error
        if is_file:
            raise DataError(f"data home {found} is a file, not a folder")
        return found
    from platformdirs import user_cache_path

    return user_cache_path("functional-zoo", appauthor=False)


def dataset_home(name: str, home: str | Path | None = None) -> Path:
    """The folder of one dataset's files.

    Raises:
        UnknownNameError: no such dataset.
    """
    return data_home(home) / entry(name).folder


def described_in(name: str) -> Path:
    """The folder that holds the dataset's README.md and, where it can be fetched, manifest.json.

    Raises:
        UnknownNameError: no such dataset.
        DataError: the installation lacks it.
    """
    found = entry(name)
    package = Path(__file__).resolve().parent.parent  # the wheel has the READMEs inside
    places = [package / "_datasets" / found.folder, package.parent / "datasets" / found.folder]
    places = [Path(found.described_in)] if found.described_in else places
    for place in places:
        if (place / "README.md").is_file():
            return place
    looked = " and ".join(map(str, places))
    raise DataError(f"the README of dataset {name} is missing: looked in {looked}")


def card(name: str) -> str:
    """The text of the dataset's README: origin, license, columns, units.

    Raises:
        UnknownNameError: no such dataset.
        DataError: the installation lacks it.
    """
    return (described_in(name) / "README.md").read_text(encoding="utf-8")


def choose_source(
    name: str, source: str, home: str | Path | None, options: Mapping[str, Any]
) -> str:
    """The source that `auto` means: the first available one; other names are returned as they are.

    Raises:
        UnknownNameError: no such dataset or source.
    """
    found = entry(name)
    if source != "auto":
        return found.source(source).name
    request = Request(name, dataset_home(name, home), 0, options)
    *others, embedded = found.sources
    return next((each for each in others if each.is_there(request)), embedded).name


def load(
    name: str,
    source: str = "auto",
    home: str | Path | None = None,
    seed: int = 0,
    **options: Any,
) -> Dataset:
    """Load a dataset as splits of arrays with the rows on axis 0.

    Args:
        name: One of `dataset_names()`.
        source: One of `sources(name)`, or `auto`: real data where its files are on disk, the
            embedded data otherwise. `Dataset.origin` says which was taken.
        home: The data home; default `$ZOO_DATA_HOME`, else the user's cache folder.
        seed: Fixes the splits, and what an embedded source generates; not negative.
        **options: Options of the dataset, such as `train_until=2010` for `tournament`.

    Raises:
        UnknownNameError: no such dataset, source or option.
        DataError: a file is missing or damaged (file, line and column are named), or an option
            has no usable value.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise DataError(f"{name}: the data seed must be a whole number of 0 or more, not {seed!r}")
    found = entry(name)
    chosen = found.source(choose_source(name, source, home, options))
    folder, other = dataset_home(name, home), found.other(chosen)
    request = Request(name, folder, seed, chosen.checked(name, options), other)
    request.need(*chosen.files)
    content = chosen.load(request)
    place = folder if chosen.reads_files else f"embedded, generated, seed {seed}"
    trivial = trivial_scores(content.splits, content.targets) if content.targets else None
    return Dataset(
        name=name,
        source=chosen.name,
        splits=content.splits,
        card=card(name),
        sizes=content.sizes,
        columns=content.columns,
        labels=content.labels,
        vectors=content.vectors,
        truth=content.truth,
        references={**content.references, **({"trivial": trivial} if trivial else {})},
        origin=f"data: {chosen.name} ({content.origin or place})" + (f"; {other}" if other else ""),
        notes=content.notes,
    )
