"""What else a finished run shows: a picture in its folder, sometimes a table and a file.

Every run gets one picture, `picture.png`. A recipe's `report` names what is on it; without one
it shows each output's predictions against the truth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.errors import UnknownNameError

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset
    from zoo.recipes.recipe import Recipe

PICTURE = "picture.png"

# name -> module of this package; its `write` does the work
REPORTS = {
    "answers": "answers",
    "heads": "heads",
    "images": "images",
    "signals": "signals",
    "strengths": "strengths",
}


@dataclass(frozen=True)
class Finished:
    """A trained model and the rows that it is shown on: those of the test split, if there is one.

    Attributes:
        inputs, targets: By name, rows on axis 0.
        predicted: Predictions by output.
    """

    recipe: Recipe
    model: keras.Model
    dataset: Dataset
    inputs: Mapping[str, np.ndarray]
    targets: Mapping[str, np.ndarray]
    predicted: Mapping[str, np.ndarray]

    def names(self, tensor: str) -> Sequence[str]:
        """What the ids of an input or output stand for; empty where the data does not say."""
        known = (tensor, *self.recipe.columns.get(tensor, ()))
        return next((self.dataset.labels[key] for key in known if key in self.dataset.labels), ())


@dataclass(frozen=True)
class Table:
    """A short table to print."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def write(finished: Finished, folder: Path) -> Table | None:
    """Write the report that the recipe names into the run folder.

    Returns:
        A table to print, if the report has one.

    Raises:
        UnknownNameError: no such report.
    """
    name = finished.recipe.report or "heads"
    if name not in REPORTS:
        raise UnknownNameError("report", name, REPORTS)
    return import_module(f"zoo.experiments.reports.{REPORTS[name]}").write(finished, folder)
