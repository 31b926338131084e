"""Finished runs: a folder, a trained model, a record."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zoo._keras import keras
from zoo.core.errors import TrainingError
from zoo.experiments import run_folder
from zoo.training.metrics import mean_prediction

LOGDIR = Path("tensorboard_logs")

Scores = dict[str, dict[str, float]]  # split -> metric -> value


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, its trained model and its record (run.json)."""

    folder: Path
    model: keras.Model
    record: dict[str, Any] = field(repr=False)

    @property
    def metrics(self) -> Scores:
        """The model's scores: split -> metric -> value."""
        return self.record["metrics"]

    @property
    def baseline(self) -> Scores:
        """The classical model's scores; empty if the recipe names none."""
        return self.record["baseline"]


def load_run(run: str | Path, logdir: str | Path = LOGDIR) -> Run:
    """A finished run, by folder, by `RECIPE/RUN` or by recipe name (its latest run).

    The model is loaded in Keras's safe mode: no pickled code is run.

    Raises:
        TrainingError: no such run, or its files are missing or damaged.
    """
    folder = run_folder.find(run, Path(logdir))
    record = run_folder.read(folder)
    if record.get("status") != "finished":
        raise TrainingError(f"{folder} did not finish (its status is {record.get('status')!r})")
    path = folder / run_folder.MODEL
    if not path.is_file():
        raise TrainingError(f"{folder} has lost its {path.name}; train it again")
    try:
        model = keras.models.load_model(
            path, custom_objects={"mean_prediction": mean_prediction}, safe_mode=True
        )
    except Exception as error:  # zipfile, h5py, json and Keras each raise their own
        reason = str(error).partition("\n")[0]
        raise TrainingError(f"{path} cannot be loaded: {reason}") from error
    return Run(folder, model, record)
