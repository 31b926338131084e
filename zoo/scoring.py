"""A run's scores, beside its baseline's and the data's own reference scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zoo.ports import Split
from zoo.reporter import Reporter, metric_rows
from zoo.runs import Scores
from zoo.training import engine

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset


def score(model: keras.Model, splits: Mapping[str, Split]) -> Scores:
    """Split -> metric -> value."""
    return {split: engine.evaluate(model, *arrays) for split, arrays in splits.items()}


def references(
    dataset: Dataset, metrics: Scores, outputs: Sequence[str]
) -> dict[str, dict[str, dict[str, float]]]:
    """The data's reference scores under the names that the model's metrics have.

    Data says `score_diff_mae`; a model with that one output reports just `mae`.
    """
    prefix = f"{outputs[0]}_" if len(outputs) == 1 else ""
    named = {
        name: {
            split: {
                key: scores[split][prefix + key] for key in keys if prefix + key in scores[split]
            }
            for split, keys in metrics.items()
            if split in scores
        }
        for name, scores in dataset.references.items()
    }
    return {name: scores for name, scores in named.items() if any(scores.values())}


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
