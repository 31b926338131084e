"""The first test signals: what goes in, what is true, what the model recovers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zoo.experiments.reports.parts import (
    GRAY,
    INK,
    ORANGE,
    Finished,
    few_ticks,
    figure,
    label,
    legend,
    panel,
    save,
    with_unit,
)
from zoo.experiments.runs import PICTURE

SIGNALS = 4


def signals(finished: Finished, folder: Path) -> None:
    """Draw the first signals: input in gray, truth in black, recovered in orange.

    Where no output is a signal, the input alone is drawn, titled with the label.
    """
    name, series = next(it for it in finished.inputs.items() if it[1].ndim == 3)
    recovered = next((key for key, array in finished.predicted.items() if array.ndim == 3), None)
    labels = next((key for key, array in finished.predicted.items() if array.ndim == 2), None)
    shown = min(SIGNALS, len(series))
    scores = [
        f"{output} {score}" for output in finished.targets if (score := finished.score(output))
    ]
    title = finished.title + (f": {', '.join(scores)}" if len(finished.targets) > 1 else "")
    drawn = figure(1, shown, width=7.5, height=1.6, title=title)
    for row in range(shown):
        axes = panel(drawn, 1, shown, row, _labeled(finished, labels, row) if labels else "")
        axes.plot(series[row].ravel(), color=GRAY, linewidth=1, label=name)
        if recovered:
            true, guess = finished.targets[recovered][row], finished.predicted[recovered][row]
            axes.plot(true.ravel(), color=INK, linewidth=1, label=f"{recovered}, true")
            axes.plot(guess.ravel(), color=ORANGE, linewidth=1, label=f"{recovered}, predicted")
        few_ticks(axes)
        last = row == shown - 1
        axes.tick_params(labelbottom=last)
        label(axes, "step" if last else "", with_unit("value", finished.unit(recovered or name)))
        if not row:
            legend(axes, loc="upper left", bbox_to_anchor=(1, 1))
    save(drawn, folder / PICTURE)


def _labeled(finished: Finished, output: str, row: int) -> str:
    """The true label of a row, and what the model says."""
    names = finished.names(output)
    chance = float(np.ravel(finished.predicted[output][row])[0])
    true = int(np.ravel(finished.targets[output][row])[0])
    words = names if len(names) == 2 else ("0", "1")
    return f"{output} {words[true]}; predicted probability of {words[1]}: {chance:.2f}"
