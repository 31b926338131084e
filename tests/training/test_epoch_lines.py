"""Epoch lines fit the terminal, whatever the recipe reports."""

from __future__ import annotations

import dataclasses

import pytest

import zoo
from zoo.core.console import Reporter
from zoo.training.compile import reported_values
from zoo.training.epoch_lines import (
    Column,
    columns_for,
    details,
    figure,
    first_values,
    header,
    row,
    seconds,
)
from zoo.training.progress import EpochLines

RECIPES = zoo.list_recipes()
WIDE = -12345.678  # as wide as a number gets


def lines_at(recipe: zoo.Recipe, width: int, took: str = "1034 s") -> tuple[list[str], list[str]]:
    """Header and row of the recipe's last epoch, and the names of the values in them."""
    reported = list(reported_values(recipe))
    logs = {f"{each}{name}": WIDE - at for at, name in enumerate(reported) for each in ("", "val_")}
    label = f"epoch {recipe.epochs}/{recipe.epochs}"
    names = first_values(reported, list(recipe.loss))
    columns = columns_for(names, logs, width - len(label) - len(took) - 3)
    keys = [key for column in columns for key in column.keys]
    return [*header(columns, len(label)), row(label, columns, logs, took)], keys


@pytest.mark.parametrize("name", RECIPES)
def test_no_line_is_wider_than_the_terminal(name: str) -> None:
    recipe = zoo.recipe(name)
    for width in (100, 80, 60, 40):
        lines, keys = lines_at(recipe, width)
        assert max(map(len, lines)) <= width, lines
        assert "val_loss" in keys


@pytest.mark.parametrize("name", RECIPES)
def test_a_hundred_columns_have_the_loss_and_a_value_of_each_output(name: str) -> None:
    recipe = zoo.recipe(name)
    _, keys = lines_at(recipe, 100)
    assert keys[:2] == ["loss", "val_loss"]
    wanted = {"loss"}
    for output, loss in recipe.loss.items():
        assert loss
        first = recipe.metrics.get(output, ("loss",))[0]
        wanted.add(first if len(recipe.loss) == 1 else f"{output}_{first}")
    assert set(keys) == {*wanted, *(f"val_{each}" for each in wanted)}


def test_posts_as_a_person_sees_them() -> None:
    recipe = zoo.recipe("posts")
    assert lines_at(recipe, 100, "9 s")[0] == [
        "                         loss           age_mae   income_accuracy   gender_accuracy",
        "                train     val     train     val     train     val     train     val",
        "epoch 16/16    -12346  -12346    -12350  -12350    -12351  -12351    -12353  -12353   9 s",
    ]
    shorter, keys = lines_at(recipe, 70)
    assert keys == ["loss", "val_loss", "val_age_mae", "val_income_accuracy"]
    assert shorter[0].split() == ["loss", "age_mae", "income_accuracy"]


def test_an_output_keeps_its_own_metrics() -> None:
    """Names that begin alike: `age` and `age_group`."""
    reported = ["loss", "age_loss", "age_group_loss", "age_group_accuracy", "age_mae"]
    assert first_values(reported, ["age", "age_group"]) == ["loss", "age_mae", "age_group_accuracy"]
    assert first_values(["loss", "a_loss", "b_loss"], ["a", "b"]) == ["loss", "a_loss", "b_loss"]


def test_a_metric_that_is_the_loss_is_not_printed_twice() -> None:
    logs = {"loss": 0.5, "mae": 0.5, "val_loss": 0.6, "val_mae": 0.6}
    (column,) = columns_for(["loss", "mae"], logs, 80)
    assert column == Column("loss = mae", ("loss", "val_loss"))
    assert len(columns_for(["loss", "mae"], {**logs, "mae": 0.7}, 80)) == 2


def test_no_validation_and_a_value_that_is_missing() -> None:
    columns = columns_for(["loss", "mae"], {"loss": 0.5, "mae": 0.4}, 80)
    assert header(columns, 2) == ["        loss       mae"]
    assert row("e1", columns, {"loss": 0.5}, "1 s") == "e1    0.5000         -   1 s"


def test_long_titles_are_cut_where_space_is_short() -> None:
    name = "mean_absolute_percentage_error"
    logs = {"loss": 1.0, name: 2.0, "val_loss": 1.0, f"val_{name}": 2.0}
    assert columns_for(["loss", name], logs, 60)[1].title == name
    assert columns_for(["loss", name], logs, 40)[1].title == "mean_absolute_…"


def test_all_values_in_lines_of_the_width() -> None:
    recipe = zoo.recipe("posts")
    reported = list(reported_values(recipe))
    logs = {f"{each}{name}": WIDE for name in reported for each in ("", "val_")}
    lines = list(details("epoch 1/2", logs, "3.00 s", 60))
    assert lines[0] == "epoch 1/2   3.00 s"
    assert max(map(len, lines)) <= 60
    text = " ".join(lines)
    assert all(f" {name} -12346" in text for name in reported)
    assert [line.split()[0] for line in lines if line.startswith("  ") and line[2] != " "] == [
        "train",
        "val",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (0.82214, "0.8221"),
        (9.99996, "10.0000"),
        (1234.56, "1234.6"),
        (99_999.0, "99999"),
        (100_000.0, "1.0e+05"),
        (0.00042, "4.2e-04"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_figures_are_short(value: float, text: str) -> None:
    assert figure(value) == text
    assert len(text) <= 7


def test_durations() -> None:
    assert [seconds(each) for each in (0.014, 99.5, 282.4)] == ["0.01 s", "99.50 s", "282 s"]


def test_the_lines_follow_the_size_of_the_window(capsys: pytest.CaptureFixture[str]) -> None:
    recipe = dataclasses.replace(zoo.recipe("posts"), epochs=3)
    reporter = Reporter()
    lines = EpochLines(reporter, recipe, 10, "resident")
    reported = list(reported_values(recipe))
    lines.names = first_values(reported, list(recipe.loss))
    logs = {name: 0.5 + at for at, name in enumerate(reported)}
    for epoch, width in enumerate((100, 100, 50)):
        reporter.console.width = width
        lines._line(epoch, {**logs, **{f"val_{name}": value for name, value in logs.items()}})
    printed = capsys.readouterr().out.splitlines()
    first_words = [line.split()[0] for line in printed]
    assert first_words == ["loss", "train", "epoch", "epoch", "loss", "train", "epoch"]
    assert max(map(len, printed[:4])) > 50 >= max(map(len, printed[4:]))
