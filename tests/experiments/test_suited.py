"""A recipe, a model and data that do not go together are refused before the first step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import slow

import zoo
from zoo.core.errors import BuildError, RecipeError, UnknownNameError
from zoo.training import engine


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        (
            {"arguments.n_features": 7},
            RecipeError,
            r"features of shape \(7,\), .* \(10,\)",
        ),
        ({"report": "strengths"}, RecipeError, "report strengths is not for a model and data like"),
        ({"report": "nothing"}, UnknownNameError, "unknown report 'nothing'; known: answers"),
        ({"baseline": "nothing"}, UnknownNameError, "unknown baseline 'nothing'; known: char"),
        ({"optimizer_options.beta_1": 7}, RecipeError, "beta_1 must be from 0 to below 1, not 7"),
        (
            {"optimizer": "nothing"},
            RecipeError,
            "'nothing': Could not interpret optimizer$",
        ),
        slow({"arguments.hidden": (10**12,)}, BuildError, "does not fit into memory"),
    ],
)
def test_what_does_not_go_together_is_refused_before_training(
    change: dict[str, Any],
    kind: type[Exception],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engine, "fit", lambda *_, **__: pytest.fail("it trains"))
    with pytest.raises(kind, match=message):
        zoo.fit("mlp", data="mixture", logdir=tmp_path, verbose=0, **change)
    assert not [*tmp_path.iterdir()], "no run folder is left"


def test_a_report_that_suits_is_drawn_all_the_same(tmp_path: Path) -> None:
    run = zoo.fit(
        "mlp", data="mixture", epochs=1, engine="fit", report="heads", logdir=tmp_path, verbose=0
    )
    assert (run.folder / "picture.png").is_file()
