"""What notebooks show: whole in itself, escaped, without scripts, and no wall of text."""

from __future__ import annotations

import dataclasses
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zoo
from zoo.core import html
from zoo.core.html import Png

EVIL = "<script>alert('x')</script>&\"'"
VOID = {"img", "br"}


class Checker(HTMLParser):
    """Every tag is closed, and nothing is loaded or run."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "iframe", "style", "object")
        for name, value in attrs:
            assert not name.startswith("on")
            if name in ("src", "href"):
                assert (value or "").startswith("data:image/png;base64,")
            assert name != "id", "two cells of a notebook would share it"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(value: Any) -> str:
    """The text of an object's HTML, once that is checked."""
    checker = Checker()
    checker.feed(value._repr_html_())
    assert checker.open == []
    assert len(repr(value)) < 200
    assert "\n" not in repr(value)
    return checker.text


@pytest.mark.parametrize("name", zoo.list_models())
def test_the_card_of_every_architecture(name: str) -> None:
    entry = zoo.spec(name)
    text = shown(entry)
    assert entry.summary in text
    assert f"{entry.count:,}" in text
    assert "no diagram" not in text
    assert "<svg" in entry._repr_html_()


@pytest.mark.parametrize("name", zoo.list_recipes())
def test_the_settings_of_every_recipe(name: str) -> None:
    recipe = zoo.recipe(name)
    text = shown(recipe)
    for field in dataclasses.fields(recipe):
        assert field.name in text or field.name in (
            "name",
            "summary",
            "expect",
            "seconds",
            "limit",
            "note",
        )
    assert recipe.summary in text


def test_a_dataset_with_its_first_rows() -> None:
    data = zoo.load_data("basketball", source="league", seasons=2)
    text = shown(data)
    for split, rows in data.rows.items():
        assert split in text
        assert f"{rows:,}" in text
    assert all(column in text for column in data.splits["train"])
    assert "best possible" in text
    assert data.labels["team"][0] in text


def test_texts_are_escaped() -> None:
    recipe = dataclasses.replace(zoo.recipe("mlp"), summary=EVIL, note=EVIL)
    assert shown(recipe).count(EVIL) == 2
    splits = {"train": {EVIL: np.zeros((2, 1), np.int32)}}
    data = zoo.Dataset(EVIL, EVIL, splits, labels={EVIL: [EVIL, "b"]}, origin=EVIL, notes=(EVIL,))
    assert EVIL in shown(data)
    empty = zoo.Dataset("nothing", "nowhere", {})
    assert "nothing" in shown(empty)


def test_explanations_show_the_arithmetic() -> None:
    explanation = zoo.explain("rnn")
    text = shown(explanation)
    for line in explanation.lines:
        assert line.formula in text
        assert f"{line.count:,}" in text
    assert f"{explanation.total:,}" in text


def test_an_architecture_without_a_drawing_that_ships_is_drawn(
    clean_registries: None,
) -> None:
    from zoo._keras import keras

    @zoo.register(
        documents="model-api",
        inputs=(zoo.TensorSpec("x", (2,)),),
        outputs=(zoo.TensorSpec("y", (1,)),),
        count=3,
    )
    def own_line() -> Any:
        """One layer."""
        x = keras.Input((2,), name="x")
        return keras.Model(x, keras.layers.Dense(1, name="y")(x), name="own_line")

    assert "<svg" in zoo.spec("own_line")._repr_html_()


def test_pictures_that_are_not_there_leave_a_gap(tmp_path: Path) -> None:
    assert Png(tmp_path / "none.png").as_html() == ""


def test_tables_say_which_columns_are_numbers() -> None:
    table = html.table(("name", "value"), [("a<b", 1)])
    assert "a&lt;b" in table
    assert "text-align:right" in table
