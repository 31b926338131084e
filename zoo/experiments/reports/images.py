"""A grid of test pictures, each with what it is and what the model says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from zoo.baselines.estimators import classifies
from zoo.experiments.reports.parts import (
    INK,
    ORANGE,
    SMALL,
    Finished,
    bare,
    figure,
    panel,
    save,
    short,
    wrapped,
)
from zoo.experiments.runs import PICTURE

MOST, COLUMNS = 32, 8  # pictures; those side by side where each is one image
CELL = 1.3  # inches
LINE = 0.15  # inches of a line of a title
MOST_SAID = 40  # characters of a class


def images(finished: Finished, folder: Path) -> None:
    """Pictures of the rows with the prediction of the first output; wrong classes in orange.

    Where that output is a map, it stands beside the picture, after the true one.
    """
    shown = pictures(finished.inputs)
    output = next(iter(finished.targets))
    targets, predicted = finished.targets[output], finished.predicted[output]
    maps = predicted.ndim == 4
    if maps:
        shown |= {"true": targets.astype(np.float32), "predicted": predicted}
    classes = classifies(finished.recipe.loss[output])
    title = finished.title
    if len(shown) > 1:
        title += f"; each: {', '.join(shown)}"
    if classes and not maps:
        title += "; wrong ones in orange"
    columns = max(2, COLUMNS // len(shown))
    count = min(MOST // len(shown), len(targets))
    rows = -(-count // columns)
    width = CELL * len(shown)
    titles = [_title(finished, output, row, width - 0.05) for row in range(count)]
    lines = max(text.count("\n") + 1 for text in titles)
    drawn = figure(columns, rows, width=width, height=CELL + 0.2 + LINE * lines, title=title)
    for index in range(count):
        axes = panel(drawn, columns, rows, index)
        axes.imshow(_side_by_side([array[index] for array in shown.values()]), cmap="gray")
        bare(axes)
        wrong = classes and "\nnot " in titles[index]
        axes.set_title(titles[index], fontsize=SMALL, color=ORANGE if wrong else INK)
    save(drawn, folder / PICTURE)


def pictures(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The inputs that hold pictures; flat pixels, as the dense models read them, as squares."""
    found = {name: array for name, array in inputs.items() if array.ndim == 4}
    if found:
        return found
    side = round(np.sqrt(next(iter(inputs.values())).shape[-1]))
    return {name: array.reshape(-1, side, side, 1) for name, array in inputs.items()}


def _title(finished: Finished, output: str, row: int, inches: float) -> str:
    """What a picture is taken for, and where that is wrong what it is, in lines that fit."""
    truth, predicted = finished.targets[output][row], finished.predicted[output][row]
    if predicted.ndim == 3:
        return f"{np.mean((truth > 0.5) == (predicted > 0.5)):.0%} right"
    classes = predicted.shape[-1]
    true, guess = (said(value, finished, output, classes) for value in (truth, predicted))
    if not classifies(finished.recipe.loss[output]):
        return f"{guess}\ntrue {true}"
    parts = [guess] if true == guess else [guess, f"not {true}"]
    return "\n".join(wrapped(short(part, MOST_SAID), inches, SMALL) for part in parts)


def said(value: np.ndarray, finished: Finished, output: str, classes: int) -> str:
    """A target or prediction in a word: class name, class id, or number with its unit."""
    flat = np.ravel(value)
    if not classifies(finished.recipe.loss[output]):
        return f"{flat[0]:.3g} {finished.unit(output)}".rstrip()
    if classes > 1:
        chosen = int(flat.argmax()) if len(flat) > 1 else int(flat[0])
    else:
        chosen = int(flat[0] > 0.5)
    names = finished.names(output)
    return names[chosen] if chosen < len(names) else str(chosen)


def _side_by_side(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Pictures of one row, enlarged to the same height, in one array with values 0-1."""
    height = max(picture.shape[0] for picture in parts)
    channels = max(picture.shape[2] for picture in parts)
    grown = [_enlarged(_stretched(picture), height) for picture in parts]
    gap = np.ones((height, max(1, height // 24), channels), np.float32)
    row: list[np.ndarray] = []
    for each in grown:
        row += [np.broadcast_to(each, (*each.shape[:2], channels)), gap]
    return np.concatenate(row[:-1], axis=1)


def _stretched(picture: np.ndarray) -> np.ndarray:
    """The picture with values from 0 to 1: as it is, from -1 to 1, or from its own range."""
    low, high = float(picture.min()), float(picture.max())
    if low >= -1 and high <= 1:
        low, high = (0.0, 1.0) if low >= 0 else (-1.0, 1.0)
    return ((picture - low) / max(high - low, 1e-9)).astype(np.float32)


def _enlarged(picture: np.ndarray, height: int) -> np.ndarray:
    """Each pixel repeated, as evenly as the height allows."""
    tall, wide = picture.shape[:2]
    rows = np.arange(height) * tall // height
    columns = np.arange(round(wide * height / tall)) * tall // height
    return picture[rows][:, np.minimum(columns, wide - 1)]
