"""What goes wrong around a training that itself went well."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from run_helpers import untrained

import zoo
from zoo.core.errors import TrainingError
from zoo.experiments import evaluation
from zoo.experiments.runs import MODEL
from zoo.training.quiet import without_retracing_warnings


def test_a_baseline_that_cannot_be_fitted_is_left_out_with_a_note() -> None:
    rows = {"features": np.zeros((3, 2))}, {"label": np.zeros((3, 1), np.float32)}
    recipe = zoo.recipe("mlp").override({"baseline": "ridge_strengths"})
    told: list[str] = []
    assert evaluation.baseline(recipe, {"train": rows}, told.append) == ("", {})
    assert told == ["note: baseline ridge_strengths is left out, as it cannot be fitted: 'team_1'"]


@pytest.mark.parametrize("kept", [0, 100, 0.5])
def test_a_model_that_is_cut_short_is_called_damaged(tmp_path: Path, kept: float) -> None:
    run, _ = untrained("tiny_dense", tmp_path)
    run.model.save(tmp_path / MODEL)
    whole = (tmp_path / MODEL).read_bytes()
    (tmp_path / MODEL).write_bytes(whole[: int(kept if kept > 1 else kept * len(whole))])
    with pytest.raises(TrainingError, match=r"model\.keras is damaged, .*or train it again") as e:
        zoo.load_run(tmp_path)
    assert "not found" not in str(e.value)


@pytest.mark.slow
def test_two_rows_can_be_trained_on(tmp_path: Path) -> None:
    x, y = np.eye(2, 5), np.array([0, 1])
    quick = {"epochs": 1, "engine": "fit", "verbose": 0, "logdir": tmp_path}
    run = zoo.fit("mlp", data=(x, y), **quick)
    assert run.record.baseline_name


def test_the_warning_of_retracing_alone_is_kept_quiet(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("tensorflow")
    retracing = "%d out of the last 5 calls to f triggered tf.function retracing."
    with caplog.at_level(logging.WARNING, "tensorflow"):
        logger.addHandler(caplog.handler)
        with without_retracing_warnings():
            logger.warning(retracing, 5)
            logger.warning("another")
        logger.warning(retracing, 6)
        logger.removeHandler(caplog.handler)
    assert {each.getMessage()[:7] for each in caplog.records} == {"another", "6 out o"}


@pytest.mark.slow
def test_fits_one_after_another_do_not_warn_of_retracing(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    x, y = np.eye(8, 5), np.arange(8) % 2
    quick = {"epochs": 1, "engine": "fit", "verbose": 0, "logdir": tmp_path, "baseline": ""}
    logger = logging.getLogger("tensorflow")
    logger.addHandler(caplog.handler)
    try:
        for seed in range(4):
            zoo.fit("mlp", data=(x, y), seed=seed, **quick)
    finally:
        logger.removeHandler(caplog.handler)
    assert [each for each in caplog.messages if "retracing" in each] == []
