"""Predictions of a saved run for values that a person types or a CSV file holds."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.columns import safe_names
from zoo.core.errors import DataError, TrainingError, UnknownNameError
from zoo.core.files import write_text
from zoo.data.cells import days, is_missing
from zoo.data.csv import Table, as_number, read_csv
from zoo.data.text import encoding
from zoo.data.text.encoding import tokens
from zoo.experiments.feeding import columns_of
from zoo.experiments.runs import LOGDIR, Run, load_run, read_labels
from zoo.experiments.writing import Writer
from zoo.models.registry import spec
from zoo.models.spec import TensorSpec
from zoo.recipes.recipe import Recipe
from zoo.training import engine

if TYPE_CHECKING:
    import pandas as pd

LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Cells:
    """The texts of a column, and how a message names the place of each by its row."""

    texts: Sequence[str]
    place: Callable[[int], str]


def predict(run: str | Path, *, logdir: str | Path = LOGDIR, **values: object) -> dict[str, str]:
    """What a saved run predicts for one case, as `zoo predict` does.

        >>> zoo.predict("basketball", team_1="2010 Draygarth", team_2="2003 Pellquay", home=1)
        >>> zoo.predict("text_generator", text="It is a truth", length=300, temperature=0.5)

    Args:
        run: A run folder, or a recipe for its latest run.
        logdir: The folder that holds the run folders.
        **values: A value for each input column, a label in place of an id. A model that writes
            takes the text to continue and `length`, the number of characters to add (200),
            `temperature`, from 0 up (0.8; 0 always takes the likeliest character), and `seed` (0).

    Returns:
        Output column -> its value with its unit; of a model that writes, the whole text.

    Raises:
        DataError: a value is missing, unknown or out of its range.
        TrainingError: no such run.
    """
    texts = {}
    for name, value in values.items():
        if not isinstance(value, str | numbers.Real):
            raise DataError(f"{name} must be a text or a number, not {type(value).__name__}")
        texts[name] = str(value)
    return predict_one(run, texts, logdir=Path(logdir))


def predict_one(run: str | Path, values: Mapping[str, str], *, logdir: Path) -> dict[str, str]:
    """One case: column name -> text, in; output column -> value with its unit, out.

    Raises:
        DataError: an input is missing, unknown, not a number, or text without a word.
        TrainingError: no such run.
    """
    loaded = load_run(run, logdir)
    recipe = loaded.record.recipe
    if spec(recipe.architecture).writes:
        writer = Writer(loaded)
        return {writer.column: writer.write(values, _option)}
    columns = _columns(loaded)
    spelled = {column.rstrip("_"): column for column in columns}  # `--class` for `class_`
    values = {spelled.get(name, name): text for name, text in values.items()}
    for name in values:
        if name not in columns:
            raise DataError(str(UnknownNameError("input", name, columns)))
    cells = {
        column: Cells([text], lambda _, column=column: _option(column))
        for column, text in values.items()
    }
    inputs = _inputs(loaded, cells, 1, lambda column: f"{_option(column)} is missing")
    predicted = engine.predict(loaded.model, inputs)
    units = {tensor.name: tensor.unit for tensor in spec(recipe.architecture).outputs}
    return {
        column: f"{value:.3f} {units.get(output, '')}".strip()
        for output, row in predicted.items()
        for column, value in zip(_output_columns(recipe, output, row), row[0].ravel(), strict=True)
    }


def predict_table(run: str | Path, table: Path, out: Path | None, *, logdir: Path) -> str:
    """A CSV table with the predictions added as columns `pred_NAME`, also written to `out`.

    Raises:
        DataError: the file is missing, or a column or cell is; the message names file, line and
            column.
        TrainingError: no such run.
    """
    loaded = load_run(run, logdir)
    given = read_csv(table)
    frame = given.frame()
    if spec(loaded.record.recipe.architecture).writes:
        writer = Writer(loaded)
        frame[f"pred_{writer.column}"] = _continuations(writer, given)
        return _as_csv(frame, out)
    names = safe_names(given.header)  # of the columns of a project
    titles = {name: title for title, name in names.items()} | {title: title for title in names}
    cells = {
        column: Cells(given.texts(titles[column]), partial(_place, given, titles[column]))
        for column in _columns(loaded)
        if column in titles
    }
    missing = f"{table}, line 1: there is no column "
    inputs = _inputs(loaded, cells, len(given), lambda column: f"{missing}{column!r}")
    for output, rows in engine.predict(loaded.model, inputs).items():
        flat = rows.reshape(len(rows), -1)
        for index, column in enumerate(_output_columns(loaded.record.recipe, output, rows)):
            frame[f"pred_{column}"] = [f"{value:.6g}" for value in flat[:, index]]
    return _as_csv(frame, out)


def _as_csv(frame: pd.DataFrame, out: Path | None) -> str:
    text = frame.to_csv(index=False, lineterminator="\n")
    if out:
        write_text(out, text)
    return text


def _continuations(writer: Writer, table: Table) -> list[str]:
    """The text of every row, continued as the row's columns of the writer's options say."""
    if writer.column not in table.header:
        raise DataError(f"{table.path}, line 1: there is no column {writer.column!r}")
    columns = [column for column in writer.columns if column in table.header]
    cells = zip(*(table.texts(column) for column in columns), strict=True)
    return [
        writer.write(
            dict(zip(columns, row, strict=True)), lambda column, at=at: _place(table, column, at)
        )
        for at, row in enumerate(cells)
    ]


def _place(table: Table, column: str, row: int) -> str:
    return f"{table.path}, line {table.line(row)}, column {column!r}"


def _option(column: str) -> str:
    """The option of the command line that gives a column's value."""
    return f"--{column.replace('_', '-')}"


