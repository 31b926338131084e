"""Every architecture with a recipe can be asked, by the command that its own error gives."""

from __future__ import annotations

import shlex
from pathlib import Path

import numpy as np
import pytest
from run_helpers import untrained

import zoo
from zoo.cli.predict import _extra_options
from zoo.core.errors import DataError
from zoo.experiments import predict
from zoo.experiments.feeding import feed
from zoo.experiments.predict import predict_one, predict_table
from zoo.experiments.runs import LOGDIR, Run

TRAINED = [name for name in zoo.list_models() if zoo.spec(name).recipe]
QUICK = {"basketball", "two_scores", "score_and_win", "tiny_dense", "digit_mlp", "novel"}


@pytest.mark.parametrize(
    "name",
    [  # slow: the others make larger data and models
        pytest.param(each, marks=() if each in QUICK else pytest.mark.slow) for each in TRAINED
    ],
)
@pytest.mark.usefixtures("forget_models")
@pytest.mark.slow
def test_the_error_gives_a_command_that_works(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, data = untrained(str(zoo.spec(name).recipe), tmp_path)
    with pytest.raises(DataError, match="is missing") as caught:
        predict_one(run, {}, logdir=LOGDIR)
    title, *lines, last = caught.value.__notes__
    assert title == f"{run.record.recipe.name} takes:"
    asked = " ".join(lines)
    for column in examples_columns(run):
        assert f"--{column.replace('_', '-')} (" in asked

    begin, _, command = last.partition(": ")
    assert begin == "for example"
    words = shlex.split(command)
    assert words[:2] == ["zoo", "predict"]
    if "--csv" not in words:
        answer = predict_one(run, _extra_options(words[3:]), logdir=LOGDIR)
        assert all(answer.values())

    seen = {}
    real = predict.inference.predict
    monkeypatch.setattr(
        predict.inference,
        "predict",
        lambda model, inputs: real(model, seen.setdefault("it", inputs)),
    )
    table = predict_table(run, run.folder / "example" / "inputs.csv", None, logdir=LOGDIR)
    assert "pred_" in table.partition("\n")[0]
    if not zoo.spec(name).writes:
        trained = feed(run.record.recipe, data, run.model, print)["test"][0]
        for tensor, rows in trained.items():
            assert seen["it"][tensor].dtype == rows.dtype
            assert np.allclose(seen["it"][tensor][0], rows[0], rtol=1e-5, atol=1 / 250), tensor


def examples_columns(run: Run) -> set[str]:
    """The names by which the run's inputs are given."""
    recipe = run.record.recipe
    names = [tensor.name for tensor in run.model.inputs]
    return {column for name in names for column in recipe.columns.get(name, (name,))}
