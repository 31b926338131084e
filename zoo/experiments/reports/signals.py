"""Signals as the model saw them and as it recovered them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zoo.experiments.reports import PICTURE, Finished, canvas

SHOWN = 4


def write(finished: Finished, folder: Path) -> None:
    """Draw the first test signals: input in gray, truth in black, recovered in orange.

    Where no output is a signal, the input alone is drawn, titled with the label.
    """
    (series,) = (array for array in finished.inputs.values() if array.ndim == 3)
    recovered = next((name for name, array in finished.predicted.items() if array.ndim == 3), None)
    labels = next((name for name, array in finished.predicted.items() if array.ndim == 2), None)
    shown = min(SHOWN, len(series))
    drawn = canvas.figure(1, shown, width=7, height=1.5)
    for row in range(shown):
        title = ""
        if labels:
            chance = float(np.ravel(finished.predicted[labels][row])[0])
            true = int(np.ravel(finished.targets[labels][row])[0])
            title = f"{labels} {true}, predicted {chance:.2f}"
        axes = canvas.panel(drawn, 1, shown, row, title)
        axes.plot(series[row].ravel(), color=canvas.GREY, linewidth=1)
        if recovered:
            axes.plot(finished.targets[recovered][row].ravel(), color=canvas.INK, linewidth=1)
            axes.plot(finished.predicted[recovered][row].ravel(), color=canvas.ORANGE, linewidth=1)
    canvas.save(drawn, folder / PICTURE)
