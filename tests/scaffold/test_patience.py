"""How long a project's recipe trains on few rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from own_tables import table
from project_helpers import install, plug_in, write_csv

import zoo
from zoo.core.console import Reporter
from zoo.recipes.recipe import Recipe
from zoo.scaffold.patience import LONG, PATIENT, patient
from zoo.scaffold.project import create

SILENT: dict[str, Any] = {"reporter": Reporter(silent=True)}


def recipe(**fields: Any) -> Recipe:
    return Recipe("x", "x", "x", "", {}, {}, **fields)


@pytest.mark.parametrize("rows", [1, 20, 60, 140, 210])
def test_few_rows_are_seen_often_enough(rows: int) -> None:
    given = patient(recipe(epochs=30, early_stopping=5, reduce_lr=3), rows)
    steps = -(-rows // given.batch_size)
    assert given.early_stopping * steps >= PATIENT
    assert given.epochs * steps >= LONG
    assert 3 <= given.reduce_lr < given.early_stopping


def test_many_rows_change_nothing_and_what_is_off_stays_off() -> None:
    given = recipe(epochs=30, early_stopping=5, reduce_lr=3)
    assert patient(given, 10_000) == given
    assert patient(recipe(epochs=30), 10_000) == recipe(epochs=30)
    assert patient(recipe(epochs=30, early_stopping=5), 60).reduce_lr == 0


def test_a_recipe_that_is_made_longer_stops_early() -> None:
    given = patient(recipe(epochs=4), 60)
    assert 0 < given.early_stopping < given.epochs


def squares(folder: Path, rows: int = 200) -> Path:
    """A red or a blue square each."""
    from PIL import Image

    rng = np.random.default_rng(3)
    (folder / "png").mkdir()
    lines: list[list[object]] = [["picture", "color"]]
    for at in range(rows):
        levels = rng.integers(0, 60, (24, 24, 3)).astype(np.uint8)
        x, y = rng.integers(2, 12, 2)
        levels[y : y + 9, x : x + 9] = ((220, 30, 30), (30, 30, 220))[at % 2]
        Image.fromarray(levels).save(folder / "png" / f"{at}.png")
        lines.append([f"png/{at}.png", ("red", "blue")[at % 2]])
    return write_csv(folder / "pics.csv", lines)


@pytest.mark.slow
@pytest.mark.parametrize("source", ["cnn", "residual_network"])
def test_a_small_table_of_pictures_is_learned(source: str, plugged: Path, tmp_path: Path) -> None:
    """Half a minute: batch normalization's averages need more steps than 5 epochs have."""
    package = f"own_squares_{source}"
    create(tmp_path / package, source, table=squares(tmp_path), targets=["color"])
    install(plugged, package, tmp_path / package)
    plug_in()
    made = zoo.fit(package, logdir=tmp_path / "logs", baseline="", **SILENT)
    assert made.metrics["test"]["accuracy"] >= 0.95
    assert made.metrics["validation"]["accuracy"] >= 0.95


def test_arguments_of_an_architecture_hide_nothing_that_the_project_uses(
    plugged: Path, tmp_path: Path
) -> None:
    """`novel` has an argument `heads`; the project calls a function of that name."""
    path = table("reviews", tmp_path)
    create(tmp_path / "own_novel", "novel", table=path, targets=["good"], dropped=["year"])
    install(plugged, "own_novel", tmp_path / "own_novel")
    plug_in()
    assert zoo.build("own_novel").output_names == ["good"]
