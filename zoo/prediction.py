"""Predictions of a saved run for values that a person types or a CSV file holds."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from zoo.errors import DataError, UnknownNameError
from zoo.files import write_text
from zoo.ports import columns_of
from zoo.recipe import Recipe
from zoo.registry import Port, spec
from zoo.runs import Run, load_run
from zoo.training import engine, run_folder


def predict_one(run: str | Path, values: Mapping[str, str], *, logdir: Path) -> dict[str, str]:
    """One case: column name -> text, in; output column -> value with its unit, out.

    Raises:
        DataError: an input is missing, unknown or no number.
        TrainingError: no such run.
    """
    loaded, recipe, labels = _opened(run, logdir)
    ports = _ports(loaded, recipe)
    columns = [column for port in ports for column in columns_of(recipe, port.name)]
    for name in values:
        if name not in columns:
            raise DataError(str(UnknownNameError("input", name, columns)))
    inputs = {}
    for port in ports:
        cells = []
        for column in columns_of(recipe, port.name):
            if column in values:
                cells.append(_value(values[column], port, labels, f"--{column.replace('_', '-')}"))
            else:
                cells.append(_default(port, f"--{column.replace('_', '-')} is missing"))
        inputs[port.name] = np.array([cells], dtype=port.dtype)
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
    loaded, recipe, labels = _opened(run, logdir)
    frame = _read(table)
    inputs = {}
    for port in _ports(loaded, recipe):
        columns = [
            _column(frame, column, port, labels, table) for column in columns_of(recipe, port.name)
        ]
        inputs[port.name] = np.stack(columns, axis=-1).astype(port.dtype)
    for port, rows in engine.predict(loaded.model, inputs).items():
        flat = rows.reshape(len(rows), -1)
        for index, column in enumerate(_output_columns(recipe, port, rows)):
            frame[f"pred_{column}"] = [f"{value:.6g}" for value in flat[:, index]]
    text = frame.to_csv(index=False, lineterminator="\n")
    if out:
        write_text(out, text)
    return text


def _opened(run: str | Path, logdir: Path) -> tuple[Run, Recipe, dict[str, dict[str, int]]]:
    """The run, its recipe, and label -> id for each vocabulary."""
    loaded = load_run(run, logdir)
    vocabularies = run_folder.read_labels(loaded.folder)
    labels = {
        name: {label.casefold(): number for number, label in enumerate(entries)}
        for name, entries in vocabularies.items()
    }
    return loaded, Recipe.from_dict(loaded.record["recipe"]), labels


def _ports(run: Run, recipe: Recipe) -> list[Port]:
    """The cards of the inputs that the run's model has."""
    names = {tensor.name for tensor in run.model.inputs}
    return [port for port in spec(recipe.architecture).inputs if port.name in names]


def _value(
    text: str, port: Port, labels: Mapping[str, Mapping[str, int]], place: str
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


def _default(port: Port, complaint: str) -> float:
    if port.default is None:
        raise DataError(complaint + (f" ({port.meaning})" if port.meaning else ""))
    return port.default


def _column(
    frame: pd.DataFrame,
    column: str,
    port: Port,
    labels: Mapping[str, Mapping[str, int]],
    table: Path,
) -> np.ndarray:
    if column not in frame:
        complaint = f"{table}, line 1: there is no column {column!r}"
        return np.full(len(frame), _default(port, complaint))
    return np.array(
        [
            _value(text, port, labels, f"{table}, line {line}, column {column!r}")
            for line, text in frame[column].items()
        ]
    )


def _output_columns(recipe: Recipe, port: str, rows: np.ndarray) -> Sequence[str]:
    columns = columns_of(recipe, port)
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
