"""What a baseline's fit has to say comes as one line of the run, not as a library's warning."""

from __future__ import annotations

import warnings

import pytest
from sklearn.exceptions import ConvergenceWarning

import zoo
from zoo.experiments import evaluation


def test_a_baseline_that_has_not_converged_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def scored(*_: object) -> tuple[str, dict[str, dict[str, float]]]:
        warnings.warn("lbfgs failed to converge", ConvergenceWarning, stacklevel=1)
        return "logistic regression", {}

    monkeypatch.setattr(evaluation, "score_baseline", scored)
    lines: list[str] = []
    assert evaluation.baseline(zoo.recipe("mlp"), {}, lines.append) == ("logistic regression", {})
    assert lines == ["note: logistic regression stopped before it had converged"]


def test_other_warnings_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    def scored(*_: object) -> tuple[str, dict[str, dict[str, float]]]:
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        return "", {}

    monkeypatch.setattr(evaluation, "score_baseline", scored)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        evaluation.baseline(zoo.recipe("mlp"), {}, print)
    assert [str(each.message) for each in told] == ["old"]