def _tensors(run: Run) -> list[TensorSpec]:
    """What the architecture says of each input that the run's model has."""
    architecture = run.record.recipe.architecture
    known = {tensor.name: tensor for tensor in spec(architecture).inputs}
    names = [tensor.name for tensor in run.model.inputs]
    for name in names:
        if name not in known:
            raise TrainingError(
                f"{run.folder}: the saved model has an input {name!r}, but {architecture} does not"
            )
    return [tensor for name, tensor in known.items() if name in names]


def _columns(run: Run) -> list[str]:
    """The columns that the inputs of the run's model are made of."""
    recipe = run.record.recipe
    return [column for tensor in _tensors(run) for column in columns_of(recipe, tensor.name)]


def _inputs(
    run: Run, cells: Mapping[str, Cells], rows: int, missing: Callable[[str], str]
) -> dict[str, np.ndarray]:
    """Input name -> array, rows on axis 0.

    Args:
        cells: Column -> its texts, `rows` of them.
        missing: What to say of a column that is not there and has no default.
    """
    vocabularies = read_labels(run.folder)
    labels = {
        name: {label.casefold(): number for number, label in enumerate(entries)}
        for name, entries in vocabularies.items()
    }
    inputs = {}
    for tensor in _tensors(run):
        columns = []
        for column in columns_of(run.record.recipe, tensor.name):
            if column not in cells:
                columns.append(np.array([_default(tensor, missing(column))] * rows, object))
            elif tensor.dtype == "string":
                texts = ["" if is_missing(text) else text.strip() for text in cells[column].texts]
                columns.append(np.array(texts, object))
            elif tensor.text:
                columns.append(_texts(run, tensor, cells[column], vocabularies))
            else:
                columns.append(np.array(_values(tensor, labels, cells[column])))
        array = columns[0] if tensor.text else np.stack(columns, axis=-1)
        inputs[tensor.name] = array.astype(object if tensor.dtype == "string" else tensor.dtype)
    return inputs


