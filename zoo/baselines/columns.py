"""Baselines that read every input as one row of numbers: linear, random forest, neighbors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zoo.baselines.scoring import Arrays, Scores, Splits, class_ids, port_scores

SEED = 0


def score(
    name: str,
    splits: Splits,
    losses: Mapping[str, str],
    metrics: Mapping[str, tuple[str, ...]],
) -> tuple[str, Scores]:
    """One estimator per output: a classifier under a cross-entropy, a regressor otherwise."""
    features = {split: side_by_side(inputs) for split, (inputs, _) in splits.items()}
    return fitted_and_scored(name, features, splits, losses, metrics)


def fitted_and_scored(
    name: str,
    features: Mapping[str, Any],
    splits: Splits,
    losses: Mapping[str, str],
    metrics: Mapping[str, tuple[str, ...]],
) -> tuple[str, Scores]:
    """Fit on features of the training split, one estimator per output; score on every split."""
    scores: Scores = {split: {} for split in splits}
    used = []
    alone = len(losses) == 1
    for port, loss in losses.items():
        title, estimator = _estimator(name, loss)
        used.append(title)
        targets = splits["train"][1][port]
        classifies = loss.endswith("crossentropy")
        estimator.fit(features["train"], class_ids(targets) if classifies else _flat(targets))
        for split, (_, truths) in splits.items():
            predicted = _predicted(estimator, features[split], classifies, truths[port])
            scores[split] |= port_scores(
                port, metrics.get(port, ()), truths[port], predicted, alone=alone
            )
    return ", ".join(dict.fromkeys(used)), scores


def side_by_side(inputs: Arrays) -> np.ndarray:
    """All inputs as (rows, numbers)."""
    return np.concatenate(
        [array.reshape(len(array), -1).astype(np.float64) for array in inputs.values()], axis=1
    )


def _flat(targets: np.ndarray) -> np.ndarray:
    flat = targets.reshape(len(targets), -1)
    return flat.ravel() if flat.shape[1] == 1 else flat


def _estimator(name: str, loss: str) -> tuple[str, Any]:
    """Title and unfitted estimator; features are standardized where their scale matters."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.linear_model import LinearRegression, LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    classifies = loss.endswith("crossentropy")
    if name == "random_forest":
        kind = RandomForestClassifier if classifies else RandomForestRegressor
        return "random forest", kind(n_estimators=200, random_state=SEED)
    if name == "nearest_neighbor":
        kind = KNeighborsClassifier if classifies else KNeighborsRegressor
        return "5 nearest neighbors", make_pipeline(StandardScaler(), kind(n_neighbors=5))
    if classifies:
        model = LogisticRegression(max_iter=500)
        return "logistic regression", make_pipeline(_scaler(), model)
    return "least squares", LinearRegression()


def _scaler() -> Any:
    """Standardization that leaves sparse features sparse."""
    from sklearn.preprocessing import StandardScaler

    return StandardScaler(with_mean=False)


def _predicted(estimator: Any, features: Any, classifies: bool, truth: np.ndarray) -> np.ndarray:
    if not classifies:
        return np.asarray(estimator.predict(features)).reshape(len(truth), -1)
    chance = np.asarray(estimator.predict_proba(features))
    width = truth.shape[1] if truth.ndim == 2 and truth.shape[1] > 1 else 0
    classes = np.asarray(estimator.classes_)
    if not width and set(classes.tolist()) <= {0, 1}:
        return (
            chance[:, list(classes).index(1), None] if 1 in classes else np.zeros((len(truth), 1))
        )
    full = np.zeros(
        (len(truth), max(width, int(class_ids(truth).max()) + 1, int(classes.max()) + 1))
    )
    full[:, classes] = chance  # a class that no training row has gets probability 0
    return full
