"""What of a recipe's run goes to TensorBoard: the callback, the card, the HParams row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo import card
from zoo.ports import labels_for
from zoo.preparing import Plan
from zoo.recipe import SAID
from zoo.registry import spec
from zoo.training.engine import as_inputs
from zoo.training.hparams import HParam, flattened, write_hparams

if TYPE_CHECKING:
    from zoo.runs import Scores
    from zoo.training.tensorboard import TensorBoard

SAMPLE = 32  # rows that the gradients are taken on
# The HParams row has a folder to itself: every scalar in its folder or below becomes a column.
SCORES = "scores"

# fields that say what a recipe is for, not how it trains
_NOT_SETTINGS = {
    "name",
    "loss",
    "metrics",
    "columns",
    "monitor",
    "baseline",
    "report",
    *SAID,
}


def callback(plan: Plan, folder: Path, *, profile: bool = False) -> TensorBoard:
    """The TensorBoard callback of a run: labels and card, the first training rows as sample."""
    from zoo.training.tensorboard import TensorBoard

    sample = [
        as_inputs({port: array[:SAMPLE] for port, array in part.items()}) for part in plan.train
    ]
    return TensorBoard(
        folder,
        labels=labels_for(plan.recipe, plan.dataset),
        sample=sample,
        texts={"card": card.as_markdown(spec(plan.recipe.architecture))},
        profile=profile,
    )


def hparams(plan: Plan) -> dict[str, HParam]:
    """The settings of a run: the recipe's, the data's source, the seed, the engine."""
    fields: dict[str, Any] = {
        key: value for key, value in plan.recipe.to_dict().items() if key not in _NOT_SETTINGS
    }
    return flattened(
        {
            "recipe": plan.recipe.name,
            **fields,
            "data": plan.dataset.source,
            "seed": plan.seed,
            "engine": plan.engine,
        }
    )


def write_scores(plan: Plan, folder: Path, scores: Scores) -> None:
    """Write the run's HParams row: its settings, and every split's scores as `split/metric`."""
    metrics = {
        f"{split}/{metric}": value
        for split, found in scores.items()
        for metric, value in found.items()
    }
    write_hparams(folder / SCORES, hparams(plan), metrics)
