"""The report of a model that writes: what it makes of the test text, and how context helps it."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap

import numpy as np

from zoo.core.files import write_text
from zoo.experiments.reports.parts import (
    BLUE,
    GRAY,
    Finished,
    Table,
    few_ticks,
    figure,
    label,
    legend,
    panel,
    save,
)
from zoo.experiments.runs import PICTURE
from zoo.experiments.writing import Manner, continued

SAMPLES = "samples.txt"
BEGINNING = 30  # characters of the test split that every sample begins with
MANNERS = (Manner(120, 0.5), Manner(120, 1.0))
LINE = 60  # characters of a line in the table
TINY = 1e-7  # Keras's own bound on probabilities in a logarithm


def samples(finished: Finished, folder: Path) -> Table:
    """`samples.txt`, with the samples as a table; bits per character by place in a row, drawn."""
    ((name, text),), ((output, truth),) = finished.inputs.items(), finished.targets.items()
    alphabet = tuple(finished.dataset.labels["character"])
    chance = np.take_along_axis(finished.predicted[output], truth[..., None], axis=-1)
    bits = -np.log2(np.clip(chance[..., 0], TINY, 1.0))
    _draw(finished, bits, folder / PICTURE)
    beginning = "".join(alphabet[each] for each in text[0, :BEGINNING])
    written = {
        manner.temperature: continued(finished.model, alphabet, beginning, manner, text.shape[1])
        for manner in MANNERS
    }
    write_text(
        folder / SAMPLES,
        "".join(f"temperature {each:g}\n\n{sample}\n\n" for each, sample in written.items()),
    )
    rows = [
        (f"{temperature:g}" if not at else "", line)
        for temperature, sample in written.items()
        for at, line in enumerate(wrap(sample, LINE))
    ]
    title = f"{name} continued; {bits.mean():.3f} bits per character on the test split"
    return Table(title, ("temperature", "sample"), tuple(rows))


def _draw(finished: Finished, bits: np.ndarray, path: Path) -> None:
    """Bits (rows, steps) by the number of characters that were read, and their mean."""
    drawn = figure(1, width=6.5, title=finished.title)
    axes = panel(drawn, 1, 1, 0)
    mean = float(bits.mean())
    steps = np.arange(1, bits.shape[1] + 1)
    axes.plot(steps, bits.mean(axis=0), color=BLUE, linewidth=1, label="by place in the text")
    axes.axhline(mean, color=GRAY, linewidth=1, label=f"mean: {mean:.3f}")
    axes.set_ylim(bottom=0)
    few_ticks(axes)
    label(axes, "characters read", "bits per character")
    legend(axes)
    save(drawn, path)
