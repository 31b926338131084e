"""Predictions of a saved run for values that a person types or a CSV file holds."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from zoo.core.errors import DataError, UnknownNameError
from zoo.core.files import write_text
from zoo.data import texts
from zoo.data.words import tokens
from zoo.experiments import run_folder
from zoo.experiments.feeding import columns_of
from zoo.experiments.runs import Run, load_run
from zoo.models.registry import spec
from zoo.models.spec import TensorSpec
from zoo.recipes.recipe import Recipe
from zoo.training import engine

Cells = Mapping[str, Mapping[str, str]]  # column -> place, as a message names it -> text


def predict_one(run: str | Path, values: Mapping[str, str], *, logdir: Path) -> dict[str, str]:
    """One case: column name -> text, in; output column -> value with its unit, out.

    Raises:
        DataError: an input is missing, unknown, no number, or no text that the model can read.
        TrainingError: no such run.
    """
    loaded = load_run(run, logdir)
    recipe = Recipe.from_dict(loaded.record["recipe"])
    columns = [
        column for port in _ports(loaded, recipe) for column in columns_of(recipe, port.name)
    ]
    for name in values:
        if name not in columns:
            raise DataError(str(UnknownNameError("input", name, columns)))
    cells = {column: {_option(column): text} for column, text in values.items()}
    inputs = _inputs(loaded, recipe, cells, lambda column: f"{_option(column)} is missing")
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
    frame = _read(table)
    cells: Cells = {
        str(column): {
            f"{table}, line {line}, column {column!r}": text for line, text in frame[column].items()
        }
        for column in frame
    }
    inputs = _inputs(
        loaded, recipe, cells, lambda column: f"{table}, line 1: there is no column {column!r}"
    )
    for port, rows in engine.predict(loaded.model, inputs).items():
        flat = rows.reshape(len(rows), -1)
        for index, column in enumerate(_output_columns(recipe, port, rows)):
            frame[f"pred_{column}"] = [f"{value:.6g}" for value in flat[:, index]]
    text = frame.to_csv(index=False, lineterminator="\n")
    if out:
        write_text(out, text)
    return text


def _option(column: str) -> str:
    """The option of the command line that gives a column's value."""
    return f"--{column.replace('_', '-')}"


def _ports(run: Run, recipe: Recipe) -> list[TensorSpec]:
    """The cards of the inputs that the run's model has."""
    names = {tensor.name for tensor in run.model.inputs}
    return [port for port in spec(recipe.architecture).inputs if port.name in names]


def _inputs(
    run: Run, recipe: Recipe, cells: Cells, missing: Callable[[str], str]
) -> dict[str, np.ndarray]:
    """Input port -> array, rows on axis 0.

    Args:
        cells: The same number of cells for every column.
        missing: What to say of a column that is not there and has no default.
    """
    vocabularies = run_folder.read_labels(run.folder)
    labels = {
        name: {label.casefold(): number for number, label in enumerate(entries)}
        for name, entries in vocabularies.items()
    }
    rows = len(next(iter(cells.values()), ()))
    inputs = {}
    for port in _ports(run, recipe):
        columns = []
        for column in columns_of(recipe, port.name):
            if column not in cells:
                columns.append(np.full(rows, _default(port, missing(column))))
            elif port.text:
                columns.append(_texts(run, port, cells[column], vocabularies))
            else:
                given = cells[column].items()
                columns.append(np.array([_value(text, port, labels, at) for at, text in given]))
        array = columns[0] if port.text else np.stack(columns, axis=-1)
        inputs[port.name] = array.astype(port.dtype)
    return inputs


def _texts(
    run: Run, port: TensorSpec, cells: Mapping[str, str], vocabularies: Mapping[str, Sequence[str]]
) -> np.ndarray:
    """Texts as the port's array, of the length that the run was trained on."""
    (length,) = [tensor.shape[1] for tensor in run.model.inputs if tensor.name == port.name]
    trained = run.record["data"].get("inputs", {}).get(port.name)
    if not length and (trained is None or port.text == "vectors"):
        raise DataError(f"this run takes no text at {port.name!r}: it does not tell how it read it")
    most = length or trained[0]
    for place, text in cells.items():
        count = len(texts.steps(port.text, text))
        if not tokens(text):
            raise DataError(f"{place}: there is no word in {text!r}")
        if not length and count > most:
            raise DataError(f"{place}: {count:,} words, where the run was trained on {most:,}")
    known = vocabularies.get(texts.VOCABULARIES.get(port.text, ""), ())
    return texts.encode(port.text, list(cells.values()), most, known)


def _value(
    text: str, port: TensorSpec, labels: Mapping[str, Mapping[str, int]], place: str
) -> float | int:
    """A cell as the port takes it: a label or an id below the vocabulary's size, or a number."""
    text = text.strip()
    known = labels.get(port.vocabulary)
    if known:
        if text.casefold() in known:
            return known[text.casefold()]
        if text.isdecimal() and int(text) < len(known):
            return int(text)
        titles = {label.title() for label in known}
        raise DataError(f"{place}: {UnknownNameError(port.vocabulary, text.title(), titles)}")
    try:
        number = float(text)
    except ValueError:
        raise DataError(f"{place}: {text!r} is no number") from None
    if not np.isfinite(number):
        raise DataError(f"{place}: {text!r} is not a finite number")
    return number


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


def _read(table: Path) -> pd.DataFrame:
    """The table as text cells; the index is the line of each row's end in the file."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            lines = [(reader.line_num, cells) for cells in reader if cells]
    except FileNotFoundError:
        raise DataError(f"there is no file {table}") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(f"{table} is no CSV table: {error}") from None
    if len(lines) < 2:
        raise DataError(f"{table} has no rows below its header" if lines else f"{table} is empty")
    (_, header), *rows = lines
    for line, cells in rows:
        if len(cells) != len(header):
            raise DataError(
                f"{table}, line {line}: {len(cells)} cells, where the header has {len(header)}"
            )
    return pd.DataFrame(
        [cells for _, cells in rows], index=[line for line, _ in rows], columns=header
    )
