"""What a baseline is fitted on and scored by: the arrays and the recipe's metrics of one task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Arrays = Mapping[str, np.ndarray]
Splits = Mapping[str, tuple[Arrays, Arrays]]  # split -> inputs, targets
Scores = dict[str, dict[str, float]]  # split -> metric -> value

TINY = 1e-7  # Keras's own bound on probabilities in a logarithm


@dataclass(frozen=True)
class Task:
    """What a model learns.

    Attributes:
        splits: Split -> inputs and targets by name, rows on axis 0.
        losses: Output -> Keras loss name.
        metrics: Output -> metric names.
    """

    splits: Splits
    losses: Mapping[str, str]
    metrics: Mapping[str, tuple[str, ...]]

    def scores(self, output: str, truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
        """Metrics of one output, named as Keras does: without its name if there is no other.

        Args:
            truth: Targets (rows, width), or class ids (rows, 1) or, one a time step,
                (rows, steps).
            predicted: Values, or probabilities of class 1 or of every class, (rows, width); with
                time steps (rows, steps, width).
        """
        prefix = "" if len(self.losses) == 1 else f"{output}_"
        asked = self.metrics.get(output, ())
        found = {
            prefix + metric: float(METRICS[metric](truth, predicted))
            for metric in asked
            if metric in METRICS
        }
        if not asked and (metric := metric_of(self.losses[output])):
            found[f"{prefix}loss"] = float(METRICS[metric](truth, predicted))
        return found


def classifies(loss: str) -> bool:
    """Whether a Keras loss, by its function's or its class's name, scores chances of classes."""
    return loss.lower().replace("_", "").endswith("crossentropy")


def metric_of(loss: str) -> str:
    """The metric that a loss without further terms equals; empty where there is none."""
    if loss.lower().replace("_", "").endswith("focalcrossentropy"):
        return ""
    return "log_loss" if classifies(loss) else _SAME.get(loss.lower().replace("_", ""), "")


_SAME = {"mae": "mae", "meanabsoluteerror": "mae", "mse": "mse", "meansquarederror": "mse"}


def class_ids(targets: np.ndarray) -> np.ndarray:
    """Class of each row, from ids, 0/1 flags or one-hot rows; shape (rows,).

    Several whole numbers in a row are the class ids of its time steps: shape (rows x steps,).
    """
    if targets.ndim > 1 and targets.shape[-1] > 1 and targets.dtype.kind == "f":
        return targets.argmax(axis=-1).ravel()
    return targets.ravel().astype(np.int64)


def _mae(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.mean(np.abs(truth - predicted.reshape(truth.shape))))


def _mse(truth: np.ndarray, predicted: np.ndarray) -> float:
    return float(np.mean(np.square(truth - predicted.reshape(truth.shape))))


def _accuracy(truth: np.ndarray, predicted: np.ndarray) -> float:
    if predicted.shape[-1] == 1:
        return float(np.mean((predicted > 0.5).ravel() == (truth > 0.5).ravel()))
    return float(np.mean(predicted.argmax(axis=-1).ravel() == class_ids(truth)))


def _log_loss(truth: np.ndarray, predicted: np.ndarray) -> float:
    if predicted.shape[-1] == 1:
        chance = np.clip(predicted.ravel(), TINY, 1 - TINY)
        return float(-np.mean(np.where(truth.ravel() > 0.5, np.log(chance), np.log1p(-chance))))
    by_row = predicted.reshape(-1, predicted.shape[-1])
    chance = by_row[np.arange(len(by_row)), class_ids(truth)]
    return float(-np.mean(np.log(np.clip(chance, TINY, 1.0))))


METRICS = {"mae": _mae, "mse": _mse, "accuracy": _accuracy, "log_loss": _log_loss}


SEED = 0


def linear(classes: bool) -> tuple[str, Any]:
    """Title and unfitted estimator: logistic regression, or least squares."""
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if not classes:
        return "least squares", LinearRegression()
    scaler = StandardScaler(with_mean=False)  # leaves sparse features sparse
    return "logistic regression", make_pipeline(scaler, LogisticRegression(max_iter=500))


def random_forest(classes: bool) -> tuple[str, Any]:
    """Title and unfitted estimator."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestClassifier if classes else RandomForestRegressor
    return "random forest", kind(n_estimators=200, random_state=SEED)


NEIGHBORS = 5