def _texts(
    run: Run, tensor: TensorSpec, cells: Cells, vocabularies: Mapping[str, Sequence[str]]
) -> np.ndarray:
    """Texts as the tensor's array, of the length that the run was trained on."""
    if tensor.text == "sentences":
        return _sentences(run, tensor, cells, vocabularies["word"])
    (length,) = [each.shape[1] for each in run.model.inputs if each.name == tensor.name]
    trained = run.record.data.inputs.get(tensor.name)
    if not length and (not trained or tensor.text == "vectors"):
        raise DataError(
            f"this run cannot read text for {tensor.name!r}: its record does not say how text was "
            "turned into numbers"
        )
    most = length or (trained or (0,))[0]
    for row, text in enumerate(cells.texts):
        count = len(encoding.steps(tensor.text, text))
        if not tokens(text):
            raise DataError(f"{cells.place(row)}: {text!r} contains no words")
        if not length and count > most:
            problem = f"{count:,} words, but the run was trained on at most {most:,}"
            raise DataError(f"{cells.place(row)}: {problem}")
    known = vocabularies.get(encoding.VOCABULARIES.get(tensor.text, ""), ())
    return encoding.encode(tensor.text, cells.texts, most, known)


def _sentences(run: Run, tensor: TensorSpec, cells: Cells, known: Sequence[str]) -> np.ndarray:
    """Texts as the tensor's array of sentences: (rows, sentences, words), or (rows, words) of one.

    Of a text with more sentences the last are kept, as in training.
    """
    (shape,) = [each.shape[1:] for each in run.model.inputs if each.name == tensor.name]
    most, length = shape if len(shape) == 2 else (1, *shape)
    texts = [tokens(text.replace("\n", " . ")) for text in cells.texts]  # a line is a sentence
    for row, words in enumerate(texts):
        told = encoding.sentences(words)
        longest = max(map(len, told), default=0)
        problem = "" if told else f"{cells.texts[row]!r} contains no words"
        if longest > length:
            problem = f"a sentence of {longest:,} words, but the run reads at most {length:,}"
        elif len(shape) == 1 and len(told) > 1:
            problem = f"{len(told):,} sentences, but the run reads one"
        if problem:
            raise DataError(f"{cells.place(row)}: {problem}")
    vocabulary = encoding.Vocabulary(known[len(encoding.SPECIAL) :])
    return vocabulary.encode_sentences(texts, most, length).reshape(len(texts), *shape)


def _values(
    tensor: TensorSpec, labels: Mapping[str, Mapping[str, int]], cells: Cells
) -> list[float | int]:
    """Cells as the tensor takes them: labels or ids below the vocabulary's size, or numbers."""
    known = labels.get(tensor.vocabulary)
    values = []
    for row, cell in enumerate(cells.texts):
        text = cell.strip()
        if tensor.missing and is_missing(text):
            values.append(np.nan)
            continue
        if tensor.format:
            value = days(text, tensor.format)
            if value is None:
                raise DataError(f"{cells.place(row)}: {text!r} is not a date as in {tensor.format}")
            values.append(value)
            continue
        value = _label(text, known) if known else as_number(text)
        if value is None and known:
            titles = {label.title() for label in known}
            unknown = UnknownNameError(tensor.vocabulary, text.title(), titles)
            raise DataError(f"{cells.place(row)}: {unknown}")
        if value is None:
            raise DataError(f"{cells.place(row)}: {text!r} is not a number")
        if not np.isfinite(value):
            raise DataError(f"{cells.place(row)}: {text!r} is not a finite number")
        if abs(value) > LARGEST:
            raise DataError(f"{cells.place(row)}: {text!r} is too large for a 32-bit number")
        values.append(value)
    return values


def _label(text: str, known: Mapping[str, int]) -> int | None:
    """The id of a label, or an id itself."""
    if text.casefold() in known:
        return known[text.casefold()]
    ids = len(text) < 10 and text.isdecimal()  # int() refuses thousands of digits
    return int(text) if ids and int(text) < len(known) else None


def _default(tensor: TensorSpec, complaint: str) -> float | str:
    if tensor.missing:
        return "" if tensor.dtype == "string" else np.nan
    if tensor.default is None:
        raise DataError(complaint + (f" ({tensor.meaning})" if tensor.meaning else ""))
    return tensor.default


def _output_columns(recipe: Recipe, output: str, rows: np.ndarray) -> Sequence[str]:
    """Names of an output's values: its columns', unless another output is trained on the same."""
    columns = columns_of(recipe, output)
    if sum(columns_of(recipe, other) == columns for other in recipe.loss) > 1:
        columns = (output,)
    width = int(np.prod(rows.shape[1:]))
    return columns if len(columns) == width else [f"{output}_{index}" for index in range(width)]
