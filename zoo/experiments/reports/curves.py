"""How a training went: loss and metrics by epoch, drawn from the run's history.csv."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zoo.experiments.reports.parts import (
    BLUE,
    GRAY,
    ORANGE,
    few_ticks,
    figure,
    label,
    legend,
    panel,
    save,
    unit_of_metric,
    with_unit,
)
from zoo.experiments.runs import CURVES, HISTORY
from zoo.training.compile import direction, first_metrics

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from zoo.recipes.recipe import Recipe

MOST_DOTS = 40  # epochs of which each gets a dot
LOGARITHMIC_FROM = 50  # largest over smallest value


def draw_curves(recipe: Recipe, folder: Path) -> Path | None:
    """Draw `curves.png` into the run folder: training and validation, the best epoch marked.

    The panels are the loss, and the first metric of each output. The best epoch is that of the
    recipe's `monitor`.

    Returns:
        The picture; None if no epoch was completed.
    """
    try:
        history = pd.read_csv(folder / HISTORY)
    except (OSError, ValueError):  # no epoch: no file, or an empty one
        return None
    metrics = [name for name in first_metrics(recipe).values() if name != "loss"]
    shown = [name for name in ("loss", *metrics) if name in history]
    if history.empty or not shown:
        return None
    best = best_epoch(recipe, history)
    title = f"{recipe.name}: {_epochs(history)}"
    if best is not None:
        title += f"; best {recipe.monitor} in epoch {best}"
    drawn = figure(1, len(shown), width=6.4, height=2.6, title=title)
    named = {name: output for output, name in first_metrics(recipe).items() if name != "loss"}
    for index, name in enumerate(shown):
        axes = panel(drawn, 1, len(shown), index)
        _draw(axes, history, name, best)
        unit = unit_of_metric(recipe, named[name], name) if name in named else ""
        label(axes, "epoch" if index == len(shown) - 1 else "", with_unit(name, unit))
        if not index:
            legend(axes, loc="upper left", bbox_to_anchor=(1, 1))
    save(drawn, folder / CURVES)
    return folder / CURVES


def best_epoch(recipe: Recipe, history: pd.DataFrame) -> int | None:
    """The epoch with the best value of the recipe's monitor; None if it was never taken."""
    values = history.get(recipe.monitor)
    if values is None or values.isna().all():
        return None
    lower = direction(recipe) == "min"
    place = np.nanargmin(values) if lower else np.nanargmax(values)
    return int(history["epoch"].iloc[int(place)])


def _epochs(history: pd.DataFrame) -> str:
    count = len(history)
    return f"{count:,} epoch{'' if count == 1 else 's'}"


def _draw(axes: Axes, history: pd.DataFrame, name: str, best: int | None) -> None:
    """One value by epoch, of the training rows and of the validation rows."""
    drawn: list[np.ndarray] = []
    for column, words, color in ((name, "training", BLUE), (f"val_{name}", "validation", ORANGE)):
        if column not in history:
            continue
        known = history[["epoch", column]].dropna()  # some epochs may have no validation
        dots = "o" if len(known) <= MOST_DOTS else ""
        axes.plot(
            known["epoch"],
            known[column],
            marker=dots,
            markersize=3,
            linewidth=1.2,
            color=color,
            label=words,
        )
        drawn.append(known[column].to_numpy())
        if best is not None and column.startswith("val_"):
            at = known[known["epoch"] == best]
            axes.plot(at["epoch"], at[column], "o", color=color, markersize=7, fillstyle="none")
    if best is not None:
        axes.axvline(best, color=GRAY, linewidth=1, linestyle="--", label=f"epoch {best}")
    first, last = int(history["epoch"].iloc[0]), int(history["epoch"].iloc[-1])
    margin = max(0.5, 0.02 * (last - first))
    axes.set_xlim(first - margin, last + margin)
    few_ticks(axes, "x", whole=True)
    if _spans_decades(drawn):
        axes.set_yscale("log")
    else:
        few_ticks(axes, "y")


def _spans_decades(drawn: Sequence[np.ndarray]) -> bool:
    """Whether the large values would press the small ones into a flat line."""
    values = np.concatenate(drawn)
    return bool(values.min() > 0 and values.max() > LOGARITHMIC_FROM * values.min())
