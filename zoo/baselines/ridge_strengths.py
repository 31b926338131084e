"""Ridge regression on team indicators: the classical rating of teams."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from zoo.baselines.task import Arrays, Scores, Task

PENALTIES = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0)
TEAMS = ("team_1", "team_2")


def score(task: Task) -> tuple[str, Scores]:
    """Ridge-regularized least squares on one indicator per team, signed, and the home side.

    The penalty is the one of PENALTIES with the least validation error.
    """
    from sklearn.linear_model import Ridge

    splits = task.splits
    (target,) = task.losses
    asked = ("mae", *(metric for metric in task.metrics[target] if metric != "mae"))
    task = replace(task, metrics={target: asked})
    teams = 1 + max(int(inputs[team].max()) for inputs, _ in splits.values() for team in TEAMS)
    designs = {split: _signed_indicators(inputs, teams) for split, (inputs, _) in splits.items()}
    truth = {split: targets[target].ravel() for split, (_, targets) in splits.items()}

    def scored(penalty: float) -> Scores:
        model = Ridge(alpha=penalty, fit_intercept=False, solver="lsqr", tol=1e-6)
        model.fit(designs["train"], truth["train"])
        return {
            split: task.scores(target, truth[split][:, None], model.predict(design)[:, None])
            for split, design in designs.items()
        }

    found = {penalty: scored(penalty) for penalty in PENALTIES}
    judge = "validation" if "validation" in splits else "train"
    best = min(found, key=lambda penalty: found[penalty][judge]["mae"])
    return f"ridge least squares, penalty {best:g}", found[best]


def _signed_indicators(inputs: Arrays, teams: int) -> Any:
    """Sparse (rows, teams + 1): +1 at team 1, -1 at team 2, the home side in the last column."""
    from scipy.sparse import csr_matrix

    first, second = (inputs[team].ravel() for team in TEAMS)
    rows = len(first)
    home = inputs["home"].ravel() if "home" in inputs else np.zeros(rows)
    columns = np.stack([first, second, np.full(rows, teams)], axis=1).ravel()
    values = np.stack([np.ones(rows), -np.ones(rows), home], axis=1).ravel()
    starts = np.arange(0, 3 * rows + 1, 3)
    return csr_matrix((values, columns, starts), shape=(rows, teams + 1))
