"""What the reports of finished runs are made of: the run, a table to print, a figure to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.core.files import replacing

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from zoo.data.dataset import Dataset
    from zoo.recipes.recipe import Recipe

PICTURE = "picture.png"
INK = "#30363d"
BLUE = "#0072b2"  # with orange, told apart by color-blind readers
ORANGE = "#d55e00"
GRAY = "#b0b7bf"


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
        """What the ids of an input or output mean; empty where the data does not say."""
        known = (tensor, *self.recipe.columns.get(tensor, ()))
        return next((self.dataset.labels[key] for key in known if key in self.dataset.labels), ())


@dataclass(frozen=True)
class Table:
    """A short table to print."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def figure(columns: int = 1, rows: int = 1, *, width: float = 4.2, height: float = 3.8) -> Figure:
    """An empty figure for `columns` x `rows` panels of the given size in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width * columns, height * rows), layout="constrained", dpi=110)


def panel(parent: Figure, columns: int, rows: int, index: int, title: str = "") -> Axes:
    """Panel number `index`, counted from 0, row by row."""
    axes = parent.add_subplot(rows, columns, index + 1)
    axes.set_title(title, fontsize=10, color=INK)
    axes.tick_params(labelsize=8, colors=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return axes


def bare(axes: Axes) -> None:
    """Take the ticks and frame away, for panels that hold an image."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def save(drawn: Figure, path: Path) -> None:
    """Write the figure as PNG, without the date that would make every file differ."""
    metadata: dict[str, Any] = {"Software": None, "Creation Time": None}
    with replacing(path) as partial:
        drawn.savefig(partial, format="png", metadata=metadata)
