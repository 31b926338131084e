"""What is no name, where a name is due: one line, whatever the function."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import zoo
from zoo.core.errors import TrainingError, ZooError


def _of_concept(name: Any) -> object:
    return zoo.list_models(concept=5 if name is None else name)  # pyright: ignore


TAKE_NAMES: dict[str, Callable[[Any], object]] = {
    "build": zoo.build,
    "build with weights": lambda name: zoo.build(name, weights="embedded"),
    "ensemble": lambda name: zoo.ensemble(name, runs=()),
    "ensemble of runs": lambda name: zoo.ensemble(runs=name),
    "ensemble of two": lambda name: zoo.ensemble(runs=[name, name]),
    "evaluate": zoo.evaluate,
    "explain": zoo.explain,
    "export": lambda name: zoo.export(name, "keras"),
    "export to": lambda name: zoo.export("mlp", name),
    "fit": zoo.fit,
    "list_models": zoo.list_models,
    "list_models of a concept": _of_concept,
    "list_recipes": zoo.list_recipes,
    "load_data": zoo.load_data,
    "load_run": zoo.load_run,
    "plot_model": zoo.plot_model,
    "predict": zoo.predict,
    "recipe": zoo.recipe,
    "resume": zoo.resume,
    "spec": zoo.spec,
    "summary": zoo.summary,
    "tune": zoo.tune,
}


@pytest.mark.parametrize("name", TAKE_NAMES)
@pytest.mark.parametrize("value", [5, None, [1], {}, b"mlp"], ids=repr)
def test_what_is_no_name_is_refused_in_one_line(
    name: str, value: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ZooError) as caught:
        TAKE_NAMES[name](value)
    assert "\n" not in str(caught.value)


def test_an_empty_name_of_a_run_is_refused_as_such(tmp_path: Path) -> None:
    for name in ("", " "):
        with pytest.raises(TrainingError, match="the name of the run is empty: give a run folder"):
            zoo.load_run(name, tmp_path)
