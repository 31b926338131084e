"""Classical models to stand beside: each is fitted on the training split and scored on all.

A baseline takes and returns plain arrays and reports the metrics under the names that the
recipe's own metrics have, so that a table can set them side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.errors import UnknownNameError

if TYPE_CHECKING:
    from numpy.typing import NDArray

Arrays = Mapping[str, np.ndarray]
Splits = Mapping[str, tuple[Arrays, Arrays]]  # split -> inputs, targets
Scores = dict[str, dict[str, float]]  # split -> metric -> value

RIDGE_PENALTIES = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0)


def score(name: str, splits: Splits) -> tuple[str, Scores]:
    """Fit the baseline `name` on `splits["train"]`; what it is, and its metrics on each split.

    Raises:
        UnknownNameError: no such baseline.
    """
    if name not in BASELINES:
        raise UnknownNameError("baseline", name, BASELINES)
    return BASELINES[name](splits)


def ridge_strengths(splits: Splits) -> tuple[str, Scores]:
    """Ridge-regularised least squares on one indicator per team, signed, and the home side.

    The penalty is the one of RIDGE_PENALTIES with the least validation error.
    """
    from sklearn.linear_model import Ridge

    (target,) = splits["train"][1]
    teams = 1 + max(int(inputs[team].max()) for inputs, _ in splits.values() for team in _TEAMS)
    designs = {split: _signed_indicators(inputs, teams) for split, (inputs, _) in splits.items()}
    truth = {split: targets[target].ravel() for split, (_, targets) in splits.items()}

    def fitted(penalty: float) -> Any:
        model = Ridge(alpha=penalty, fit_intercept=False, solver="lsqr", tol=1e-6)
        return model.fit(designs["train"], truth["train"])

    def errors(model: Any) -> Scores:
        return {
            split: {"mae": _mae(truth[split], model.predict(designs[split]))} for split in splits
        }

    scored = {penalty: errors(fitted(penalty)) for penalty in RIDGE_PENALTIES}
    judge = "validation" if "validation" in splits else "train"
    best = min(scored, key=lambda penalty: scored[penalty][judge]["mae"])
    return f"ridge least squares, penalty {best:g}", scored[best]


_TEAMS = ("team_1", "team_2")


def _signed_indicators(inputs: Arrays, teams: int) -> Any:
    """Sparse (rows, teams + 1): +1 at team 1, -1 at team 2, the home side in the last column."""
    from scipy.sparse import csr_matrix

    first, second = (inputs[team].ravel() for team in _TEAMS)
    rows = len(first)
    home = inputs["home"].ravel() if "home" in inputs else np.zeros(rows)
    columns = np.stack([first, second, np.full(rows, teams)], axis=1).ravel()
    values = np.stack([np.ones(rows), -np.ones(rows), home], axis=1).ravel()
    starts = np.arange(0, 3 * rows + 1, 3)
    return csr_matrix((values, columns, starts), shape=(rows, teams + 1))


def linear(splits: Splits) -> tuple[str, Scores]:
    """Least squares for every numeric target, logistic regression for `won`."""
    from sklearn.linear_model import LinearRegression, LogisticRegression

    features = {split: _side_by_side(inputs) for split, (inputs, _) in splits.items()}
    targets = splits["train"][1]
    scores: Scores = {split: {} for split in splits}
    used = []
    for port, values in targets.items():
        prefix = f"{port}_" if len(targets) > 1 else ""
        if port == "won":
            used.append("logistic regression")
            classifier = LogisticRegression(C=np.inf).fit(features["train"], values.ravel())
            for split, (_, truths) in splits.items():
                truth = truths[port].ravel()
                chance = classifier.predict_proba(features[split])[:, 1]
                scores[split][f"{prefix}log_loss"] = _log_loss(truth, chance)
                scores[split][f"{prefix}accuracy"] = float(np.mean((chance > 0.5) == truth))
        else:
            used.append("least squares")
            regressor = LinearRegression().fit(features["train"], values)
            for split, (_, truths) in splits.items():
                predicted = regressor.predict(features[split])
                scores[split][f"{prefix}mae"] = _mae(truths[port], predicted)
    return ", ".join(dict.fromkeys(used)), scores


def _side_by_side(inputs: Arrays) -> NDArray[np.float64]:
    return np.concatenate([array.astype(np.float64) for array in inputs.values()], axis=-1)


def _mae(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.mean(np.abs(truth - predicted)))


def _log_loss(truth: np.ndarray, chance: np.ndarray) -> float:
    from sklearn.metrics import log_loss

    return float(log_loss(truth, chance, labels=[0, 1]))


BASELINES: dict[str, Callable[[Splits], tuple[str, Scores]]] = {
    "linear": linear,
    "ridge_strengths": ridge_strengths,
}
