"""Keras's ModelCheckpoint and EarlyStopping, with their arguments, as fields of a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import history

import zoo
from zoo._keras import keras
from zoo.core.console import Reporter
from zoo.core.errors import RecipeError
from zoo.experiments.runs import Run

SILENT = Reporter(silent=True)
GAMES: dict[str, Any] = {"dataset_options.seasons": 4, "baseline": "", "engine": "resident"}
GAMES |= {"data": "league", "reporter": SILENT}


def checkpoints(run: Run) -> list[str]:
    found = (path.name for path in (run.folder / "checkpoints").iterdir())
    return sorted(name for name in found if "resume" not in name and name != "best.weights.h5")


@pytest.mark.slow
def test_checkpoints_are_named_by_epoch_and_value(tmp_path: Path) -> None:
    run = zoo.fit(
        "seed_difference",
        logdir=tmp_path,
        epochs=3,
        **{"model_checkpoint.filepath": "{epoch:02d}-{val_loss:.2f}.keras"},
        **GAMES,
    )
    losses = [float(row["val_loss"]) for row in history(run)]
    assert checkpoints(run) == [f"{at:02d}-{loss:.2f}.keras" for at, loss in enumerate(losses, 1)]
    last = keras.models.load_model(run.folder / "checkpoints" / checkpoints(run)[-1])
    for one, other in zip(last.weights, run.model.weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.slow
def test_only_better_epochs_are_saved(tmp_path: Path) -> None:
    run = zoo.fit(
        "seed_difference",
        logdir=tmp_path,
        epochs=8,
        model_checkpoint={
            "filepath": "{epoch}.weights.h5",
            "save_best_only": True,
            "monitor": "val_mae",
            "mode": "max",  # the worst ones, so that they are few
        },
        **GAMES,
    )
    best, kept = -1.0, []
    for row in history(run):
        if float(row["val_mae"]) > best:
            best = float(row["val_mae"])
            kept.append(f"{row['epoch']}.weights.h5")
    assert checkpoints(run) == sorted(kept)
    assert len(kept) < 8


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"filepath": "../x.keras"}, "must be a file name"),
        ({"filepath": "/tmp/x.keras"}, "must be a file name"),
        ({"filepath": "{epoch.__class__}.keras"}, "must be a file name"),
        ({"filepath": "{epoch}.txt"}, "must end in .keras"),
        ({"filepath": "{epoch}.weights.h5", "save_weights_only": False}, "must end in .keras"),
        ({"filepath": "{epoch}-{val_los}.keras"}, "val_los is not known after every epoch"),
        ({"filepath": "{batch}.keras"}, "batch is not known after every epoch"),
        ({"filepath": "x.keras", "save_freq": 5}, "counts steps and needs engine=fit"),
        ({"filepath": "x.keras", "monitor": "val_acc"}, "did you mean val_mae"),
        ({"filepath": "x.keras", "every": 5}, "unknown field 'every'"),
        ({"save_best_only": True}, "filepath is missing"),
        ({"filepath": "best.weights.h5"}, "another name than best.weights.h5"),
        ({"filepath": "{val_loss:d}.keras"}, "must be a file name"),
        ({"filepath": "{epoch:.2d}.keras"}, "must be a file name"),
        ({"filepath": "{epoch:9d}.keras"}, "must be a file name"),
        ({"filepath": "{loss:.3f}" * 15 + ".keras"}, "must be a file name"),
        ({"filepath": "x.keras", "initial_value_threshold": 1.0}, "needs save_best_only"),
    ],
)
def test_a_checkpoint_that_could_not_be_written_is_refused_before_training(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with pytest.raises(RecipeError, match=message):
        zoo.fit("seed_difference", logdir=tmp_path, model_checkpoint=changes, **GAMES)
    assert not list(tmp_path.glob("*/*/history.csv"))


@pytest.mark.slow
def test_early_stopping_takes_keras_arguments(tmp_path: Path) -> None:
    given: dict[str, Any] = {"early_stopping": 2, "epochs": 12, "logdir": tmp_path, **GAMES}
    small_steps = zoo.fit("seed_difference", early_stopping_options={"min_delta": 50.0}, **given)
    assert len(history(small_steps)) == 3  # the first epoch, then two without 50 points less
    rough = {"learning_rate": 5.0, "schedule": "constant", "epochs": 12, "logdir": tmp_path}
    values = [
        float(row["val_loss"]) for row in history(zoo.fit("seed_difference", **rough, **GAMES))
    ]
    worse = next(at for at in range(1, 12) if values[at] >= min(values[:at]))
    unmet = {"early_stopping": 1, "early_stopping_options": {"baseline": 0.001}}
    stopped = zoo.fit("seed_difference", **rough, **unmet, **GAMES)
    assert len(history(stopped)) == worse + 1
    later = {"min_delta": 50.0, "start_from_epoch": 4}
    waited = zoo.fit("seed_difference", early_stopping_options=later, **given)
    assert len(history(waited)) == 7
    for options, message in (
        ({"patience": 3}, "unknown field 'patience'"),
        ({"monitor": "val_rmse"}, "early_stopping_options.monitor: unknown value 'val_rmse'"),
        ({"min_delta": -1}, "early_stopping_options.min_delta must be from 0 up"),
        ({"start_from_epoch": 12}, "start_from_epoch must be below epochs"),
    ):
        with pytest.raises(RecipeError, match=message):
            zoo.fit("seed_difference", early_stopping_options=options, **given)
    with pytest.raises(RecipeError, match="needs early_stopping, the patience in epochs"):
        zoo.recipe("seed_difference").override({"early_stopping_options.min_delta": 1})
