"""The strength of every team, in points, from a model that holds `team_strength`."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from zoo._keras import keras
from zoo.core.files import write_text
from zoo.experiments.reports import PICTURE, Finished, Table, canvas

LADDER = 20  # teams on the picture


def write(finished: Finished, folder: Path) -> Table:
    """`strengths.csv` (rank, team, season, strength in points), a ladder, the ten strongest."""
    points = team_strengths(finished.model)
    labels = list(finished.dataset.labels["team"])
    seasons = np.array([int(label.partition(" ")[0]) for label in labels])
    for season in np.unique(seasons):  # only differences within a season are learned
        points[seasons == season] -= points[seasons == season].mean()
    order = np.argsort(-points, kind="stable")
    rows = [
        (str(rank), labels[team].partition(" ")[2], str(seasons[team]), f"{points[team]:.3f}")
        for rank, team in enumerate(order, start=1)
    ]
    header = ("rank", "team", "season", "strength")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    write_text(folder / "strengths.csv", text.getvalue())
    _draw_ladder([labels[team] for team in order], points[order], folder / PICTURE)
    return Table(
        "Ten strongest teams (points above their season's average)", header, tuple(rows[:10])
    )


def _draw_ladder(labels: list[str], points: np.ndarray, path: Path) -> None:
    """The strongest teams as bars, and how all strengths are spread."""
    drawn = canvas.figure(2, width=5, height=4.5)
    axes = canvas.panel(drawn, 2, 1, 0, "strongest teams")
    top = min(LADDER, len(labels))
    axes.barh(range(top), points[:top], color=canvas.BLUE)
    axes.set_yticks(range(top), labels[:top], fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel("points above their season's average", fontsize=9)
    axes = canvas.panel(drawn, 2, 1, 1, f"all {len(labels):,} teams")
    axes.hist(points, bins=60, color=canvas.GREY)
    axes.set_xlabel("points above their season's average", fontsize=9)
    canvas.save(drawn, path)


def team_strengths(model: keras.Model) -> np.ndarray:
    """Strength in points of every team id, shape (n_teams,), of `basketball` or `two_team`.

    `two_team` learns points as they are; in `basketball` the Dense kernel carries the unit, one
    entry for each team, which training makes equal and opposite; their mean size is used.
    """
    lookup = model.get_layer("team_strength").get_layer("lookup")
    points = keras.ops.convert_to_numpy(lookup.embeddings)[:, 0].astype(np.float64)
    last = model.get_layer("score_diff")
    if isinstance(last, keras.layers.Dense):
        kernel = keras.ops.convert_to_numpy(last.kernel)[:, 0]
        points = points * (kernel[0] - kernel[1]) / 2
    return points
