"""What the rows of a model's embeddings are, as TensorBoard's projector shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from zoo.data.text.encoding import PADDING, SPECIAL
from zoo.experiments.reports.strengths import named_season, season_strengths
from zoo.models.registry import spec
from zoo.tensorboard.projector import LabelsOf

if TYPE_CHECKING:
    import keras

    from zoo.data.dataset import Dataset
    from zoo.recipes.recipe import Recipe

Arrays = Mapping[str, np.ndarray]

TEAM = re.compile(r"\d{4} .+")  # a label such as `2010 Duke`
NO_WORD = SPECIAL[PADDING]


def labels_of(recipe: Recipe, dataset: Dataset, model: keras.Model, inputs: Arrays) -> LabelsOf:
    """A function from an embedding's name and inputs to a table of its rows.

    The table has each id's label and how often the training rows hold it, and for teams also the
    season and the strength.

    Args:
        inputs: Of the training rows, by the names of the model's inputs.
    """
    tensors = spec(recipe.architecture).inputs
    vocabularies = {tensor.name: tensor.vocabulary for tensor in tensors if tensor.vocabulary}

    tables = {f"{column.name}-table": column for column in dataset.columns}

    def table(name: str, reads: Sequence[str]) -> dict[str, Sequence[object]] | None:
        if column := tables.get(name):  # of a category or text column
            special = SPECIAL[1:] if column.kind == "category" else SPECIAL
            return {"word": (*special, *(word or "(empty)" for word in column.words))}
        for key in (name, *reads):
            words = dataset.labels.get(key) or dataset.labels.get(vocabularies.get(key, ""))
            if words is None:
                continue
            read = [each for each in reads if each in inputs]  # none inside a nested model
            read = read or [each for each in inputs if vocabularies.get(each, each) == key]
            counts = _counts([inputs[each] for each in read], words)
            if all(map(TEAM.fullmatch, words)):
                return _teams(recipe, model, list(words), counts)
            return {_singular(vocabularies.get(key), words): words, "count": counts}
        return None

    return table


def _singular(vocabulary: str | None, words: Sequence[str]) -> str:
    """What one label is called."""
    if vocabulary:
        return vocabulary
    return "character" if max(map(len, words)) <= 1 else "word"


def _counts(arrays: Sequence[np.ndarray], words: Sequence[str]) -> list[int]:
    """How often each id occurs; padding is no word."""
    size = len(words)
    found = np.zeros(size, np.int64)
    for array in arrays:
        found += np.bincount(array.ravel(), minlength=size)[:size]
    return [0 if word == NO_WORD else int(each) for word, each in zip(words, found, strict=True)]


def _teams(
    recipe: Recipe, model: keras.Model, labels: list[str], games: list[int]
) -> dict[str, Sequence[object]]:
    """The columns of a table of teams; the strength where the recipe's report can read it."""
    named = [named_season(label) for label in labels]
    columns: dict[str, Sequence[object]] = {
        "name": labels,
        "team": [team for _, team in named],
        "season": [int(season) for season, _ in named],
        "games": games,
    }
    if recipe.report == "strengths":
        columns["strength"] = season_strengths(model, labels).tolist()
    return columns
