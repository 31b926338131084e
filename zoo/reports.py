"""What else a finished run shows: a file in the run folder and a table on the screen."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zoo._keras import keras
from zoo.errors import UnknownNameError
from zoo.files import write_text

if TYPE_CHECKING:
    from zoo.data.dataset import Dataset


@dataclass(frozen=True)
class Report:
    """A short table to print, and the files written."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    files: tuple[Path, ...]


def write(name: str, model: keras.Model, dataset: Dataset, folder: Path) -> Report:
    """Write the report `name` of a trained model into its run folder.

    Raises:
        UnknownNameError: no such report.
    """
    if name not in REPORTS:
        raise UnknownNameError("report", name, REPORTS)
    return REPORTS[name](model, dataset, folder)


def strengths(model: keras.Model, dataset: Dataset, folder: Path) -> Report:
    """`strengths.csv` (rank, team, season, strength in points) and the ten strongest."""
    points = team_strengths(model)
    labels = list(dataset.labels["team"])
    seasons = np.array([int(label.partition(" ")[0]) for label in labels])
    for season in np.unique(seasons):  # only differences within a season are learnt
        points[seasons == season] -= points[seasons == season].mean()
    order = np.argsort(-points, kind="stable")
    rows = [
        (str(rank), labels[team].partition(" ")[2], str(seasons[team]), f"{points[team]:.3f}")
        for rank, team in enumerate(order, start=1)
    ]
    header = ("rank", "team", "season", "strength")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    path = folder / "strengths.csv"
    write_text(path, text.getvalue())
    return Report(
        "Ten strongest teams (points above their season's average)",
        header,
        tuple(rows[:10]),
        (path,),
    )


def team_strengths(model: keras.Model) -> np.ndarray:
    """Strength in points of every team id, shape (n_teams,), of `basketball` or `two_team`.

    `two_team` learns points as they are; in `basketball` the Dense kernel carries the unit, one
    entry for each team, which training makes equal and opposite; their mean size is used.
    """
    table = keras.ops.convert_to_numpy(
        model.get_layer("team_strength").get_layer("lookup").embeddings
    )
    points = table[:, 0].astype(np.float64)
    last = model.get_layer("score_diff")
    if isinstance(last, keras.layers.Dense):
        kernel = keras.ops.convert_to_numpy(last.kernel)[:, 0]
        points = points * (kernel[0] - kernel[1]) / 2
    return points


REPORTS: dict[str, Callable[[keras.Model, Dataset, Path], Report]] = {"strengths": strengths}
