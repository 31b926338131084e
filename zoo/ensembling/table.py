"""An ensemble's scores beside its members'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zoo.core.console import Reporter
from zoo.experiments.record import RunRecord, Scores

Row = tuple[str, ...]


def show_members(reporter: Reporter, record: RunRecord) -> None:
    """Print each member's held-out scores, their mean with its spread, and the averages'."""
    made = record.ensemble
    assert made is not None
    members = [member.scores for member in made.members]
    split = "test" if "test" in members[0] else next(iter(members[0]))
    metrics = shown_metrics(members[0][split])
    rows: list[Row] = [
        (
            f"{member.recipe}, seed {member.seed}",
            *(f"{member.scores[split][metric]:.4f}" for metric in metrics),
        )
        for member in made.members
    ]
    rows.append(
        ("mean member ± half the range", *(_spread(members, split, each) for each in metrics))
    )
    for average, scores in made.averages.items():
        rows.append((average, *(f"{scores[split][metric]:.4f}" for metric in metrics)))
    reporter.table(f"{record.recipe.name}, {split} rows", ("", *metrics), rows)
    for name, shares in (made.shares or {}).items():
        listed = ", ".join(f"{share:.3f}" for share in shares)
        reporter.line(f"weights of {name} by validation rows: {listed}")


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
