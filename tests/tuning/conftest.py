"""Fixtures of the tests of searches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zoo.recipes.recipe import Recipe


@pytest.fixture
def real() -> Any:
    """The function that trains a trial."""
    from zoo.tuning.trial import run_trial

    return run_trial


@pytest.fixture
def quick(real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trials that are a formula instead of a training; no importances, no pictures."""
    from zoo.tuning import outcome, trial

    def run_trial(recipe: Recipe, dataset: Any, seed: int, asked: Any, **_: Any) -> trial.Outcome:
        assert set(dataset.splits) == {"train", "validation"}
        value = min(3.0, abs(np.log10(recipe.learning_rate) + 1.5)) + recipe.batch_size / 1000
        for epoch in range(recipe.epochs):
            asked.report(value + 1 / (epoch + 1), epoch)
        return trial.Outcome(value, "COMPLETE", recipe.epochs, 0.01, {"val_loss": value})

    monkeypatch.setattr(trial, "run_trial", run_trial)
    monkeypatch.setattr(outcome, "importances", lambda _: {})
    monkeypatch.setattr(outcome, "draw_pictures", lambda *_, **__: None)
