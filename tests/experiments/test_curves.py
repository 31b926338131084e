"""curves.png: loss and first metrics by epoch, from history.csv, readable at any length."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from picture_helpers import check, drawn_texts
from support import few_fast

import zoo
from zoo.experiments.reports import draw_curves
from zoo.experiments.reports.curves import best_epoch
from zoo.experiments.runs import CURVES, HISTORY
from zoo.training.compile import first_metrics, reported_values


def history(recipe: zoo.Recipe, epochs: int, *, validated: bool = True) -> pd.DataFrame:
    """Values that fall, the validation's lowest or highest in the middle."""
    epoch = np.arange(1, epochs + 1)
    columns: dict[str, Any] = {"epoch": epoch, "learning_rate": 0.1}
    for name in reported_values(recipe):
        columns[name] = 1 / epoch
        if validated:
            columns[f"val_{name}"] = 0.5 + ((epoch - (epochs + 1) // 2) / epochs) ** 2
    return pd.DataFrame(columns)


def drawn(recipe: zoo.Recipe, table: pd.DataFrame, folder: Path) -> tuple[list[str], list[Line2D]]:
    """The texts of the picture, which do not collide, and its lines."""
    table.to_csv(folder / HISTORY, index=False)
    lines: list[Line2D] = []
    plot = Axes.plot

    def noted(self: Axes, *args: Any, **options: Any) -> list[Line2D]:
        made = plot(self, *args, **options)
        lines.extend(made)
        return made

    with drawn_texts() as texts, pytest.MonkeyPatch.context() as patched:
        patched.setattr(Axes, "plot", noted)
        assert draw_curves(recipe, folder) == folder / CURVES
    check(texts)
    return [text for text, _ in texts], lines


@pytest.mark.parametrize("epochs", few_fast([1, 2, 30, 500], 1))
@pytest.mark.parametrize("name", ["basketball", "posts", "basketball_as_printed"])
def test_any_number_of_epochs_and_outputs(name: str, epochs: int, tmp_path: Path) -> None:
    recipe = zoo.recipe(name)
    texts, lines = drawn(recipe, history(recipe, epochs), tmp_path)
    shown = list(dict.fromkeys(["loss", *first_metrics(recipe).values()]))
    for value in shown:
        assert any(text == value or text.startswith(f"{value} (") for text in texts)
    curves = [line for line in lines if line.get_label() in ("training", "validation")]
    assert len(curves) == 2 * len(shown)
    for line in curves:
        assert len(np.asarray(line.get_xdata())) == epochs
        assert isinstance(line.axes, Axes)
        assert all(float(tick).is_integer() for tick in line.axes.get_xticks()), "no half epochs"
        dotted = line.get_marker() == "o"
        assert dotted == (epochs <= 40), "one epoch is a dot, 500 are a line"
    best = (epochs + 1) // 2
    assert any(text.endswith(f"best {recipe.monitor} in epoch {best}") for text in texts)
    rings = [line for line in lines if line.get_fillstyle() == "none"]
    assert [list(np.asarray(line.get_xdata())) for line in rings] == [[best]] * len(shown)


def test_units_are_those_of_the_output(tmp_path: Path) -> None:
    recipe = zoo.recipe("posts")
    texts, _ = drawn(recipe, history(recipe, 3), tmp_path)
    assert {"age_mae (years)", "income_accuracy", "loss"} <= set(texts)


def test_epochs_without_validation_leave_a_gap(tmp_path: Path) -> None:
    recipe = zoo.recipe("mlp")
    table = history(recipe, 9)
    table.loc[table["epoch"] % 3 != 0, [name for name in table if "val_" in str(name)]] = np.nan
    _, lines = drawn(recipe, table, tmp_path)
    held = [line for line in lines if line.get_label() == "validation"]
    assert [list(np.asarray(line.get_xdata())) for line in held] == [[3, 6, 9]] * len(held)


def test_without_validation_there_is_no_best_epoch(tmp_path: Path) -> None:
    recipe = zoo.recipe("mlp")
    texts, lines = drawn(recipe, history(recipe, 4, validated=False), tmp_path)
    assert not any("best" in text for text in texts)
    assert {line.get_label() for line in lines} == {"training"}


def test_the_best_epoch_is_that_of_the_monitor() -> None:
    table = pd.DataFrame(
        {"epoch": [5, 6, 7], "val_loss": [2.0, 1.0, 3.0], "val_accuracy": [1, 2, 3]}
    )
    recipe = zoo.recipe("mlp")
    assert best_epoch(recipe.override({"monitor": "val_loss"}), table) == 6
    assert best_epoch(recipe.override({"monitor": "val_accuracy"}), table) == 7
    assert best_epoch(recipe, table.drop(columns=["val_loss", "val_accuracy"])) is None
    table[["val_loss"]] = np.nan
    assert best_epoch(recipe.override({"monitor": "val_loss"}), table) is None


@pytest.mark.parametrize("content", [None, "", "epoch,learning_rate,loss\n"])
def test_no_epoch_no_picture(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / HISTORY).write_text(content)
    assert draw_curves(zoo.recipe("mlp"), tmp_path) is None
    assert not (tmp_path / CURVES).exists()


def test_a_large_first_loss_does_not_flatten_the_rest(tmp_path: Path) -> None:
    recipe = zoo.recipe("mlp")
    table = history(recipe, 20)
    table.loc[0, "loss"] = 5_000.0
    scales: list[str] = []
    with pytest.MonkeyPatch.context() as patched:
        set_scale = Axes.set_yscale

        def noted(self: Axes, scale: str) -> None:
            scales.append(scale)
            set_scale(self, scale)

        patched.setattr(Axes, "set_yscale", noted)
        drawn(recipe, table, tmp_path)
    assert scales == ["log"], "of the loss alone"
