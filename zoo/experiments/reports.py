"""What else a finished run shows: a picture in its folder, sometimes a table and a file.

Every run gets one picture, `picture.png`. A recipe's `report` names what is on it; without one
it shows each output's predictions against the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from zoo._keras import keras
from zoo.baselines.estimators import classifies
from zoo.core.errors import UnknownNameError
from zoo.core.files import write_text
from zoo.experiments.report_parts import (
    BLUE,
    GRAY,
    INK,
    ORANGE,
    PICTURE,
    Finished,
    Table,
    bare,
    figure,
    panel,
    save,
)
from zoo.experiments.samples import samples

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MOST_POINTS = 2_000  # more would only darken the cloud
MOST_WORDS, ANSWERS = 20, 8  # classes whose names and counts still fit; rows of the table
PICTURES = 8, 4  # columns and rows
SIGNALS = 4
LADDER = 20  # teams on the picture
PADDING = 0  # a text's word id


def heads(finished: Finished, folder: Path) -> None:
    """Every output's predictions against the truth: scatter for numbers, confusion for classes."""
    outputs = list(finished.targets)
    drawn = figure(len(outputs))
    for index, output in enumerate(outputs):
        axes = panel(drawn, len(outputs), 1, index, output)
        truth, predicted = finished.targets[output], finished.predicted[output]
        if classifies(finished.recipe.loss[output]) or truth.size != predicted.size:
            confusion(axes, truth, predicted, finished.names(output))
        else:
            scatter(axes, truth, predicted)
    save(drawn, folder / PICTURE)


