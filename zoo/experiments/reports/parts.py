"""What the reports of finished runs are made of: the run, a table to print, a figure to draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from textwrap import fill, shorten
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.core.files import replacing
from zoo.models.registry import spec
from zoo.training.compile import first_metrics

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from zoo.data.dataset import Dataset
    from zoo.recipes.recipe import Recipe

INK = "#30363d"
BLUE = "#0072b2"  # with orange, told apart by color-blind readers
ORANGE = "#d55e00"
GREEN = "#009e73"
PINK = "#cc79a7"
GRAY = "#b0b7bf"

SMALL, MEDIUM, LARGE = 8, 9, 11  # points: ticks, axes and panels, the figure's title
WIDTH = 0.5  # of a narrow character, as a share of its height
LONGEST_NAME = 24  # characters of a class's name
IN_UNITS = ("mae", "mean_absolute_error", "root_mean_squared_error")  # as the output itself is


@dataclass(frozen=True)
class Finished:
    """A trained model and the rows that it is shown on: those of the test split, if there is one.

    Attributes:
        inputs, targets: By name, rows on axis 0.
        predicted: Predictions by output.
        split: Which rows these are.
        scores: Metric -> value on these rows.
    """

    recipe: Recipe
    model: keras.Model
    dataset: Dataset
    inputs: Mapping[str, np.ndarray]
    targets: Mapping[str, np.ndarray]
    predicted: Mapping[str, np.ndarray]
    split: str = "test"
    scores: Mapping[str, float] = field(default_factory=dict)

    def names(self, tensor: str) -> Sequence[str]:
        """What the ids of an input or output mean; empty where the data does not say."""
        known = (tensor, *self.recipe.columns.get(tensor, ()))
        return next((self.dataset.labels[key] for key in known if key in self.dataset.labels), ())

    def unit(self, tensor: str) -> str:
        """The unit of an input's or output's numbers; empty for none, and for probabilities."""
        return unit_of(self.recipe, tensor)

    def score(self, output: str) -> str:
        """The first metric of an output in words, such as `mae 8.721 points`; empty if unknown."""
        name = first_metrics(self.recipe).get(output, "")
        if name not in self.scores:
            return ""
        unit = unit_of_metric(self.recipe, output, name)
        value = self.scores[name]
        number = f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
        return f"{name.removeprefix(f'{output}_')} {number} {unit}".rstrip()

    @property
    def title(self) -> str:
        """The recipe, its data, and the score where there is one output."""
        begins = f"{self.recipe.name} on {self.dataset.source}"
        outputs = list(self.targets)
        if len(outputs) > 1:
            return f"{begins}, {self.split} rows"
        return f"{begins}: {self.split} {self.score(outputs[0]) or 'rows'}"


def unit_of(recipe: Recipe, tensor: str) -> str:
    """The unit of an input's or output's numbers; empty for none, and for probabilities."""
    sized = spec(recipe.architecture).resolved(recipe.arguments)
    units = {each.name: each.unit for each in (*sized.inputs, *sized.outputs)}
    return units.get(tensor, "").replace("probability", "")


def unit_of_metric(recipe: Recipe, output: str, name: str) -> str:
    """The unit of a metric as training reports it: the output's, or none."""
    metric = name.removeprefix(f"{output}_")
    return unit_of(recipe, output) if metric in IN_UNITS else ""


@dataclass(frozen=True)
class Table:
    """A short table to print."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def figure(
    columns: int = 1, rows: int = 1, *, width: float = 4.6, height: float = 3.8, title: str = ""
) -> Figure:
    """An empty figure for `columns` x `rows` panels of the given size in inches.

    The title is put on as many lines as it needs; they come on top of the panels' height.
    """
    from matplotlib.figure import Figure

    across = width * columns
    lines = wrapped(title, across - 0.3, LARGE)
    above = (lines.count("\n") + 1) * 1.4 * LARGE / 72 if lines else 0
    drawn = Figure(figsize=(across, height * rows + above), layout="constrained", dpi=110)
    if lines:
        drawn.suptitle(lines, fontsize=LARGE, color=INK)
    return drawn


def wrapped(text: str, inches: float, points: float) -> str:
    """The text on lines that are no wider, at a size in points."""
    most = max(4, int(inches * 72 / (points * WIDTH)))
    while True:
        lines = fill(text, most)
        if most <= 4 or all(_width(line, points) <= inches for line in lines.splitlines()):
            return lines
        most -= max(1, most // 10)


@cache
def _width(line: str, points: float) -> float:
    """Inches of a line in matplotlib's font."""
    from matplotlib.textpath import TextPath

    return TextPath((0, 0), line, size=points).get_extents().width / 72


def short(text: str, most: int = LONGEST_NAME) -> str:
    """A name on one line of at most `most` characters."""
    words = " ".join(str(text).split()).replace("$", r"\$")  # matplotlib reads formulas
    cut = shorten(words, most, placeholder="…")
    return cut if len(cut) > most / 2 or len(words) <= most else f"{words[: most - 1]}…"


def panel(parent: Figure, columns: int, rows: int, index: int, title: str = "") -> Axes:
    """Panel number `index`, counted from 0, row by row."""
    axes = parent.add_subplot(rows, columns, index + 1)
    axes.set_title(title, fontsize=MEDIUM + 1, color=INK)
    axes.tick_params(labelsize=SMALL, colors=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return axes


def label(axes: Axes, x: str, y: str = "") -> None:
    """Name the axes."""
    axes.set_xlabel(x, fontsize=MEDIUM, color=INK)
    axes.set_ylabel(y, fontsize=MEDIUM, color=INK)


def with_unit(text: str, unit: str) -> str:
    """What an axis is called, with the unit of its numbers."""
    return f"{text} ({unit})" if unit else text


def few_ticks(axes: Axes, which: str = "both", *, whole: bool = False) -> None:
    """At most six numbers along an axis, written out: `12,500`, without a common offset."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for name in "xy" if which == "both" else which:
        axis = getattr(axes, f"{name}axis")
        axis.set_major_locator(MaxNLocator(5, integer=whole, min_n_ticks=1))
        axis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value)))


def _tick(value: float) -> str:
    small = 0 < abs(value) < 1e-4
    return f"{value:.3g}" if small or abs(value) >= 1e6 else f"{value:,.8g}"


def legend(axes: Axes, **options: Any) -> None:
    """A legend that the data do not run under."""
    axes.legend(fontsize=SMALL, frameon=False, labelcolor=INK, **options)


def bare(axes: Axes) -> None:
    """Take the ticks and frame away, for panels that hold an image."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)


def save(drawn: Figure, path: Path) -> None:
    """Write the figure as PNG, without the date that would make every file differ."""
    metadata: dict[str, Any] = {"Software": None, "Creation Time": None}
    drawn.draw_without_rendering()  # the layout of images settles in the second pass
    with replacing(path) as partial:
        drawn.savefig(partial, format="png", metadata=metadata)
