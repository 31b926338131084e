"""Trained models in other runtimes' formats, each file checked in its runtime before it is kept.

`export` writes; `FORMATS` names the formats. Importing this loads neither TensorFlow nor any
runtime.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import keras
    import numpy as np

    from zoo.experiments.runs import Run
    from zoo.exporting.exporter import Exported

# format -> what its artifact is called in an export folder
FORMATS = {
    "keras": "model.keras",
    "savedmodel": "savedmodel",
    "litert": "model.tflite",
    "onnx": "model.onnx",
}
TOLERANCE = 1e-4


def export(
    model: keras.Model | Run | str | Path,
    format: str,
    path: str | Path | None = None,
    *,
    rows: Mapping[str, np.ndarray] | None = None,
    tolerance: float = TOLERANCE,
    logdir: str | Path = "tensorboard_logs",
) -> Exported:
    """Write a model in one format, and run the file in its own runtime before it takes its name.

    The file's inputs and outputs are called as the model's ports are; the batch may have any
    number of rows, and axes that vary in the model vary in the file. `ports.json` beside it says
    names, types, shapes and units. Vocabularies and other preprocessing are not part of it.

    Args:
        model: A functional or Sequential model, a run, or a run's folder or recipe name.
        format: One of `FORMATS`.
        path: File to write (a folder for `savedmodel`), ending as the format wants; by default
            `export/` in the run's folder. What stood there is replaced once the check has
            passed.
        rows: Input arrays by port name to check with, rows on axis 0; by default the run's test
            rows, else made-up ones.
        tolerance: The largest difference from the model's own output that passes: absolute, or
            relative to the port's largest value where that is above 1.
        logdir: Where runs are looked up.

    Raises:
        ExportError: the format cannot express the model, its runtime is not installed, or the
            file gives other outputs.
        TrainingError: no such run, or it is damaged.
    """
    from zoo.exporting.exporter import export as write

    options: dict[str, Any] = {"rows": rows, "tolerance": tolerance, "logdir": logdir}
    return write(model, format, path, **options)