def scatter(axes: Axes, truth: np.ndarray, predicted: np.ndarray) -> None:
    """Predicted over true value, a dot per row (at most MOST_POINTS), and the diagonal."""
    true, guess = truth.ravel(), predicted.ravel()
    every = max(1, len(true) // MOST_POINTS)
    axes.plot(true[::every], guess[::every], ".", color=BLUE, alpha=0.35, markersize=4)
    ends = [float(true.min()), float(true.max())]
    axes.plot(ends, ends, color=INK, linewidth=1)
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
            color = "white" if share[row, column] > 0.5 else INK
            text = f"{counts[row, column]}"
            axes.text(column, row, text, ha="center", va="center", fontsize=7, color=color)


def answers(finished: Finished, folder: Path) -> Table:
    """The confusion of the answers; the first cases as a table to print."""
    (output,) = finished.targets
    drawn = figure(1, width=6, height=5.5)
    axes = panel(drawn, 1, 1, 0, output)
    truth, predicted = finished.targets[output], finished.predicted[output]
    names = _vocabulary(finished, output)
    confusion(axes, truth, predicted, names)
    save(drawn, folder / PICTURE)
    rows = [
        (
            *(_words(array[row], _vocabulary(finished, name)) for name, array in _texts(finished)),
            _name(
                int(np.ravel(truth[row]).argmax() if truth.shape[-1] > 1 else truth[row, 0]), names
            ),
            _name(int(predicted[row].argmax()), names),
        )
        for row in range(min(ANSWERS, len(truth)))
    ]
    header = (*(name for name, _ in _texts(finished)), "true", "predicted")
    return Table("Answered questions of the test split", header, tuple(rows))


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


def images(finished: Finished, folder: Path) -> None:
    """A grid of test pictures with what they are and what the model says; wrong ones in orange."""
    columns, shown = PICTURES
    pictures = [array for array in finished.inputs.values() if array.ndim == 4]
    if not pictures:  # flat pixels, as the dense models read them
        side = round(np.sqrt(next(iter(finished.inputs.values())).shape[-1]))
        pictures = [array.reshape(-1, side, side, 1) for array in finished.inputs.values()]
    (output,) = list(finished.targets)[:1]
    names = finished.names(output)
    targets, predicted = finished.targets[output], finished.predicted[output]
    drawn = figure(columns, shown, width=1.3 * len(pictures), height=1.5)
    rows = len(pictures[0])
    for index in range(min(columns * shown, rows)):
        axes = panel(drawn, columns, shown, index)
        axes.imshow(_side_by_side([array[index] for array in pictures]), cmap="gray")
        bare(axes)
        true = _said(targets[index], names, predicted.shape[-1])
        guess = _said(predicted[index], names, predicted.shape[-1])
        wrong = true != guess
        axes.set_title(
            f"{guess}, not {true}" if wrong else guess,
            fontsize=8,
            color=ORANGE if wrong else INK,
        )
    save(drawn, folder / PICTURE)


def _side_by_side(pictures: list[np.ndarray]) -> np.ndarray:
    """Pictures of one row, enlarged to the same height, in one array with values 0-1."""
    height = max(picture.shape[0] for picture in pictures)
    channels = max(picture.shape[2] for picture in pictures)
    parts = []
    for picture in pictures:
        times = max(1, height // picture.shape[0])
        large = picture.repeat(times, axis=0).repeat(times, axis=1)
        padded = np.ones((height, large.shape[1], large.shape[2]), large.dtype)
        padded[: large.shape[0]] = large
        parts.append(np.broadcast_to(padded, (*padded.shape[:2], channels)))
    low, high = min(part.min() for part in parts), max(part.max() for part in parts)
    return (np.concatenate(parts, axis=1) - low) / max(high - low, 1e-9)


def _said(value: np.ndarray, names: Sequence[str], classes: int) -> str:
    """A target or prediction in a word: class name, class id, or number."""
    flat = np.ravel(value)
    if classes > 1:
        chosen = int(flat.argmax()) if len(flat) > 1 else int(flat[0])
    elif 0 <= flat[0] <= 1:
        chosen = int(flat[0] > 0.5)
    else:
        return f"{flat[0]:.1f}"
    return names[chosen] if chosen < len(names) else str(chosen)


def signals(finished: Finished, folder: Path) -> None:
    """Draw the first test signals: input in gray, truth in black, recovered in orange.

    Where no output is a signal, the input alone is drawn, titled with the label.
    """
    (series,) = (array for array in finished.inputs.values() if array.ndim == 3)
    recovered = next((name for name, array in finished.predicted.items() if array.ndim == 3), None)
    labels = next((name for name, array in finished.predicted.items() if array.ndim == 2), None)
    shown = min(SIGNALS, len(series))
    drawn = figure(1, shown, width=7, height=1.5)
    for row in range(shown):
        title = ""
        if labels:
            chance = float(np.ravel(finished.predicted[labels][row])[0])
            true = int(np.ravel(finished.targets[labels][row])[0])
            title = f"{labels} {true}, predicted {chance:.2f}"
        axes = panel(drawn, 1, shown, row, title)
        axes.plot(series[row].ravel(), color=GRAY, linewidth=1)
        if recovered:
            axes.plot(finished.targets[recovered][row].ravel(), color=INK, linewidth=1)
            axes.plot(finished.predicted[recovered][row].ravel(), color=ORANGE, linewidth=1)
    save(drawn, folder / PICTURE)


def strengths(finished: Finished, folder: Path) -> Table:
    """`strengths.csv` (rank, team, season, strength in points), a ladder, the ten strongest."""
    points = team_strengths(finished.model)
    labels = list(finished.dataset.labels["team"])
    seasons = np.array([int(label.partition(" ")[0]) for label in labels])
    for season in np.unique(seasons):  # only differences within a season are learned
        points[seasons == season] -= points[seasons == season].mean()
    order = np.argsort(-points, kind="stable")
    rows = [
        (str(rank), labels[team].partition(" ")[2], str(seasons[team]), f"{points[team]:.3f}")
        for rank, team in enumerate(order, start=1)
    ]
    header = ("rank", "team", "season", "strength")
    table = pd.DataFrame(rows, columns=header)
    write_text(folder / "strengths.csv", table.to_csv(index=False, lineterminator="\n"))
    _draw_ladder([labels[team] for team in order], points[order], folder / PICTURE)
    return Table(
        "Ten strongest teams (points above their season's average)", header, tuple(rows[:10])
    )


def _draw_ladder(labels: list[str], points: np.ndarray, path: Path) -> None:
    """The strongest teams as bars, and how all strengths are spread."""
    drawn = figure(2, width=5, height=4.5)
    axes = panel(drawn, 2, 1, 0, "strongest teams")
    top = min(LADDER, len(labels))
    axes.barh(range(top), points[:top], color=BLUE)
    axes.set_yticks(range(top), labels[:top], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("points above their season's average", fontsize=9)
    axes = panel(drawn, 2, 1, 1, f"all {len(labels):,} teams")
    axes.hist(points, bins=60, color=GRAY)
    axes.set_xlabel("points above their season's average", fontsize=9)
    save(drawn, path)


def team_strengths(model: keras.Model) -> np.ndarray:
    """Strength in points of every team id, shape (n_teams,), of `basketball` or `two_team`.

    `two_team` learns points as they are; in `basketball` the Dense kernel carries the unit, with
    entries for each team, which training makes equal and opposite; their mean size is used.
    """
    lookup = model.get_layer("team_strength").get_layer("lookup")
    strengths = keras.ops.convert_to_numpy(lookup.embeddings).astype(np.float64)
    last = model.get_layer("score_diff")
    if not isinstance(last, keras.layers.Dense):
        return strengths[:, 0]
    kernel = keras.ops.convert_to_numpy(last.kernel)[:, 0]
    first, second = np.split(kernel[:-1], 2)  # the last entry is the home advantage
    return strengths @ ((first - second) / 2)


REPORTS = {each.__name__: each for each in (answers, heads, images, samples, signals, strengths)}


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
    return REPORTS[name](finished, folder)
