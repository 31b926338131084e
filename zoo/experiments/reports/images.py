"""A grid of test pictures with what they are and what the model says; wrong ones in orange."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zoo.experiments.reports import PICTURE, Finished, canvas

COLUMNS, ROWS = 8, 4


def write(finished: Finished, folder: Path) -> None:
    """Draw the first pictures of the split, every picture input of a row side by side."""
    pictures = [array for array in finished.inputs.values() if array.ndim == 4]
    if not pictures:  # flat pixels, as the dense models read them
        side = round(np.sqrt(next(iter(finished.inputs.values())).shape[-1]))
        pictures = [array.reshape(-1, side, side, 1) for array in finished.inputs.values()]
    (output,) = list(finished.targets)[:1]
    names = finished.names(output)
    targets, predicted = finished.targets[output], finished.predicted[output]
    drawn = canvas.figure(COLUMNS, ROWS, width=1.3 * len(pictures), height=1.5)
    rows = len(pictures[0])
    for index in range(min(COLUMNS * ROWS, rows)):
        axes = canvas.panel(drawn, COLUMNS, ROWS, index)
        axes.imshow(_side_by_side([array[index] for array in pictures]), cmap="gray")
        canvas.bare(axes)
        true = _said(targets[index], names, predicted.shape[-1])
        guess = _said(predicted[index], names, predicted.shape[-1])
        wrong = true != guess
        axes.set_title(
            f"{guess}, not {true}" if wrong else guess,
            fontsize=8,
            color=canvas.ORANGE if wrong else canvas.INK,
        )
    canvas.save(drawn, folder / PICTURE)


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
