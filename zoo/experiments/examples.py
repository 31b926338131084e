"""What a run is asked by without its data: its words, and one case of them.

The case is a table that `zoo predict --csv` takes, `example/inputs.csv`.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.errors import DataError
from zoo.core.files import replacing, write_text
from zoo.data.cells import date_text
from zoo.data.csv import read_csv
from zoo.data.text.encoding import SPECIAL, VOCABULARIES
from zoo.experiments import runs, word_vectors
from zoo.experiments.feeding import Split, columns_of
from zoo.models.registry import spec
from zoo.models.spec import TensorSpec
from zoo.recipes.recipe import Recipe

if TYPE_CHECKING:
    from zoo.data.dataset import Dataset

FOLDER = "example"
TABLE = f"{FOLDER}/inputs.csv"
ANY_TEXT = "a man walks with a dog"  # for texts whose words the data does not keep


def keep(folder: Path, recipe: Recipe, splits: Mapping[str, Split], dataset: Dataset) -> None:
    """Keep the vocabularies, the vectors of the words and a case in the folder of a run.

    Args:
        folder: The run's.
        recipe: Says which columns an input is made of.
        splits: The rows, by split and input; without test rows, one of training is the case.
        dataset: What the splits were made of.
    """
    runs.write_labels(folder, dataset.labels)
    word_vectors.write(folder, dataset.vectors)
    inputs, _ = splits.get("test", splits["train"])
    case = cells(folder / FOLDER, recipe, {name: rows[0] for name, rows in inputs.items()}, dataset)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([case.keys(), case.values()])
    write_text(folder / TABLE, text.getvalue())


def cells(
    folder: Path, recipe: Recipe, row: Mapping[str, np.ndarray], dataset: Dataset
) -> dict[str, str]:
    """Column -> cell of a case, as a person gives it.

    Args:
        folder: Where pictures and series go, as files that the cells name.
        row: The case by input, as the model reads it.
    """
    known = {tensor.name: tensor for tensor in spec(recipe.architecture).inputs}
    found: dict[str, str] = {}
    for name, values in row.items():
        columns = columns_of(recipe, name)
        parts = [values]
        if len(columns) > 1:
            several = values.shape == (len(columns),)
            columns, parts = (columns, list(values)) if several else ((name,), parts)
        for column, part in zip(columns, parts, strict=True):
            tensor = known.get(name, TensorSpec(name, ()))
            found |= _cells(folder, column, tensor, np.asarray(part), dataset)
    return found


def read(folder: Path) -> dict[str, str]:
    """Column -> cell of the run's example; empty if the folder has none."""
    try:
        table = read_csv(folder / TABLE)
        return {column: table.texts(column)[0] for column in table.header}
    except DataError:
        return {}


def has_own_vectors(tensor: TensorSpec, labels: Mapping[str, Sequence[str]]) -> bool:
    """Whether the vectors of its words are the data's own."""
    return tensor.text == "vectors" and "word" in labels


def _cells(
    folder: Path,
    column: str,
    tensor: TensorSpec,
    values: np.ndarray,
    dataset: Dataset,
) -> dict[str, str]:
    """Column -> cell, for one input's values of the row."""
    labels = dataset.labels
    if values.dtype.kind in "OUS":
        return {column: str(values.item())}
    if has_own_vectors(tensor, labels):
        if dataset.vectors is not None:
            return {column: word_vectors.spelled(values, labels["word"], dataset.vectors)}
        return {column: _file(folder, column, values)}
    if tensor.text or (tensor.vocabulary and values.ndim and values.size > 1):
        return {column: _text(tensor, values, labels, column)}
    if tensor.vocabulary:
        known = labels.get(tensor.vocabulary, ())
        place = int(values.item())
        return {column: known[place] if place < len(known) else str(place)}
    if tensor.picture and _is_one_picture(values):
        return {column: _picture(folder, column, tensor, values)}
    if values.ndim > 1:
        return {column: _file(folder, column, values)}
    numbers = ["" if np.isnan(value) else _number(tensor, value) for value in values.ravel()]
    if len(numbers) == 1:
        return {column: numbers[0]}
    return {f"{column}_{at}": number for at, number in enumerate(numbers)}


def _number(tensor: TensorSpec, value: float) -> str:
    """A number, or the date that it stands for, as a person writes it."""
    return date_text(value, tensor.format) if tensor.format else f"{value:.6g}"


def _is_one_picture(values: np.ndarray) -> bool:
    """Whether it is (height, width, channels), or the pixels of a square, and not a film."""
    if values.ndim == 1:
        return math.isqrt(values.size) ** 2 == values.size
    return values.ndim == 3 and values.shape[-1] in (1, 3)


def _picture(folder: Path, column: str, tensor: TensorSpec, values: np.ndarray) -> str:
    from PIL import Image

    black, white = tensor.picture or (0, 1)
    levels = np.clip((values - black) / (white - black) * 255 + 0.5, 0, 255).astype(np.uint8)
    if levels.ndim == 1:
        side = math.isqrt(levels.size)
        levels = levels.reshape(side, side, 1)
    picture = Image.fromarray(levels[..., 0] if levels.shape[2] == 1 else levels)
    with replacing(folder / f"{column}.png") as partial:
        picture.save(partial, format="PNG")
    return f"{column}.png"


def _file(folder: Path, column: str, values: np.ndarray) -> str:
    """The name of a CSV file with a row per step, or of an NPY file where each is no row."""
    if values.ndim == 2 and values.shape[1] <= 64:
        lines = [",".join(f"{each:.6g}" for each in row) for row in values]
        write_text(folder / f"{column}.csv", "\n".join(lines) + "\n")
        return f"{column}.csv"
    with replacing(folder / f"{column}.npy") as partial, partial.open("wb") as file:
        np.save(file, values, allow_pickle=False)
    return f"{column}.npy"


def _text(
    tensor: TensorSpec, values: np.ndarray, labels: Mapping[str, Sequence[str]], column: str
) -> str:
    """The text that an array was made of, without words and characters that are not known."""
    if tensor.text == "vectors":
        return ANY_TEXT
    name = VOCABULARIES.get(tensor.text, tensor.vocabulary)
    known = labels.get(name, labels.get(column, ()))
    if tensor.text == "characters":
        return "".join(known[int(row.argmax())] for row in values if row.any())
    sentences = values if values.ndim > 1 else values[None]
    told = [
        [known[at] for at in map(int, sentence) if at < len(known) and known[at] not in SPECIAL]
        for sentence in sentences
    ]
    if not tensor.text:
        return "".join(told[0])  # characters by id
    return " . ".join(" ".join(words) for words in told if words)
