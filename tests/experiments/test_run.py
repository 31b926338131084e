"""`zoo.Run`: what a finished run knows, and what a notebook shows of it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import zoo
from zoo.core.errors import DataError, TrainingError
from zoo.experiments.runs import CURVES, HISTORY, PICTURE

pytestmark = pytest.mark.slow  # each trains models

QUICK: dict[str, Any] = {"data": "halves", "epochs": 3, "engine": "fit", "verbose": 0}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> zoo.Run:
    return zoo.fit("two_branch_add", logdir=tmp_path_factory.mktemp("logs"), **QUICK)


@pytest.fixture(scope="module")
def rows() -> tuple[dict[str, np.ndarray], np.ndarray]:
    x, y = zoo.load_data("two_branch_add", source="halves").xy("test")
    return x, y


def test_history_has_a_row_for_each_epoch(run: zoo.Run) -> None:
    history = run.history
    assert history.index.tolist() == [1, 2, 3]
    assert history.index.name == "epoch"
    assert {"loss", "val_loss", "accuracy", "learning_rate"} <= {*history.columns}
    assert {kind.kind for kind in history.dtypes} == {"f"}


def test_a_run_without_epochs_has_an_empty_history(run: zoo.Run, tmp_path: Path) -> None:
    bare = dataclasses.replace(run, folder=tmp_path)
    assert bare.history.empty
    assert bare.history.index.name == "epoch"
    (tmp_path / HISTORY).write_text("loss\nhigh\n", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"history\.csv cannot be read"):
        _ = bare.history


def test_predict_takes_every_form_of_rows(run: zoo.Run, rows: Any) -> None:
    x, _ = rows
    expected = run.predict(x)["category"]
    assert expected.shape == (len(x["a"]), 10)
    forms: list[Any] = [
        [x["a"], x["b"]],
        {name: array.astype("float64") for name, array in x.items()},
        pd.concat(
            [pd.DataFrame(array).add_prefix(f"{name}_") for name, array in x.items()], axis=1
        ),
    ]
    for form in forms:
        np.testing.assert_array_equal(run.predict(form)["category"], expected)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda run: run.predict(np.zeros((2, 64))), "has the inputs a, b"),
        (lambda run: run.predict([np.zeros((2, 64)), np.zeros((2, 3))]), r"'b' takes .* not \(3\)"),
        (lambda run: run.predict(np.zeros((2, 64)), a=3), "give rows or one case"),
        (lambda run: run.evaluate({"a": np.zeros((2, 64))}, [0, 1]), "input 'b' is missing"),
    ],
)
def test_rows_that_do_not_fit_are_refused(run: zoo.Run, ask: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        ask(run)


def test_evaluate_scores_its_own_rows_or_given_ones(run: zoo.Run, rows: Any) -> None:
    assert run.evaluate() == run.metrics
    assert run.evaluate(*rows) == pytest.approx(run.metrics["test"], rel=1e-5)
    assert zoo.evaluate(run, verbose=0) == run.metrics


def test_functions_take_the_run_itself(run: zoo.Run, tmp_path: Path) -> None:
    assert zoo.load_run(run) is run
    assert zoo.export(run, "keras", tmp_path / "model.keras").path.is_file()
    with pytest.raises(TrainingError, match="nothing to resume"):
        zoo.resume(run)


def test_one_case_in_words(tmp_path: Path) -> None:
    quick = {"data": "league", "epochs": 1, "engine": "fit", "verbose": 0}
    made = zoo.fit("seed_difference", logdir=tmp_path, baseline="", **quick)
    assert made.predict(seed_diff=3) == zoo.predict(made, seed_diff=3)
    assert list(made.predict(seed_diff=3)) == ["score_diff"]


def test_pictures_are_shown_where_they_are(run: zoo.Run, tmp_path: Path) -> None:
    assert run.picture.path == run.folder / PICTURE
    content = run.picture._repr_png_()
    assert content is not None
    assert content.startswith(b"\x89PNG")
    assert run.curves.path == run.folder / CURVES
    missing = dataclasses.replace(run, folder=tmp_path).picture
    assert missing._repr_png_() is None
    assert "which is not there" in repr(missing)


def test_it_says_in_a_line_what_it_is(run: zoo.Run) -> None:
    score = run.metrics["test"]["accuracy"]
    assert repr(run) == f"<Run two_branch_add/{run.folder.name}, test accuracy {score:.4f}>"


def test_a_notebook_shows_scores_beside_the_baselines(run: zoo.Run) -> None:
    shown = run._repr_html_()
    assert "two_branch_add on halves" in shown
    assert run.record.baseline_name in shown
    assert f"{run.metrics['test']['accuracy']:.4f}" in shown
    assert f"{run.baseline['test']['accuracy']:.4f}" in shown
    assert "data:image/png;base64," in shown
