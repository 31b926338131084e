"""scikit-learn's estimators: one per output, fitted on features and scored on every split."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from zoo.baselines.task import Scores, Task, class_ids

SEED = 0


def linear(classifies: bool) -> tuple[str, Any]:
    """Title and unfitted estimator: logistic regression, or least squares."""
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    if not classifies:
        return "least squares", LinearRegression()
    scaler = StandardScaler(with_mean=False)  # leaves sparse features sparse
    return "logistic regression", make_pipeline(scaler, LogisticRegression(max_iter=500))


def random_forest(classifies: bool) -> tuple[str, Any]:
    """Title and unfitted estimator."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestClassifier if classifies else RandomForestRegressor
    return "random forest", kind(n_estimators=200, random_state=SEED)


def nearest_neighbor(classifies: bool) -> tuple[str, Any]:
    """Title and unfitted estimator, on standardized features."""
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    kind = KNeighborsClassifier if classifies else KNeighborsRegressor
    return "5 nearest neighbors", make_pipeline(StandardScaler(), kind(n_neighbors=5))


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
        classifies = loss.endswith("crossentropy")
        name, fitted = estimator(classifies)
        titles.append(name)
        targets = known[output]
        fitted.fit(features["train"], class_ids(targets) if classifies else _flat(targets))
        for split, (_, truths) in task.splits.items():
            truth = truths[output]
            if classifies:
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
