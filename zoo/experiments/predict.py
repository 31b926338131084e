"""Predictions of a saved run for values that a person gives or a CSV file holds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoo.core.errors import DataError
from zoo.core.files import write_text
from zoo.data.csv import Table, read_csv
from zoo.experiments import ports
from zoo.experiments.answers import Answer, answers
from zoo.experiments.by_name import is_table
from zoo.experiments.inputs import Inputs
from zoo.experiments.ports import Part, Port
from zoo.experiments.runs import LOGDIR, Run, described, read_labels, with_model
from zoo.experiments.spelling import as_spelled
from zoo.experiments.texts import Cells
from zoo.experiments.writing import OPTIONS, Writer
from zoo.models.registry import spec
from zoo.training import inference

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Note = Callable[[str], None]


def say(line: str) -> None:
    """Print a note on stderr."""
    print(f"note: {line}", file=sys.stderr)


def predict(
    run: str | Path | Run, *, logdir: str | Path = LOGDIR, **values: object
) -> dict[str, Any]:
    """What a saved run predicts for one case, as `zoo predict` does.

    Args:
        run: A run, its folder, `RECIPE/RUN`, a recipe for its latest run, or `latest`.
        logdir: The folder that holds the run folders.
        **values: A value for each input column: a number or an array or list of them, a label or
            its id, a text, or the path of a PNG, JPEG, GIF, NPY or CSV file. One value of a vector
            may be given as `NAME_0`. A model that writes takes the text to continue and `length`,
            the number of characters to add (200), `temperature`, from 0 up (0.8; 0 always takes
            the likeliest character), and `seed` (0).

    Returns:
        Column -> a number in its unit, or the name of the likeliest class; then its probability is
        there as `COLUMN_probability`. Of a map or series, lists. Of a model that writes, the whole
        text.

    Raises:
        DataError: a value is missing, unknown or out of its range; the notes of the error list
            the run's inputs.
        TrainingError: no such run.

    Example:
        >>> import zoo
        >>> quick = {"epochs": 1, "engine": "fit", "verbose": 0, "dataset_options.seasons": 2}
        >>> run = zoo.fit("basketball", data="league", **quick)
        >>> list(zoo.predict(run, team_1="2001 Alderbeck", team_2="2001 Brambeck", home=1))
        ['score_diff']
    """
    known = described(run, Path(logdir))
    with _explained(known, run, Path(logdir), str):
        if spec(known.record.recipe.architecture).writes:
            writer = Writer(known)
            return {writer.column: writer.write({k: str(v) for k, v in values.items()}, str)}
        found: dict[str, Any] = {}
        for answer in _asked(known, values, str, say):
            found |= answer.plain(0)
        return found


def rows_by_input(run: Run, x: Any) -> Any:
    """Rows by name, with the names of the run's inputs where a table calls them otherwise.

    Raises:
        DataError: two names stand for the same input.
    """
    if run.record.data.names or not is_table(x):  # which name the columns of one input themselves
        return x
    known = ports.ports_of(run, read_labels(run.folder))
    found, _ = ports.matched(known, [str(key) for key in x])
    given = {column: {at for name, at in found if name == column} for column, _ in found}
    whole = all(
        None in (parts := given.get(port.column, set())) or len(parts) == port.size
        for port in known
    )
    if not found or (len(run.model.inputs) == 1 and not whole):
        return x  # perhaps the numbers of its one input, in order
    names = {
        name: column if at is None else f"{column}_{at}" for (column, at), name in found.items()
    }
    return {names.get(str(key), str(key)): x[key] for key in x}


def predict_one(
    run: str | Path | Run, values: Mapping[str, str], *, logdir: Path, note: Note = say
) -> dict[str, str]:
    """One case: column name -> text, in; output column -> what is printed, out.

    Raises:
        DataError: an input is missing, unknown, not a number, or text without a word.
        TrainingError: no such run.
    """
    known = described(run, logdir)
    with _explained(known, run, logdir, ports.option):
        if spec(known.record.recipe.architecture).writes:
            writer = Writer(known)
            return {writer.column: writer.write(values, ports.option)}
        return {each.name: each.text(0) for each in _asked(known, values, ports.option, note)}


@contextmanager
def _explained(
    run: Run, asked: str | Path | Run, logdir: Path, called: Callable[[str], str]
) -> Iterator[None]:
    """Add to an error of the block what the run takes, and a command that works."""
    try:
        yield
    except DataError as error:
        known = ports.ports_of(run, read_labels(run.folder))
        lines = [f"{run.record.recipe.name} takes:", *ports.listing(known, called)]
        if spec(run.record.recipe.architecture).writes:
            lines += [f"  {called(name)}  {text}" for name, text in OPTIONS.items()]
        named = run.folder if isinstance(asked, Run) else asked
        if command := ports.example(run, named, logdir, known):
            lines.append(f"for example: {command}")
        for line in lines:
            error.add_note(line)
        raise


def predict_table(
    run: str | Path | Run, table: Path, out: Path | None, *, logdir: Path, note: Note = say
) -> str:
    """A CSV table with the predictions added as columns `pred_NAME`, also written to `out`.

    Raises:
        DataError: the file is missing, or a column or cell is; the message names file, line and
            column. `out` is the file itself.
        TrainingError: no such run.
    """
    known = described(run, logdir)
    given = read_csv(table)
    if out and out.resolve() == table.resolve():
        raise DataError(f"--out {out} would replace the table that is read; name another file")
    for line in given.notes:
        note(line)
    frame = given.frame()
    with _explained(known, run, logdir, str):
        if spec(known.record.recipe.architecture).writes:
            writer = Writer(known)
            frame[f"pred_{writer.column}"] = _continuations(writer, given)
        else:
            for column, texts in _predicted(known, given, note).items():
                frame[f"pred_{column}"] = texts
    return _as_csv(frame, out)


def _predicted(run: Run, given: Table, note: Note) -> dict[str, list[str]]:
    """Column -> what the model says of every row of a table."""
    missing = f"{given.path}, line 1: there is no column "

    def arrays(known: Sequence[Port], reader: Inputs) -> dict[str, np.ndarray]:
        found, unknown = ports.matched(known, given.header)
        cells = {
            part: Cells(given.texts(name), partial(_place, given, name), given.path.parent)
            for part, name in found.items()
        }
        read = reader.arrays(cells, len(given), lambda column: f"{missing}{column!r}")
        _say_left_out(known, found, unknown, given, note)  # not beside an error
        return read

    columns: dict[str, list[str]] = {}
    for answer in _answers(run, arrays, note):
        columns |= answer.cells()
    return columns


def _say_left_out(
    known: Sequence[Port],
    found: Mapping[Part, str],
    unknown: Sequence[str],
    given: Table,
    note: Note,
) -> None:
    """Name the inputs that may be left out and have no column: a header may be misspelled."""
    there = {column for column, _ in found}
    left_out = [port.column for port in known if port.column not in there]
    if left_out:
        others = f"; columns that are no input: {', '.join(unknown)}" if unknown else ""
        note(f"{given.path} has no column {', '.join(left_out)}: left out in every row{others}")


def _asked(
    run: Run, values: Mapping[str, Any], place: Callable[[str], str], note: Note
) -> list[Answer]:
    """What the model says of one case; `place` is how messages call an input."""

    def arrays(known: Sequence[Port], reader: Inputs) -> dict[str, np.ndarray]:
        found, unknown = ports.matched(known, values)
        if unknown:
            raise ports.unknown_input(unknown[0], known)
        cells = {
            part: Cells([values[name]], lambda _, name=name: place(name))
            for part, name in found.items()
        }
        return reader.arrays(cells, 1, lambda column: f"{place(column)} is missing")

    return _answers(run, arrays, note)


def _answers(
    run: Run, arrays: Callable[[Sequence[Port], Inputs], dict[str, np.ndarray]], note: Note
) -> list[Answer]:
    """What the model says; it is loaded, which takes seconds, once all that is given is read."""
    labels = read_labels(run.folder)
    known = ports.ports_of(run, labels)
    inputs = arrays(known, Inputs(run, known, labels, note))
    loaded = with_model(run)
    of_model = ports.ports_of(loaded, labels)
    if of_model != known:
        inputs = arrays(of_model, Inputs(loaded, of_model, labels, note))
    inputs = as_spelled(loaded.model, of_model, inputs, note)
    return answers(loaded, inference.predict(loaded.model, inputs), labels)


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
