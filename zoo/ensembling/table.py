"""An ensemble's scores beside those of its members and of the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zoo.core.console import Reporter, score_text
from zoo.experiments import evaluation
from zoo.experiments.record import RunRecord, Scores

Row = tuple[str, ...]


def show(reporter: Reporter, record: RunRecord) -> None:
    """Print the held-out scores of members, averages and baseline, and what the members count."""
    made = record.ensemble
    assert made is not None
    members = [member.scores for member in made.members]
    split = "test" if "test" in members[0] else next(iter(members[0]))
    metrics = shown_metrics(members[0][split])
    rows: list[Row] = [
        _row(f"{member.recipe}, seed {member.seed}", member.scores[split], metrics)
        for member in made.members
    ]
    rows.append(
        ("mean member ± half the range", *(_spread(members, split, each) for each in metrics))
    )
    others = {record.baseline_name: record.baseline} if record.baseline else {}
    for name, scores in {**made.averages, **others, **record.references}.items():
        rows.append(_row(name, scores.get(split, {}), metrics))
    source, count = record.data.source, f"{record.parameters:,} parameters"
    title = f"{record.recipe.name} on {source}, {count}, {split} rows"
    reporter.table(title, ("", *metrics), rows)
    for name, shares in (made.shares or {}).items():
        listed = ", ".join(f"{share:.3f}" for share in shares)
        reporter.line(f"weights of {name} by validation rows: {listed}")
    evaluation.show_expectations(reporter, record)


def _row(title: str, scores: Mapping[str, float], metrics: Sequence[str]) -> Row:
    return (title, *(score_text(scores[each]) if each in scores else "" for each in metrics))


def shown_metrics(scores: Mapping[str, float]) -> list[str]:
    """The metrics, without the losses: a member's holds penalties that an average has not.

    Where a recipe has no metrics, the losses, by output where there are several.
    """
    metrics = [
        name
        for name in scores
        if name.endswith("log_loss") or not (name == "loss" or name.endswith("_loss"))
    ]
    return metrics or [name for name in scores if name != "loss"] or list(scores)


def _spread(members: Sequence[Scores], split: str, metric: str) -> str:
    values = [scores[split][metric] for scores in members]
    return f"{sum(values) / len(values):.4f} ± {(max(values) - min(values)) / 2:.4f}"
