"""A source: one way to obtain a dataset, such as its published files or a generator.

A loader says only what is particular to it: `load` turns a `Request` into a `Content`. Checking
the options, looking for the files, the card, the line that says what was read and the trivial
scores follow from what the `Source` declares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.dataset import Arrays, Dataset
from zoo.data.options import Option, checked
from zoo.data.references import trivial_scores

EMBEDDED = "embedded, generated, seed {seed}"


@dataclass(frozen=True)
class Request:
    """What a loader is asked for.

    Attributes:
        dataset: Name of the dataset, for loaders that serve several.
        folder: Where the dataset's files are; an embedded source leaves it alone.
        seed: Fixes the splits, and what a generator draws.
        options: A value for every option that the source declares.
        other: How to get the other source.
    """

    dataset: str
    folder: Path
    seed: int
    options: Mapping[str, Any]
    other: str = ""

    def need(self, *names: str) -> list[Path]:
        """The paths of files in the folder.

        Raises:
            DataError: some are missing; the message says how to get them.
        """
        missing = [name for name in names if not (self.folder / name).is_file()]
        if missing:
            raise DataError(
                f"{self.dataset}: {', '.join(missing)} not in {self.folder}; `zoo data fetch "
                f"{self.dataset}` gets the files; {self.other}"
            )
        return [self.folder / name for name in names]


@dataclass(frozen=True)
class Content:
    """What a loader returns.

    Attributes:
        splits, sizes, labels, truth, notes: As in `Dataset`.
        targets: Column -> `binary`, `classes` or `number`, for the trivial scores.
        references: Scores that the source knows itself, such as `best possible`.
        origin: What stands in the brackets of the origin line, where it is not the source's own.
    """

    splits: Mapping[str, Arrays]
    sizes: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    truth: Mapping[str, np.ndarray] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True)
class Source:
    """One way to obtain a dataset.

    Attributes:
        name: What `--data` takes.
        load: Reads or generates; raises DataError for what is damaged.
        files: Names in the dataset's folder that must be there, or a function of the folder and
            the options that says whether they are; empty for a source that needs no file.
        options: Option -> its default and range.
        origin: What the first line of a run says in brackets; may use {folder} and {seed}.
        other: How to get the other source, said at the end of that line.
    """

    name: str
    load: Callable[[Request], Content]
    files: tuple[str, ...] | Callable[[Path, Mapping[str, Any]], bool] = ()
    options: Mapping[str, Option] = field(default_factory=dict)
    origin: str = EMBEDDED
    other: str = ""

    def available(self, folder: Path, options: Mapping[str, Any]) -> bool:
        """Whether the files are there; looks at names, not contents."""
        if callable(self.files):
            return self.files(folder, options)
        return all((folder / name).is_file() for name in self.files)

    def dataset(
        self, dataset: str, folder: Path, seed: int, options: Mapping[str, Any], card: str
    ) -> Dataset:
        """Load the dataset from this source.

        Raises:
            UnknownNameError: an option that the source does not have.
            DataError: an option out of its range; a file that is missing or damaged.
        """
        chosen = checked(dataset, options, self.options)
        request = Request(dataset, folder, seed, chosen, self.other)
        if isinstance(self.files, tuple):
            request.need(*self.files)
        content = self.load(request)
        described = content.origin or self.origin.format(folder=folder, seed=seed)
        references = dict(content.references)
        if content.targets:
            references["trivial"] = trivial_scores(content.splits, content.targets)
        return Dataset(
            name=dataset,
            source=self.name,
            splits=content.splits,
            card=card,
            sizes=content.sizes,
            labels=content.labels,
            truth=content.truth,
            references=references,
            origin=f"data: {self.name} ({described})" + (f"; {self.other}" if self.other else ""),
            notes=content.notes,
        )
