"""Predictions against the truth: a cloud for numbers, a confusion matrix for classes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np

from zoo.baselines.estimators import classifies
from zoo.experiments.reports.parts import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PINK,
    SMALL,
    Finished,
    Table,
    few_ticks,
    figure,
    label,
    legend,
    panel,
    save,
    short,
    with_unit,
)
from zoo.experiments.runs import PICTURE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLORS = (BLUE, ORANGE, GREEN, PINK)
MOST_POINTS = 2_000  # more would only darken the cloud
MOST_CLASSES = 20  # whose names and numbers still fit
CELL = 0.3  # inches of a class in a matrix
ANSWERS = 8  # rows of the table
PADDING = 0  # a text's word id


def heads(finished: Finished, folder: Path) -> None:
    """Every output's predictions against the truth: scatter for numbers, confusion for classes."""
    outputs = list(finished.targets)
    several = len(outputs) > 1
    side = max(_side(finished, output) for output in outputs)
    width = max(4.6 if several else 5.2, side + 0.8)
    drawn = figure(len(outputs), width=width, height=side, title=finished.title)
    for index, output in enumerate(outputs):
        score = finished.score(output) if several else ""
        axes = panel(drawn, len(outputs), 1, index, f"{output}: {score}" if score else output)
        truth, predicted = finished.targets[output], finished.predicted[output]
        if _is_matrix(finished, output):
            confusion(axes, truth, predicted, finished.names(output))
        else:
            columns = finished.recipe.columns.get(output, ())
            scatter(axes, truth, predicted, finished.unit(output), columns)
    save(drawn, folder / PICTURE)


def _is_matrix(finished: Finished, output: str) -> bool:
    truth, predicted = finished.targets[output], finished.predicted[output]
    return classifies(finished.recipe.loss[output]) or truth.size != predicted.size


def _side(finished: Finished, output: str) -> float:
    """Inches of the output's panel: a matrix needs room for its cells and for their names."""
    classes = max(2, finished.predicted[output].shape[-1])
    if not _is_matrix(finished, output) or classes > MOST_CLASSES:
        return 3.8
    longest = max((len(short(name)) for name in finished.names(output)), default=1)
    return max(3.8, CELL * classes + 0.9 + longest * 0.065)


def scatter(
    axes: Axes,
    truth: np.ndarray,
    predicted: np.ndarray,
    unit: str = "",
    columns: Sequence[str] = (),
) -> None:
    """Predicted over true value, a dot per number (about MOST_POINTS), and the diagonal.

    Args:
        columns: Names of a few values side by side, each of which gets a color.
    """
    groups = columns if len(columns) == truth.shape[-1] and 1 < len(columns) <= len(COLORS) else ()
    shape = (-1, len(groups) or 1)
    true, guess = truth.reshape(shape), predicted.reshape(shape)
    every = max(1, true.size // MOST_POINTS)
    ends = [float(min(true.min(), guess.min())), float(max(true.max(), guess.max()))]
    axes.plot(ends, ends, color=INK, linewidth=1)
    for column in range(true.shape[1]):
        axes.plot(
            true[::every, column],
            guess[::every, column],
            ".",
            color=COLORS[column],
            alpha=0.35,
            markersize=4,
            label=short(groups[column]) if groups else None,
        )
    axes.set(xlim=_padded(ends), ylim=_padded(ends))
    if groups:
        legend(axes, loc="upper left", markerscale=2)
    few_ticks(axes)
    label(axes, with_unit("true", unit), with_unit("predicted", unit))


def _padded(ends: Sequence[float]) -> tuple[float, float]:
    """The ends with a margin, so that a single value also has a place of its own."""
    low, high = ends
    margin = 0.04 * (high - low) or max(1.0, abs(high)) * 0.5
    return low - margin, high + margin


def confusion(
    axes: Axes, truth: np.ndarray, predicted: np.ndarray, names: Sequence[str] = ()
) -> None:
    """Share of each true class (a row of the matrix) that is given each class (a column)."""
    true, guess, classes = _ids(truth, predicted)
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (true, guess), 1)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shown = axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    if classes > MOST_CLASSES:
        few_ticks(axes, whole=True)
        label(axes, "predicted class, by number", "true class, by number")
        bar = axes.figure.colorbar(shown, ax=axes, shrink=0.8)
        bar.ax.tick_params(labelsize=SMALL, colors=INK)
        bar.set_label("share of the true class", fontsize=SMALL, color=INK)
        return
    words = [short(name) for name in names] if len(names) == classes else []
    ticks = words or [str(each) for each in range(classes)]
    axes.set_xticks(range(classes), ticks, rotation=90 if _long(ticks) else 0)
    axes.set_yticks(range(classes), ticks)
    label(axes, "predicted (% of the true class)", "true")
    for row, column in np.argwhere(counts):
        axes.text(
            column,
            row,
            _percent(share[row, column]),
            ha="center",
            va="center",
            fontsize=SMALL - 1,
            color="white" if share[row, column] > 0.5 else INK,
        )


def _long(ticks: Sequence[str]) -> bool:
    """Whether names of classes need more room than a cell is wide."""
    return len(ticks) > 2 and max(map(len, ticks)) > 3


def _percent(share: float) -> str:
    return "<1" if 0 < share < 0.005 else f"{100 * share:.0f}"


def _ids(truth: np.ndarray, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """True and predicted class ids, both flat, and how many classes there are."""
    if predicted.shape[-1] == 1:
        return (truth > 0.5).ravel().astype(int), (predicted > 0.5).ravel().astype(int), 2
    classes = predicted.shape[-1]
    guess = predicted.reshape(-1, classes).argmax(axis=1)
    if truth.shape[-1] == classes and truth.ndim == predicted.ndim:
        return truth.reshape(-1, classes).argmax(axis=1), guess, classes
    return truth.ravel().astype(np.int64), guess, classes


def answers(finished: Finished, folder: Path) -> Table:
    """The confusion of the answers; the first cases as a table to print."""
    heads(finished, folder)
    (output,) = finished.targets
    truth, predicted = finished.targets[output], finished.predicted[output]
    names = _vocabulary(finished, output)
    true, guess, _ = _ids(truth, predicted)
    rows = [
        (
            *(_words(array[row], _vocabulary(finished, name)) for name, array in _texts(finished)),
            _name(int(true[row]), names),
            _name(int(guess[row]), names),
        )
        for row in range(min(ANSWERS, len(truth)))
    ]
    header = (*(name for name, _ in _texts(finished)), "true", "predicted")
    return Table(f"Answered questions of the {finished.split} split", header, tuple(rows))


def _texts(finished: Finished) -> list[tuple[str, np.ndarray]]:
    """The inputs that hold word ids."""
    return [(name, array) for name, array in finished.inputs.items() if array.dtype.kind == "i"]


def _vocabulary(finished: Finished, output: str) -> Sequence[str]:
    return finished.names(output) or finished.dataset.labels.get("word", ())


def _words(ids: np.ndarray, vocabulary: Sequence[str]) -> str:
    words = [_name(int(each), vocabulary) for each in ids.ravel() if each != PADDING]
    return "... " * (len(words) > 10) + shorten(" ".join(words[-10:]), 60, placeholder=" ...")


def _name(number: int, vocabulary: Sequence[str]) -> str:
    return vocabulary[number] if number < len(vocabulary) else str(number)
