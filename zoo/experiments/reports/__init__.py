"""What else a finished run shows: pictures in its folder, sometimes a table and a file.

Every run gets `picture.png`. A recipe's `report` names what is on it; without one it shows each
output's predictions against the truth. A run that trained gets `curves.png` as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.core.errors import UnknownNameError
from zoo.experiments.reports.curves import draw_curves
from zoo.experiments.reports.images import images
from zoo.experiments.reports.parts import Finished, Table
from zoo.experiments.reports.predictions import answers, heads
from zoo.experiments.reports.samples import samples
from zoo.experiments.reports.signals import signals
from zoo.experiments.reports.strengths import strengths, team_strengths
from zoo.experiments.runs import PICTURE
from zoo.training import inference

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset
    from zoo.experiments.feeding import Split
    from zoo.experiments.record import Scores
    from zoo.recipes.recipe import Recipe

__all__ = [
    "REPORTS",
    "Finished",
    "Table",
    "draw_curves",
    "finished",
    "team_strengths",
    "write",
    "write_all",
]

REPORTS = {each.__name__: each for each in (answers, heads, images, samples, signals, strengths)}


def write_all(
    recipe: Recipe,
    model: keras.Model,
    dataset: Dataset,
    splits: Mapping[str, Split],
    metrics: Scores,
    folder: Path,
    step: int,
) -> Table | None:
    """Write a run's pictures and what belongs to them, also where TensorBoard finds them.

    Args:
        splits: Inputs and targets of each split.
        metrics: The model's scores by split.
        step: The optimizer's last step.

    Returns:
        A table to print, if the report has one.
    """
    from zoo.tensorboard.events import write_pictures

    curves = draw_curves(recipe, folder)
    table = write(finished(recipe, model, dataset, splits, metrics), folder)
    pictures = {"curves": curves, "picture": folder / PICTURE}
    there = {tag: path for tag, path in pictures.items() if path is not None}
    write_pictures(folder / "train", there, step)
    return table


def finished(
    recipe: Recipe,
    model: keras.Model,
    dataset: Dataset,
    splits: Mapping[str, Split],
    metrics: Scores,
) -> Finished:
    """What the reports draw: the model's predictions of the test rows, or of those that are there.

    Rows that were given in memory have no test split: then it is the validation rows.
    """
    split = next(each for each in ("test", "validation", "train") if each in splits)
    inputs, targets = splits[split]
    predicted = inference.predict(model, inputs)
    scores = metrics.get(split, {})
    return Finished(recipe, model, dataset, inputs, targets, predicted, split, scores)


def write(finished: Finished, folder: Path) -> Table | None:
    """Write the report that the recipe names into the run folder.

    Returns:
        A table to print, if the report has one.

    Raises:
        UnknownNameError: no such report.
    """
    return report_of(finished.recipe)(finished, folder)


def report_of(recipe: Recipe) -> Callable[[Finished, Path], Table | None]:
    """What writes the report that the recipe names.

    Raises:
        UnknownNameError: no such report.
    """
    name = recipe.report or "heads"
    if name not in REPORTS:
        raise UnknownNameError("report", name, REPORTS)
    return REPORTS[name]
