"""Every output's predictions against the truth: scatter for numbers, confusion for classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zoo.experiments.reports import PICTURE, Finished, canvas

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_POINTS = 2_000  # more would only darken the cloud
MOST_WORDS = 20  # classes whose names and counts still fit


def write(finished: Finished, folder: Path) -> None:
    """Draw one panel per output."""
    outputs = list(finished.targets)
    drawn = canvas.figure(len(outputs))
    for index, output in enumerate(outputs):
        axes = canvas.panel(drawn, len(outputs), 1, index, output)
        truth, predicted = finished.targets[output], finished.predicted[output]
        if finished.recipe.loss[output].endswith("crossentropy"):
            confusion(axes, truth, predicted, finished.names(output))
        else:
            scatter(axes, truth, predicted)
    canvas.save(drawn, folder / PICTURE)


def scatter(axes: Axes, truth: np.ndarray, predicted: np.ndarray) -> None:
    """Predicted over true value, a dot per row (at most MOST_POINTS), and the diagonal."""
    true, guess = truth.ravel(), predicted.ravel()
    every = max(1, len(true) // MOST_POINTS)
    axes.plot(true[::every], guess[::every], ".", color=canvas.BLUE, alpha=0.35, markersize=4)
    ends = [float(true.min()), float(true.max())]
    axes.plot(ends, ends, color=canvas.INK, linewidth=1)
    axes.set_xlabel("true", fontsize=9)
    axes.set_ylabel("predicted", fontsize=9)


def confusion(
    axes: Axes, truth: np.ndarray, predicted: np.ndarray, names: Sequence[str] = ()
) -> None:
    """Share of each true class (a row of the matrix) that is given each class (a column)."""
    if predicted.shape[-1] == 1:
        true, guess = (truth > 0.5).ravel().astype(int), (predicted > 0.5).ravel().astype(int)
        classes = 2
    else:
        classes = predicted.shape[-1]
        guess = predicted.reshape(-1, classes).argmax(axis=1)
        one_hot = truth.shape[-1] == classes and truth.ndim == predicted.ndim
        true = (
            truth.reshape(-1, classes).argmax(axis=1) if one_hot else truth.ravel().astype(np.int64)
        )
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (true, guess), 1)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    axes.set_xlabel("predicted", fontsize=9)
    axes.set_ylabel("true", fontsize=9)
    if classes > MOST_WORDS:
        return
    words = list(names) if len(names) == classes else []
    ticks = words or [str(each) for each in range(classes)]
    axes.set_xticks(range(classes), ticks, rotation=90 if words and classes > 2 else 0)
    axes.set_yticks(range(classes), ticks)
    for row, column in np.ndindex(classes, classes):
        if counts[row, column]:
            color = "white" if share[row, column] > 0.5 else canvas.INK
            text = f"{counts[row, column]}"
            axes.text(column, row, text, ha="center", va="center", fontsize=7, color=color)
