"""Searches: their spaces, trials, what is left behind, and the mistakes that are told."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from search_helpers import NAME, SPACE, Saying, search, small, table, trials_of

import zoo
from zoo.cli.root import cli, run
from zoo.core.errors import RecipeError, TrainingError, ZooError
from zoo.experiments import setup
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import read_recipe
from zoo.tuning.space import own_settings, space_of
from zoo.tuning.study import load_optuna, opened

pytest.importorskip("optuna", reason="a search needs functional-zoo[tune]")

# spaces


@pytest.mark.parametrize("name", zoo.list_recipes())
def test_every_recipe_has_a_space_it_can_take(name: str) -> None:
    recipe = zoo.recipe(name)
    space = space_of(recipe)
    dataclasses.replace(recipe, search=space)  # checks it
    assert len(space) >= 2
    defaults = zoo.spec(recipe.architecture).defaults
    for key in space:
        field, _, entry = key.partition(".")
        assert field != "arguments" or entry in defaults
    assert own_settings(recipe, space), "the recipe's own settings are a point of its space"


def test_eight_recipes_declare_their_own() -> None:
    own = [name for name in zoo.list_recipes() if zoo.recipe(name).search]
    assert len(own) >= 8


def test_a_recipe_without_a_schedule_of_its_own_keeps_halving() -> None:
    recipe = dataclasses.replace(zoo.recipe(NAME), schedule="constant", reduce_lr=2, search={})
    assert set(space_of(recipe)) == {"learning_rate", "batch_size"}


# a whole search


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_search_continues_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    whole = search(small(), tmp_path / "whole", 6)
    parts = tmp_path / "parts"
    search(small(), parts, 2)
    said = Saying()
    halted = search(small(), parts, 6, reporter=said)
    assert "continuing: 2 of 6 trials done" in said.lines
    assert trials_of(whole.folder) == trials_of(halted.folder)
    assert any(line.startswith("the recipe's own settings: val_loss ") for line in said.lines)
    again = search(small(), parts, 6)
    assert (again.trials, again.value) == (6, whole.value), "nothing was left to do"
    assert whole.value < 0.3, "the least there can be is 0.128"


@pytest.mark.slow
def test_a_search_leaves_everything_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = search(small(baseline=""), tmp_path, 4)
    folder = whole.folder
    assert folder == tmp_path / NAME / "tune" / "league-seed0"
    rows = table(folder)
    assert [row["trial"] for row in rows] == [str(number) for number in range(4)]
    assert {key: float(rows[0][key]) for key in SPACE} == {
        "learning_rate": zoo.recipe(NAME).learning_rate,
        "batch_size": zoo.recipe(NAME).batch_size,
    }, "the recipe's own settings come first"
    values = [float(row["val_loss"]) for row in rows if row["outcome"] == "complete"]
    assert whole.value == pytest.approx(min(values))
    assert set(whole.importances) == set(SPACE)
    assert sum(whole.importances.values()) == pytest.approx(1)
    assert json.loads((folder / "importances.json").read_text()) == whole.importances
    for picture in ("history", "curves", "slices", "importances"):
        assert (folder / f"{picture}.png").read_bytes().startswith(b"\x89PNG")
    assert len(list(folder.glob("trial-*/*.hparams"))) == 4
    assert not list((folder / "workers").iterdir())

    found, path = whole, folder / "best.json"
    assert read_recipe(path) == found.best
    assert found.best.name == f"{NAME}_tuned"
    words = ["train", "--recipe", str(path), "--data", "league", "--logdir", str(tmp_path)]
    assert run(cli, [*words, "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert Recipe.from_dict(record["recipe"]) == found.best
    assert {key: getattr(found.best, key) for key in SPACE} == found.settings
    assert record["metrics"]["validation"]["loss"] == pytest.approx(found.value, rel=1e-5)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_bad_trials_are_pruned(tmp_path: Path, real: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from zoo.tuning import trial

    recipe = small(epochs=8, search={"learning_rate": ("log", 1e-3, 1e38)})
    found = search(recipe, tmp_path, 5)  # by formula: far lower values than a training's
    monkeypatch.setattr(trial, "run_trial", real)
    with opened(found.folder) as study:
        for rate in (0.05, 1e38):
            study.optuna.enqueue_trial({"learning_rate": rate})
    said = Saying()
    assert search(recipe, tmp_path, 7, reporter=said).value == found.value
    bad, diverged = table(found.folder)[5:]
    assert (bad["outcome"], diverged["outcome"]) == ("pruned", "pruned")
    assert int(bad["epochs"]) == 3, "two epochs are no ground to judge by"
    assert "the loss became" in diverged["error"]
    assert any("pruned after epoch 3 of 8 at val_loss" in line for line in said.lines)


@pytest.mark.slow
def test_the_test_rows_are_out_of_sight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zoo.tuning import outcome

    monkeypatch.setattr(outcome, "draw_pictures", lambda *_, **__: None)
    clean = search(small(), tmp_path / "clean", 1)
    load = setup.load

    def poisoned(*arguments: Any) -> Any:
        dataset = load(*arguments)
        rows = {
            name: np.full_like(array, np.nan if array.dtype.kind == "f" else -1)
            for name, array in dataset.splits["test"].items()
        }
        return dataclasses.replace(dataset, splits={**dataset.splits, "test": rows})

    monkeypatch.setattr(setup, "load", poisoned)
    other = search(small(), tmp_path / "poisoned", 1)
    assert trials_of(clean.folder) == trials_of(other.folder)
    from zoo.tuning.trial import searched_data

    seen = searched_data(zoo.load_data("tournament", source="league"))
    assert set(seen.splits) == {"train", "validation"}
    assert not seen.references


@pytest.mark.slow
def test_a_failed_trial_is_reported_and_the_search_continues(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zoo.tuning import outcome

    monkeypatch.setattr(outcome, "draw_pictures", lambda *_, **__: None)
    recipe = small(epochs=1, search={"optimizer": ("choice", "adam", "madam")})
    said = Saying()
    search(recipe, tmp_path, 1)
    with opened(tmp_path / NAME / "tune" / "league-seed0") as study:
        study.optuna.enqueue_trial({"optimizer": "madam"})
    found = search(recipe, tmp_path, 2, reporter=said)
    outcomes = {(row["optimizer"], row["outcome"]) for row in table(found.folder)}
    assert outcomes == {("adam", "complete"), ("madam", "fail")}
    assert any("failed: " in line and "'madam'" in line for line in said.lines)
    with pytest.raises(RecipeError, match="monitor: unknown value 'val_mse'"):
        search(dataclasses.replace(recipe, monitor="val_mse"), tmp_path / "other", 4)
    assert not (tmp_path / "other").exists()


# mistakes


@pytest.mark.usefixtures("quick")
def test_a_search_of_other_settings_is_refused(tmp_path: Path) -> None:
    search(small(), tmp_path, 1)
    with pytest.raises(TrainingError, match="was started with a different epochs; choose another"):
        search(small(epochs=2), tmp_path, 1)
    with pytest.raises(TrainingError, match="was started with a different search"):
        search(small(search={}), tmp_path, 1)
    assert search(small(epochs=2), tmp_path, 1, study="two").folder.name == "two"


@pytest.mark.slow
def test_damage_is_reported(tmp_path: Path) -> None:
    storage = search(small(epochs=2), tmp_path, 1).folder / "study.sqlite3"
    content = storage.read_bytes()
    half = len(content) // 2
    for damaged in (
        content[:1],
        b"no database" * 100,
        content[:half],
        content[:half] + bytes(half),
    ):
        storage.write_bytes(damaged)
        with pytest.raises(TrainingError, match=r"study\.sqlite3 cannot be used: .*\w$"):
            search(small(epochs=2), tmp_path, 2)
        assert storage.read_bytes() == damaged, "it may still be mended"
    (storage.parent / "study.json").write_text("{}", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"study\.json is damaged: it does not descr"):
        search(small(epochs=2), tmp_path, 2)


def error_of(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(cli, words) == 1
    printed = capsys.readouterr().err
    assert printed.startswith("error: ")
    assert printed.count("\n") == 1
    return printed


def test_mistakes_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean basketball" in error_of(capsys, "tune", "basketbal")
    assert "trials must be from 1 to" in error_of(capsys, "tune", NAME, "--trials", "0")
    assert "jobs must be at least 1" in error_of(capsys, "tune", NAME, "--jobs", "0")
    assert "time must be above 0 seconds" in error_of(capsys, "tune", NAME, "--time", "0")
    assert "a folder name" in error_of(capsys, "tune", NAME, "--study", "../x")
    assert "KEY=VALUE" in error_of(capsys, "tune", NAME, "--set", "epochs")
    assert "is part of the search" in error_of(capsys, "tune", NAME, "--set", "batch_size=8")


@pytest.mark.parametrize("package", ["optuna", "filelock"])
def test_without_optuna_it_says_what_to_install(
    package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ZooError, match=f"needs {package}"):
        load_optuna()
    assert "pip install 'functional-zoo[tune]'" in error_of(capsys, "tune", NAME)
