"""Predictions of a saved run for values that a person types or a CSV file holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from zoo.core.errors import DataError, UnknownNameError
from zoo.core.files import write_text
from zoo.data.csv import Table, as_number, read_csv
from zoo.data.text import texts
from zoo.data.text.words import tokens
from zoo.experiments import run_folder
from zoo.experiments.feeding import columns_of
from zoo.experiments.runs import Run, load_run
from zoo.models.registry import spec
from zoo.models.spec import TensorSpec
from zoo.recipes.recipe import Recipe
from zoo.training import engine


@dataclass(frozen=True)
class Cells:
    """The texts of a column, and how a message names the place of each by its row."""

    texts: Sequence[str]
    place: Callable[[int], str]


def predict_one(run: str | Path, values: Mapping[str, str], *, logdir: Path) -> dict[str, str]:
    """One case: column name -> text, in; output column -> value with its unit, out.

    Raises:
        DataError: an input is missing, unknown, no number, or no text that the model can read.
        TrainingError: no such run.
    """
    loaded = load_run(run, logdir)
    recipe = Recipe.from_dict(loaded.record["recipe"])
    columns = _columns(loaded, recipe)
    for name in values:
        if name not in columns:
            raise DataError(str(UnknownNameError("input", name, columns)))
    cells = {
        column: Cells([text], lambda _, column=column: _option(column))
        for column, text in values.items()
    }
    inputs = _inputs(loaded, recipe, cells, 1, lambda column: f"{_option(column)} is missing")
    predicted = engine.predict(loaded.model, inputs)
    units = {port.name: port.unit for port in spec(recipe.architecture).outputs}
    return {
        column: f"{value:.3f} {units.get(port, '')}".strip()
        for port, row in predicted.items()
        for column, value in zip(_output_columns(recipe, port, row), row[0].ravel(), strict=True)
    }


def predict_table(run: str | Path, table: Path, out: Path | None, *, logdir: Path) -> str:
    """A CSV table with the predictions added as columns `pred_NAME`, also written to `out`.

    Raises:
        DataError: the file is missing, or a column or cell is; the message names file, line and
            column.
        TrainingError: no such run.
    """
    loaded = load_run(run, logdir)
    recipe = Recipe.from_dict(loaded.record["recipe"])
    given = read_csv(table)
    cells = {
        column: Cells(given.texts(column), partial(_place, given, column))
        for column in _columns(loaded, recipe)
        if column in given.header
    }
    inputs = _inputs(
        loaded,
        recipe,
        cells,
        len(given),
        lambda column: f"{table}, line 1: there is no column {column!r}",
    )
    frame = given.frame()
    for port, rows in engine.predict(loaded.model, inputs).items():
        flat = rows.reshape(len(rows), -1)
        for index, column in enumerate(_output_columns(recipe, port, rows)):
            frame[f"pred_{column}"] = [f"{value:.6g}" for value in flat[:, index]]
    text = frame.to_csv(index=False, lineterminator="\n")
    if out:
        write_text(out, text)
    return text


def _place(table: Table, column: str, row: int) -> str:
    return f"{table.path}, line {table.line(row)}, column {column!r}"


def _option(column: str) -> str:
    """The option of the command line that gives a column's value."""
    return f"--{column.replace('_', '-')}"


def _ports(run: Run, recipe: Recipe) -> list[TensorSpec]:
    """The cards of the inputs that the run's model has."""
    names = {tensor.name for tensor in run.model.inputs}
    return [port for port in spec(recipe.architecture).inputs if port.name in names]


def _columns(run: Run, recipe: Recipe) -> list[str]:
    """The columns that the inputs of the run's model are made of."""
    return [column for port in _ports(run, recipe) for column in columns_of(recipe, port.name)]


def _inputs(
    run: Run,
    recipe: Recipe,
    cells: Mapping[str, Cells],
    rows: int,
    missing: Callable[[str], str],
) -> dict[str, np.ndarray]:
    """Input port -> array, rows on axis 0.

    Args:
        cells: Column -> its texts, `rows` of them.
        missing: What to say of a column that is not there and has no default.
    """
    vocabularies = run_folder.read_labels(run.folder)
    labels = {
        name: {label.casefold(): number for number, label in enumerate(entries)}
        for name, entries in vocabularies.items()
    }
    inputs = {}
    for port in _ports(run, recipe):
        columns = []
        for column in columns_of(recipe, port.name):
            if column not in cells:
                columns.append(np.full(rows, _default(port, missing(column))))
            elif port.text:
                columns.append(_texts(run, port, cells[column], vocabularies))
            else:
                columns.append(np.array(_values(port, labels, cells[column])))
        array = columns[0] if port.text else np.stack(columns, axis=-1)
        inputs[port.name] = array.astype(port.dtype)
    return inputs


def _texts(
    run: Run, port: TensorSpec, cells: Cells, vocabularies: Mapping[str, Sequence[str]]
) -> np.ndarray:
    """Texts as the port's array, of the length that the run was trained on."""
    (length,) = [tensor.shape[1] for tensor in run.model.inputs if tensor.name == port.name]
    trained = run.record["data"].get("inputs", {}).get(port.name)
    if not length and (trained is None or port.text == "vectors"):
        raise DataError(f"this run takes no text at {port.name!r}: it does not tell how it read it")
    most = length or trained[0]
    for row, text in enumerate(cells.texts):
        count = len(texts.steps(port.text, text))
        if not tokens(text):
            raise DataError(f"{cells.place(row)}: there is no word in {text!r}")
        if not length and count > most:
            problem = f"{count:,} words, where the run was trained on {most:,}"
            raise DataError(f"{cells.place(row)}: {problem}")
    known = vocabularies.get(texts.VOCABULARIES.get(port.text, ""), ())
    return texts.encode(port.text, cells.texts, most, known)


def _values(
    port: TensorSpec, labels: Mapping[str, Mapping[str, int]], cells: Cells
) -> list[float | int]:
    """Cells as the port takes them: labels or ids below the vocabulary's size, or numbers."""
    known = labels.get(port.vocabulary)
    values = []
    for row, cell in enumerate(cells.texts):
        text = cell.strip()
        value = _label(text, known) if known else as_number(text)
        if value is None and known:
            titles = {label.title() for label in known}
            unknown = UnknownNameError(port.vocabulary, text.title(), titles)
            raise DataError(f"{cells.place(row)}: {unknown}")
        if value is None:
            raise DataError(f"{cells.place(row)}: {text!r} is not a number")
        if not np.isfinite(value):
            raise DataError(f"{cells.place(row)}: {text!r} is not a finite number")
        values.append(value)
    return values


def _label(text: str, known: Mapping[str, int]) -> int | None:
    """The id of a label, or an id itself."""
    if text.casefold() in known:
        return known[text.casefold()]
    return int(text) if text.isdecimal() and int(text) < len(known) else None


def _default(port: TensorSpec, complaint: str) -> float:
    if port.default is None:
        raise DataError(complaint + (f" ({port.meaning})" if port.meaning else ""))
    return port.default


def _output_columns(recipe: Recipe, port: str, rows: np.ndarray) -> Sequence[str]:
    """Names of an output's values: its columns', unless another output is trained on the same."""
    columns = columns_of(recipe, port)
    if sum(columns_of(recipe, other) == columns for other in recipe.loss) > 1:
        columns = (port,)
    width = int(np.prod(rows.shape[1:]))
    return columns if len(columns) == width else [f"{port}_{index}" for index in range(width)]
