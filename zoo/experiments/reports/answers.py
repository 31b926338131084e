"""Answered questions: texts written out again, with the true and the given answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten

import numpy as np

from zoo.experiments.reports import PICTURE, Finished, Table, canvas, heads

SHOWN = 8
PADDING = 0


def write(finished: Finished, folder: Path) -> Table:
    """Draw the confusion of the answers; return the first cases as a table to print."""
    (output,) = finished.targets
    drawn = canvas.figure(1, width=6, height=5.5)
    axes = canvas.panel(drawn, 1, 1, 0, output)
    truth, predicted = finished.targets[output], finished.predicted[output]
    names = _vocabulary(finished, output)
    heads.confusion(axes, truth, predicted, names)
    canvas.save(drawn, folder / PICTURE)
    rows = [
        (
            *(_words(array[row], _vocabulary(finished, name)) for name, array in texts(finished)),
            _name(
                int(np.ravel(truth[row]).argmax() if truth.shape[-1] > 1 else truth[row, 0]), names
            ),
            _name(int(predicted[row].argmax()), names),
        )
        for row in range(min(SHOWN, len(truth)))
    ]
    header = (*(name for name, _ in texts(finished)), "true", "predicted")
    return Table("Answered questions of the test split", header, tuple(rows))


def texts(finished: Finished) -> list[tuple[str, np.ndarray]]:
    """The inputs that hold word ids."""
    return [(name, array) for name, array in finished.inputs.items() if array.dtype.kind == "i"]


def _vocabulary(finished: Finished, output: str) -> Sequence[str]:
    return finished.names(output) or finished.dataset.labels.get("word", ())


def _words(ids: np.ndarray, vocabulary: Sequence[str]) -> str:
    words = [_name(int(each), vocabulary) for each in ids if each != PADDING]
    return "... " * (len(words) > 10) + shorten(" ".join(words[-10:]), 60, placeholder=" ...")


def _name(number: int, vocabulary: Sequence[str]) -> str:
    return vocabulary[number] if number < len(vocabulary) else str(number)