def nearest_neighbor(classes: bool, neighbors: int = NEIGHBORS) -> tuple[str, Any]:
    """Title and unfitted estimator, on standardized features."""
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    kind = KNeighborsClassifier if classes else KNeighborsRegressor
    title = f"{neighbors} nearest neighbors" if neighbors > 1 else "nearest neighbor"
    return title, make_pipeline(StandardScaler(), kind(n_neighbors=neighbors))


def _only_class() -> tuple[str, Any]:
    """Title and unfitted estimator, for rows that are all of one class."""
    from sklearn.dummy import DummyClassifier

    return "the only class", DummyClassifier()


def fit_and_score(
    estimator: Callable[[bool], tuple[str, Any]],
    features: Mapping[str, Any],
    task: Task,
    title: str = "{}",
) -> tuple[str, Scores]:
    """Fit on the training rows, a classifier under a cross-entropy, a regressor otherwise.

    Args:
        estimator: One of the above.
        features: Split -> (rows, numbers), dense or sparse.
        task: The targets, losses and metrics.
        title: What the baseline is called, around its estimators' titles.
    """
    scores: Scores = {split: {} for split in task.splits}
    titles = []
    _, known = task.splits["train"]
    for output, loss in task.losses.items():
        classes = classifies(loss)
        targets = class_ids(known[output]) if classes else _flat(known[output])
        alone = classes and len(np.unique(targets)) == 1  # few estimators take a single class
        name, fitted = _only_class() if alone else estimator(classes)
        titles.append(name)
        fitted.fit(features["train"], targets)
        for split, (_, truths) in task.splits.items():
            truth = truths[output]
            if classes:
                predicted = _probabilities(fitted, features[split], truth)
            else:
                predicted = np.asarray(fitted.predict(features[split])).reshape(len(truth), -1)
            scores[split] |= task.scores(output, truth, predicted)
    return title.format(", ".join(dict.fromkeys(titles))), scores


def _flat(targets: np.ndarray) -> np.ndarray:
    flat = targets.reshape(len(targets), -1)
    return flat.ravel() if flat.shape[1] == 1 else flat


def _probabilities(estimator: Any, features: Any, truth: np.ndarray) -> np.ndarray:
    """Of class 1 (rows, 1), or of every class (rows, classes): 0 for those not trained on."""
    chance = np.asarray(estimator.predict_proba(features))
    width = truth.shape[1] if truth.ndim == 2 and truth.shape[1] > 1 else 0
    classes = np.asarray(estimator.classes_)
    if not width and set(classes.tolist()) <= {0, 1}:
        ones = list(classes).index(1) if 1 in classes else None
        return np.zeros((len(truth), 1)) if ones is None else chance[:, ones, None]
    count = max(width, int(class_ids(truth).max()) + 1, int(classes.max()) + 1)
    full = np.zeros((len(truth), count))
    full[:, classes] = chance
    return full


PENALTIES = (0.5, 1.0, 2.0, 3.0, 4.0, 6.0)
TEAMS = ("team_1", "team_2")


def ridge_strengths(task: Task) -> tuple[str, Scores]:
    """Ridge-regularized least squares on one indicator per team, signed, and the home side.

    The penalty is the one of PENALTIES with the least validation error.
    """
    from sklearn.linear_model import Ridge

    splits = task.splits
    (target,) = task.losses
    error = replace(task, metrics={target: ("mae",)})
    teams = 1 + max(int(inputs[team].max()) for inputs, _ in splits.values() for team in TEAMS)
    designs = {split: _signed_indicators(inputs, teams) for split, (inputs, _) in splits.items()}
    truth = {split: targets[target].ravel() for split, (_, targets) in splits.items()}

    def fitted(penalty: float) -> Any:
        model = Ridge(alpha=penalty, fit_intercept=False, solver="lsqr", tol=1e-6)
        return model.fit(designs["train"], truth["train"])

    def scored(by: Task, split: str, model: Any) -> dict[str, float]:
        predicted = model.predict(designs[split])[:, None]
        return by.scores(target, truth[split][:, None], predicted)

    models = {penalty: fitted(penalty) for penalty in PENALTIES}
    judge = "validation" if "validation" in splits else "train"
    best = min(PENALTIES, key=lambda penalty: scored(error, judge, models[penalty])["mae"])
    scores = {split: scored(task, split, models[best]) for split in splits}
    return f"ridge least squares, penalty {best:g}", scores


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
