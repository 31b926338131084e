"""The strengths that the basketball models learn: a file, a ladder, a table of the strongest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from zoo._keras import keras
from zoo.core.files import write_text
from zoo.experiments.reports.parts import (
    BLUE,
    GRAY,
    SMALL,
    Finished,
    Table,
    few_ticks,
    figure,
    label,
    panel,
    save,
    short,
)
from zoo.experiments.runs import PICTURE

LADDER = 20  # teams on the picture
FILE = "strengths.csv"
HEADER = ("rank", "team", "season", "strength")
AXIS = "points above their season's average"


def strengths(finished: Finished, folder: Path) -> Table:
    """`strengths.csv` (rank, team, season, strength in points), a ladder, the ten strongest."""
    labels = list(finished.dataset.labels["team"])
    points = season_strengths(finished.model, labels)
    order = np.argsort(-points, kind="stable")
    rows = [
        (str(rank), *named_season(labels[team])[::-1], f"{points[team]:.3f}")
        for rank, team in enumerate(order, start=1)
    ]
    table = pd.DataFrame(rows, columns=HEADER)
    write_text(folder / FILE, table.to_csv(index=False, lineterminator="\n"))
    _draw_ladder(finished, [labels[team] for team in order], points[order], folder / PICTURE)
    return Table(f"Ten strongest teams ({AXIS})", HEADER, tuple(rows[:10]))


def _draw_ladder(finished: Finished, labels: list[str], points: np.ndarray, path: Path) -> None:
    """The strongest teams as bars, and how all strengths are spread."""
    drawn = figure(2, width=5, height=4.6, title=finished.title)
    axes = panel(drawn, 2, 1, 0, "strongest teams")
    top = min(LADDER, len(labels))
    axes.barh(range(top), points[:top], color=BLUE)
    axes.set_yticks(range(top), [short(each) for each in labels[:top]], fontsize=SMALL)
    axes.invert_yaxis()
    few_ticks(axes, "x")
    label(axes, AXIS)
    axes = panel(drawn, 2, 1, 1, f"all {len(labels):,} teams")
    axes.hist(points, bins=60, color=GRAY)
    few_ticks(axes)
    label(axes, AXIS, "teams")
    save(drawn, path)


def named_season(team: str) -> tuple[str, str]:
    """A label such as `2010 Duke` as season and team."""
    season, _, name = team.partition(" ")
    return season, name


def season_strengths(model: keras.Model, labels: list[str]) -> np.ndarray:
    """Strength in points above the season's average of every team id, shape (n_teams,)."""
    points = team_strengths(model)
    seasons = np.array([named_season(label)[0] for label in labels])
    for season in np.unique(seasons):  # only differences within a season are learned
        points[seasons == season] -= points[seasons == season].mean()
    return points


def team_strengths(model: keras.Model) -> np.ndarray:
    """Strength in points of every team id, shape (n_teams,), of `basketball` or `two_team`.

    `two_team` learns points as they are; in `basketball` the Dense kernel carries the unit, with
    entries for each team, which training makes equal and opposite; their mean size is used.
    """
    lookup = model.get_layer("team_strength").get_layer("lookup")
    found = keras.ops.convert_to_numpy(lookup.embeddings).astype(np.float64)
    last = model.get_layer("score_diff")
    if not isinstance(last, keras.layers.Dense):
        return found[:, 0]
    kernel = keras.ops.convert_to_numpy(last.kernel)[:, 0]
    first, second = np.split(kernel[:-1], 2)  # the last entry is the home advantage
    return found @ ((first - second) / 2)
