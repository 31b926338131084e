"""What a run changes of its recipe, and how its folder and its row are named by it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import zoo
from zoo.experiments import runs
from zoo.experiments.changed import LONGEST, changes, in_a_name, source_changed
from zoo.experiments.record import Upstream
from zoo.recipes.fields import as_json, from_json

NAME = re.compile(r"[A-Za-z0-9_.=+-]+")  # letters that every file system takes


def changed(name: str, overrides: dict[str, Any], source: str = "league") -> dict[str, str]:
    recipe = zoo.recipe(name).for_source(source).override(overrides)
    return changes(recipe, source, "")


@pytest.mark.parametrize(
    ("overrides", "expected", "name"),
    [
        ({}, {}, ""),
        ({"learning_rate": 0.01}, {"learning_rate": "0.01"}, "learning_rate=0.01"),
        ({"arguments.l2": 0.002}, {"arguments.l2": "0.002"}, "l2=0.002"),
        ({"arguments": {}}, {"arguments.l2": "none"}, "l2=none"),
        (
            {"engine": "fit", "epochs": 2},
            {"epochs": "2", "engine": "fit"},
            "epochs=2-engine=fit",
        ),
        ({"dataset_options.seasons": 4}, {"dataset_options.seasons": "4"}, "seasons=4"),
        ({"metrics.score_diff": ("mae", "mse")}, {"metrics.score_diff": "mae,mse"}, None),
    ],
)
def test_what_differs_from_the_recipe(
    overrides: dict[str, Any], expected: dict[str, str], name: str | None
) -> None:
    found = changed("basketball", overrides)
    assert found == expected
    if name is not None:
        assert in_a_name(found) == name


def test_a_sources_own_settings_are_no_change() -> None:
    assert changed("sequence_tagger", {}, "gunpoint") == {}
    assert changed("sequence_tagger", {"epochs": 5}, "gunpoint") == {"epochs": "5"}
    assert source_changed(zoo.recipe("basketball"), "league") == {}
    assert source_changed(zoo.recipe("basketball"), "ncaa") == {"data": "ncaa"}


def test_of_a_recipe_in_a_file_the_command_says_it() -> None:
    recipe = zoo.Recipe.from_dict({**zoo.recipe("mlp").to_dict(), "name": "own"})
    command = "python -m zoo.train --recipe 'my file.json' --seed 0 --set epochs=3 --set note='a b'"
    assert changes(recipe, "mixture", command) == {"epochs": "3", "note": "a b"}


@pytest.mark.parametrize(
    "values",
    [
        {"monitor": 'a/b\\c:d*e?f"g<h>i|j k\n'},
        {"loss.score_diff": "ünïcödé"},
        {"x": ""},
        {"x": "..."},
        {f"setting_{number}": number for number in range(40)},
        {"long": "x" * 500},
        {"short": 1, "long": "x" * 500},
    ],
)
def test_a_name_is_short_and_has_letters_that_every_system_takes(values: dict[str, Any]) -> None:
    name = in_a_name(values)
    assert len(name) <= LONGEST
    assert NAME.fullmatch(name)
    assert not name.endswith("."), "Windows would cut it off"


def test_what_does_not_fit_is_counted() -> None:
    many = {
        "learning_rate": 0.01,
        "batch_size": 256,
        "epochs": 3,
        "schedule": "cosine",
        "ema": 0.99,
    }
    assert in_a_name(many) == "learning_rate=0.01-batch_size=256-epochs=3-and_2_more"
    assert in_a_name({"long": "x" * 500}) == "1_changes"


def test_folders_are_in_the_order_of_their_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        second_now = 0

        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2026, 11, 29, 22, 23, cls.second_now, tzinfo=tz)

    monkeypatch.setattr(runs, "datetime", Clock)
    made = [runs.create(tmp_path, "mlp", 0, changed="learning_rate=0.01") for _ in range(3)]
    Clock.second_now = 1
    made.append(runs.create(tmp_path, "mlp", 1))
    names = [folder.name for folder in made]
    assert names == [
        "20261129-222300-seed0-learning_rate=0.01",
        "20261129-222300.001-seed0-learning_rate=0.01",
        "20261129-222300.002-seed0-learning_rate=0.01",
        "20261129-222301-seed1",
    ]
    assert sorted(names) == names
    for name in names:  # a stacked run's record names the run that it read
        upstream = Upstream("mlp", name, "0" * 64)
        assert from_json(Upstream, as_json(upstream)) == upstream
