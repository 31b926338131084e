"""What the projector is told of an embedding's rows: words and counts, teams and seasons."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from support import small_data

import zoo
from zoo.experiments.vocabularies import labels_of

NO_MODEL: Any = None


def test_words_have_the_count_of_the_training_rows() -> None:
    recipe = zoo.recipe("qa")
    data = small_data(recipe)
    inputs = {name: data.splits["train"][name] for name in ("text", "question")}
    table = labels_of(recipe, data, NO_MODEL, inputs)
    words = list(data.labels["word"])
    for read in (("text",), ("question",), ("text", "question")):
        found: Any = table("embedding", read)
        assert list(found) == ["word", "count"]
        assert list(found["word"]) == words
        ids = np.concatenate([inputs[name].ravel() for name in read])
        expected = np.bincount(ids, minlength=len(words))
        expected[words.index("<padding>")] = 0
        assert list(found["count"]) == list(expected)
    assert table("embedding", ("answer_of_nothing",)) is None


def test_characters_are_named_so() -> None:
    recipe = zoo.recipe("text_generator")
    data = zoo.load_data(recipe.dataset, source="austen")
    inputs = {"text": data.splits["train"]["text"]}
    found: Any = labels_of(recipe, data, NO_MODEL, inputs)("embedding", ("text",))
    assert list(found) == ["character", "count"]
    assert found["character"][int(np.argmax(found["count"]))] == " "


def test_teams_have_a_season_inside_a_nested_model_too() -> None:
    recipe = zoo.recipe("two_team")
    data = small_data(recipe)
    inputs = {name: data.splits["train"][name] for name in ("team_1", "team_2")}
    averaged = dataclasses.replace(recipe, report="")  # as an ensemble's, which has many tables
    found: Any = labels_of(averaged, data, NO_MODEL, inputs)("team_strength.lookup", ("team",))
    assert list(found) == ["name", "team", "season", "games"]
    joined = [f"{year} {team}" for year, team in zip(found["season"], found["team"], strict=True)]
    assert joined == list(found["name"]) == list(data.labels["team"])
    assert sum(found["games"]) == 2 * len(inputs["team_1"])
