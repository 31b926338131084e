"""The files of a search: the best recipe, the trials as a table, pictures."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from zoo.core.console import errors_only
from zoo.core.files import replacing, write_text
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import write_recipe
from zoo.tuning.study import Study, load_optuna

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

BEST = "best.json"
TRIALS = "trials.csv"
IMPORTANCES = "importances.json"


def best_recipe(study: Study, trial: FrozenTrial) -> Recipe:
    """The searched recipe with a trial's settings, under a new name."""
    base = study.recipe
    done = len(study.finished())
    found = (
        f"Found by zoo tune: trial {trial.number}, {base.monitor} {trial.value:.6g}, the best of "
        f"{done} on {study.source}, seed {study.seed}."
    )
    return dataclasses.replace(
        base.override(trial.params),
        name=f"{base.name}_tuned",
        note=f"{base.note} {found}".strip(),
        seconds={},
    )


def write_best(study: Study, trial: FrozenTrial) -> Path:
    """Write the file that `zoo train --recipe` takes."""
    path = study.folder / BEST
    write_recipe(best_recipe(study, trial), path)
    return path


def write_trial(study: Study, trial: FrozenTrial) -> None:
    """Add a trial to the table and to TensorBoard's HParams; failed ones have no scores."""
    write_text(study.folder / TRIALS, _table(study))
    metrics: Mapping[str, float] = trial.user_attrs.get("metrics", {})
    if trial.state.name == "FAIL" or not metrics:
        return
    from zoo.tensorboard.events import flattened, write_hparams

    folder = study.folder / f"trial-{trial.number:04d}"
    named = {
        f"validation/{key.removeprefix('val_')}" if key.startswith("val_") else f"train/{key}": each
        for key, each in metrics.items()
    }
    settings = {
        "recipe": study.recipe.name,
        "data": study.source,
        "seed": study.seed,
        **flattened(trial.params),
        "outcome": trial.state.name.lower(),
    }
    # rows of one name are averaged, over all searches that the page shows
    name = f"{folder.name} of {study.recipe.name}, {study.folder.name}"
    write_hparams(folder, settings, named, name=name)


def _table(study: Study) -> str:
    """All trials that ended, as CSV."""
    monitor = study.recipe.monitor
    rows = []
    for trial in study.trials():
        if not trial.state.is_finished():
            continue
        attributes = trial.user_attrs
        lost = trial.state.name == "FAIL" and "error" not in attributes
        rows.append(
            {
                **attributes,
                **trial.params,
                "trial": trial.number,
                "outcome": "lost" if lost else trial.state.name.lower(),
                monitor: attributes.get("metrics", {}).get(monitor),
            }
        )
    columns = ["trial", "outcome", monitor, "epochs", "seconds", *study.space, "error"]
    return pd.DataFrame(rows, columns=columns, dtype=object).to_csv(index=False)


def importances(study: Study) -> dict[str, float]:
    """Setting -> share of the variation of the value that it explains; empty if too few trials."""
    done = study.trials("COMPLETE")
    if len(done) < 4 or len({trial.value for trial in done}) < 2:
        return {}
    importance = load_optuna().importance
    with errors_only():  # no note that these functions are experimental
        try:
            return importance.get_param_importances(study.optuna, evaluator=_evaluator(study))
        except (ValueError, RuntimeError):  # the settings or the values hardly vary
            return {}


def _evaluator(study: Study) -> Any:
    return load_optuna().importance.FanovaImportanceEvaluator(seed=study.seed)


def write_outcome(study: Study) -> dict[str, float]:
    """Write the table, the best recipe, the importances and the pictures; the importances."""
    best = study.best()
    write_text(study.folder / TRIALS, _table(study))
    if best is None:
        return {}
    write_best(study, best)
    shares = importances(study)
    write_text(study.folder / IMPORTANCES, json.dumps(shares, indent=2) + "\n")
    draw_pictures(study, importances=bool(shares))
    return shares


def draw_pictures(study: Study, *, importances: bool) -> None:
    """Draw how the trials went, and what mattered if that is known."""
    with errors_only("matplotlib"):  # which misses fonts
        from matplotlib import pyplot
        from optuna.visualization import matplotlib as plots

        draws: dict[str, Callable[..., Any]] = {
            "history": plots.plot_optimization_history,
            "curves": lambda trials, **_: plots.plot_intermediate_values(trials),
            "slices": plots.plot_slice,
        }
        if importances:
            draws["importances"] = partial(
                plots.plot_param_importances, evaluator=_evaluator(study)
            )
        before = pyplot.get_backend()
        pyplot.switch_backend("agg")  # no screen
        try:
            for name, draw in draws.items():
                axes = draw(study.optuna, target_name=study.recipe.monitor)
                figure = axes.figure if hasattr(axes, "figure") else pyplot.gcf()
                with replacing(study.folder / f"{name}.png") as path:
                    figure.savefig(path, dpi=110, bbox_inches="tight")
                pyplot.close("all")
        finally:
            pyplot.switch_backend(before)


def shown(value: Any) -> str:
    """A setting for people: numbers with four digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
