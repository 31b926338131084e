"""What of a recipe's run goes to TensorBoard: the callback, the model card, the HParams row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.experiments.feeding import labels_for
from zoo.experiments.record import RunRecord, Scores
from zoo.experiments.setup import TrainingSetup
from zoo.inspection import model_card
from zoo.models.registry import spec
from zoo.recipes.recipe import SAID
from zoo.tensorboard.hparams import HParam, flattened, write_hparams
from zoo.training.engine import as_inputs

if TYPE_CHECKING:
    from zoo.tensorboard.callback import TensorBoard

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


def callback(setup: TrainingSetup, folder: Path, *, profile: bool = False) -> TensorBoard:
    """The TensorBoard callback of a run: labels, model card, the first training rows as sample."""
    from zoo.tensorboard.callback import TensorBoard

    sample = [
        as_inputs({name: array[:SAMPLE] for name, array in part.items()}) for part in setup.train
    ]
    return TensorBoard(
        folder,
        labels=labels_for(setup.recipe, setup.dataset),
        sample=sample,
        texts={"card": model_card.as_markdown(spec(setup.recipe.architecture))},
        profile=profile,
    )


def hparams(record: RunRecord) -> dict[str, HParam]:
    """The settings of a run by its record: the recipe's, the data's source, seed, engine, members.

    Runs of the same settings share a row of the page, so two ensembles must differ here.
    """
    fields = record.recipe.to_dict()
    joined: dict[str, Any] = {}
    if made := record.ensemble:
        joined = {"members": [member.run for member in made.members], "weights": made.weights}
    return flattened(
        {
            "recipe": record.recipe.name,
            **{key: value for key, value in fields.items() if key not in _NOT_SETTINGS},
            "data": record.data.source,
            "seed": record.seed,
            "engine": record.engine,
            "ensemble": joined,
        }
    )


def write_scores(folder: Path, record: RunRecord, scores: Scores) -> None:
    """Write the run's HParams row: its settings, and every split's scores as `split/metric`."""
    metrics = {
        f"{split}/{metric}": value
        for split, found in scores.items()
        for metric, value in found.items()
    }
    write_hparams(folder / SCORES, hparams(record), metrics)
