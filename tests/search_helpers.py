"""What the tests of searches share: a small search, and what one leaves."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zoo
from zoo.core.console import Reporter
from zoo.recipes.recipe import Recipe
from zoo.tuning.study import opened

SILENT = Reporter(silent=True)
NAME = "seed_difference"  # two parameters
SMALL: dict[str, Any] = {"epochs": 4, "engine": "fit", "dataset_options": {"seasons": 4}}
SPACE = {"learning_rate": ("log", 0.001, 1.0), "batch_size": ("choice", 128, 256)}


def small(**changes: Any) -> Recipe:
    return dataclasses.replace(zoo.recipe(NAME), **{**SMALL, "search": SPACE, **changes})


def search(recipe: str | Recipe, folder: Path, trials: int, **more: Any) -> Any:
    more = {"reporter": SILENT, **more}
    return zoo.tune(recipe, trials=trials, data="league", logdir=folder, **more)


def table(folder: Path) -> list[dict[str, str]]:
    with (folder / "trials.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def trials_of(folder: Path) -> list[tuple[str, dict[str, Any], float | None]]:
    with opened(folder) as study:
        return [(trial.state.name, trial.params, trial.value) for trial in study.trials()]


class Saying(Reporter):
    """Keeps the lines; `then` hears each of them."""

    def __init__(self, then: Callable[[str], None] = lambda _: None) -> None:
        super().__init__(silent=True)
        self.lines: list[str] = []
        self.then = then

    def line(self, text: str = "") -> None:
        self.lines.append(text)
        self.then(text)
