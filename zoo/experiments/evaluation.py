"""A run's scores, beside its baseline's and the data's own reference scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.core.console import Reporter, metric_rows
from zoo.experiments.feeding import Split
from zoo.experiments.runs import Scores
from zoo.training import engine

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset


def score(model: keras.Model, splits: Mapping[str, Split]) -> Scores:
    """Split -> metric -> value."""
    return {split: engine.evaluate(model, *arrays) for split, arrays in splits.items()}


def references(
    dataset: Dataset, metrics: Scores, outputs: Sequence[str], columns: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, dict[str, float]]]:
    """The data's reference scores under the names that the model's metrics have.

    Data says `score_diff_mae`; a model with that one output reports just `mae`. The score of a
    port that takes several columns side by side (`columns`) is the mean of theirs.
    """
    named: dict[str, dict[str, dict[str, float]]] = {}
    for name, scores in dataset.references.items():
        for split, keys in metrics.items():
            found = {
                key: value
                for key in keys
                if (value := _reference(scores.get(split, {}), key, outputs, columns)) is not None
            }
            if found:
                named.setdefault(name, {})[split] = found
    return named


def _reference(
    scores: Mapping[str, float],
    key: str,
    outputs: Sequence[str],
    columns: Mapping[str, Sequence[str]],
) -> float | None:
    """The score that the model's metric `key` is compared with; None if the data has none."""
    port = max((name for name in outputs if key.startswith(f"{name}_")), key=len, default="")
    metric = key.removeprefix(f"{port}_")
    if len(outputs) == 1:
        port, metric = outputs[0], key
    for names in ((port,), columns.get(port, ())):
        values = [scores.get(f"{name}_{metric}") for name in names]
        known = [value for value in values if value is not None]
        if known and len(known) == len(names):
            return float(np.mean(known))
    return None


def show(reporter: Reporter, record: Mapping[str, Any]) -> None:
    """Print the model's scores beside the baseline's and the data's own reference scores."""
    columns = {"model": record["metrics"]}
    if record["baseline"]:
        columns[record["baseline_name"]] = record["baseline"]
    columns |= record["references"]
    recipe, source = record["recipe"], record["data"]["source"]
    title = f"{recipe['name']} on {source}, {record['parameters']:,} parameters"
    reporter.table(title, ("", *columns), list(metric_rows(columns)))
    scores = record["metrics"].get("test", {})
    for metric, bound in recipe["expect"].get(source, {}).items():
        if metric not in scores:  # the run left a head out
            continue
        value = scores[metric]
        higher = metric.endswith("accuracy")
        verdict = "reached" if (value >= bound if higher else value <= bound) else "MISSED"
        at = "at least" if higher else "at most"
        reporter.line(f"expected: test {metric} {at} {bound:g}; {verdict}, {value:.4f}")
