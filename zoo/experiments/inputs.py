"""From values that a person gives, or a table's cells, to the arrays that a run's model takes."""

from __future__ import annotations

import numbers
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import SHOWN, DataError, UnknownNameError
from zoo.data.cells import date_example, days, days_of, is_missing
from zoo.data.csv import as_number
from zoo.data.files import ARRAYS, PICTURES, below, names_a_file, read_array, read_pictures
from zoo.experiments import texts
from zoo.experiments.ports import Part, Port
from zoo.experiments.runs import LABELS, Run
from zoo.experiments.texts import Cells
from zoo.models.spec import shape_text

LARGEST = float(np.finfo(np.float32).max)

Note = Callable[[str], None]


class Inputs:
    """Makes a run's inputs of what is given for its ports."""

    def __init__(
        self,
        run: Run,
        ports: Sequence[Port],
        vocabularies: Mapping[str, Sequence[str]],
        note: Note,
    ) -> None:
        self._run, self._ports, self._note = run, ports, note
        self._vocabularies = vocabularies
        self._labels = {
            name: {label.casefold(): number for number, label in enumerate(entries)}
            for name, entries in vocabularies.items()
        }

    def arrays(
        self, given: Mapping[Part, Cells], rows: int, missing: Callable[[str], str]
    ) -> dict[str, np.ndarray]:
        """Input name -> array, rows on axis 0.

        Args:
            given: The cells of a column, or of one of its values; `rows` in each.
            missing: What to say of a name that is not there and has no default.

        Raises:
            DataError: an input is missing, or a value cannot be read.
        """
        columns: dict[str, list[np.ndarray]] = {}
        types = {}
        for port in self._ports:
            array = self._array(port, given, rows, missing)
            columns.setdefault(port.tensor.name, []).append(array)
            types[port.tensor.name] = port.tensor.dtype
        return {
            name: _typed(parts[0] if len(parts) == 1 else np.concatenate(parts, -1), types[name])
            for name, parts in columns.items()
        }

    def _array(
        self,
        port: Port,
        given: Mapping[Part, Cells],
        rows: int,
        missing: Callable[[str], str],
    ) -> np.ndarray:
        whole = given.get((port.column, None))
        parts = {at: cells for (column, at), cells in given.items() if column == port.column}
        if whole and len(parts) > 1:
            raise DataError(f"give {port.column} either whole or value by value")
        if whole:
            return self._whole(port, whole)
        if not parts:
            return np.broadcast_to(_left_out(port, missing), (rows, *_fixed(port))).copy()
        at_least = [at for at in range(port.size or 0) if at not in parts]
        if at_least:
            name = port.names[at_least[0]] if port.names else f"{port.column}_{at_least[0]}"
            raise DataError(missing(name))
        columns = [_numbers_of(port, parts[at]) for at in range(port.size or 0)]
        found = np.stack(columns, axis=-1).reshape(rows, *_fixed(port))
        return (
            np.stack([self._levels(port, row) for row in found]) if port.tensor.picture else found
        )

    def _whole(self, port: Port, cells: Cells) -> np.ndarray:
        if port.kind == "text":
            return texts.encoded(self._run, port, cells, self._vocabularies, self._note)
        if port.kind == "word":
            found = ["" if _is_missing(value) else str(value).strip() for value in cells.values]
            return np.array(found, dtype=object).reshape(len(found), *_fixed(port))
        if port.kind == "label":
            known = self._labels.get(port.tensor.vocabulary)
            found = [
                _label(port, value, known, cells, row) for row, value in enumerate(cells.values)
            ]
            return np.array(found).reshape(len(found), *_fixed(port))
        if port.kind == "number":
            return _numbers_of(port, cells).reshape(-1, *_fixed(port))
        found = [self._row(port, cells, row) for row in range(len(cells.values))]
        for row, array in enumerate(found):
            if array.shape != found[0].shape:
                first = shape_text(found[0].shape)
                raise DataError(
                    f"{cells.place(row)}: shape {shape_text(array.shape)}, but {first} above"
                )
        return np.stack(found)

    def _row(self, port: Port, cells: Cells, row: int) -> np.ndarray:
        """One row of a port of several numbers, from a file, a list in a text, or an array."""
        value, place = cells.values[row], cells.place(row)
        try:
            if isinstance(value, Path) or (isinstance(value, str) and names_a_file(value)):
                found = self._file(port, value, cells.folder)
            elif isinstance(value, str):
                found = _listed(value)
            else:
                found = np.asarray(value)
            return (
                self._levels(port, _shaped(port, found))
                if port.tensor.picture
                else _checked(port, _shaped(port, found))
            )
        except DataError as error:
            raise DataError(f"{place}: {error}") from error
        except (TypeError, ValueError) as error:  # what NumPy makes no array of
            raise DataError(f"{place} takes {port.takes(str)}") from error

    def _file(self, port: Port, name: str | Path, folder: Path | None) -> np.ndarray:
        path = Path(str(name).strip()).expanduser() if folder is None else below(folder, str(name))
        suffix = path.suffix.lower()
        if suffix in ARRAYS:
            return read_array(path)
        if suffix not in PICTURES or not port.tensor.picture:
            raise DataError(f"{path}: this input takes {port.takes(str)}")
        pictures, note = read_pictures(path, port.form)
        if note:
            self._note(note)
        return pictures if pictures.size == (port.size or pictures.size) else pictures[0]

    def _levels(self, port: Port, found: np.ndarray) -> np.ndarray:
        """Levels of a picture, between black and white; whole numbers up to 255 are converted."""
        black, white = port.form.black, port.form.white
        numbers = _checked(port, found)
        if 1 < numbers.max() <= 255 and numbers.min() >= 0 and not (numbers % 1).any():
            if found.dtype != np.uint8:  # whose levels are clear
                self._note(f"{port.column}: levels 0 to 255 become {black:g} to {white:g}")
            return black + (white - black) * numbers / 255
        if numbers.min() < black - 1e-3 or numbers.max() > white + 1e-3:
            bad = numbers.min() if numbers.min() < black else numbers.max()
            raise DataError(f"levels go from {black:g} to {white:g}, or whole to 255, not {bad:g}")
        return numbers


def _typed(array: np.ndarray, dtype: str) -> np.ndarray:
    return array if dtype == "string" else array.astype(dtype)


def _fixed(port: Port) -> tuple[int, ...]:
    return tuple(size or 1 for size in port.shape)


def _left_out(port: Port, missing: Callable[[str], str]) -> Any:
    """What a port without a value takes."""
    tensor = port.tensor
    if tensor.default is not None:
        return tensor.default
    if tensor.missing:
        return np.array("", dtype=object) if port.kind == "word" else np.nan
    raise DataError(missing(port.column))


def _numbers_of(port: Port, cells: Cells) -> np.ndarray:
    """One number a row, shape (rows,)."""
    return np.array([_number(port, value, cells, row) for row, value in enumerate(cells.values)])


def _number(port: Port, value: Any, cells: Cells, row: int) -> float:
    if isinstance(value, np.ndarray | list | tuple) and np.size(value) == 1:
        value = np.ravel(np.asarray(value))[0].item()
    if port.tensor.missing and _is_missing(value):
        return np.nan
    if port.tensor.format and isinstance(value, date):
        return np.nan if value != value else days_of(value)
    if port.tensor.format and isinstance(value, str):
        day = days(value, port.tensor.format)
        if day is None:
            written = f"a date such as {date_example(port.tensor.format)}"
            raise DataError(f"{cells.place(row)}: {value.strip()!r} is not {written}")
        return day
    if not isinstance(value, str | numbers.Real):
        kind = type(value).__name__
        raise DataError(f"{cells.place(row)} must be a text or a number, not {kind}")
    text = str(value).strip()
    number = as_number(text) if isinstance(value, str) else float(value)
    if number is None:
        raise DataError(f"{cells.place(row)}: {text!r} is not a number")
    if np.isnan(number) and port.tensor.missing:
        return number
    if not np.isfinite(number):
        raise DataError(f"{cells.place(row)}: {text!r} is not a finite number")
    if abs(number) > LARGEST:
        raise DataError(f"{cells.place(row)}: {text!r} is too large for a 32-bit number")
    return number


def _is_missing(value: Any) -> bool:
    if isinstance(value, str):
        return is_missing(value)
    return value is None or (isinstance(value, float) and np.isnan(value))


def _label(
    port: Port, value: Any, known: Mapping[str, int] | None, cells: Cells, row: int
) -> float | int:
    """The id of a label, or an id itself."""
    if not known:
        return _number(port, value, cells, row)
    if not isinstance(value, str | numbers.Real):
        kind = type(value).__name__
        raise DataError(f"{cells.place(row)} must be a text or a number, not {kind}")
    text = str(value).strip()
    if text.casefold() in known:
        return known[text.casefold()]
    ids = len(text) < 10 and text.isdecimal()  # int() refuses thousands of digits
    if ids and int(text) < len(known):
        return int(text)
    titles = {label.title() for label in known}
    hint = UnknownNameError(port.tensor.vocabulary, text.title(), titles).hint
    if hint.startswith("known") and len(titles) > SHOWN:
        hint = f"{LABELS} of the run lists all {len(titles):,}"
    raise DataError(f"{cells.place(row)}: unknown {port.tensor.vocabulary} {text!r}; {hint}")


def _listed(text: str) -> np.ndarray:
    """The numbers that a text lists, with commas, semicolons or blanks between them."""
    words = re.split(r"\s*[,;]\s*|\s+", text.strip().strip("[]()").strip())
    for word in words:
        if as_number(word) is None:
            raise DataError(f"{word!r} is not a number")
    return np.array([float(word) for word in words])


def _shaped(port: Port, found: np.ndarray) -> np.ndarray:
    """An array as one row of the port: of its shape but for axes of 1, or all in one line."""
    if found.dtype.kind not in "biuf":
        raise DataError(f"numbers are needed, not {found.dtype}")
    wanted = [size for size in port.shape if size != 1]
    have = [size for size in found.shape if size != 1]
    if port.size is None:
        if len(wanted) != len(have) or any(
            size not in (None, own) for size, own in zip(wanted, have, strict=False)
        ):
            raise DataError(f"shape {shape_text(port.shape)} is needed, not {found.shape}")
        sizes = iter(have)
        return found.reshape([1 if size == 1 else next(sizes) for size in port.shape])
    if (
        have != wanted
        and not (len(have) <= 1 and found.size == port.size)
        and not _unrolled(port, found)
    ):
        if len(have) <= 1 and len(wanted) <= 1:
            raise DataError(f"{port.size:,} numbers are needed, not {found.size:,}")
        raise DataError(f"shape {shape_text(port.shape)} is needed, not {found.shape}")
    return found.reshape(_fixed(port))


def _unrolled(port: Port, found: np.ndarray) -> bool:
    """Whether it holds the pictures, of height and width, whose pixels the port takes in a row."""
    form = port.form
    rows = [size for size in (*_fixed(port)[:-1], form.height, form.width) if size != 1]
    return bool(port.tensor.picture) and [size for size in found.shape if size != 1] == rows


def _checked(port: Port, found: np.ndarray) -> np.ndarray:
    """Finite numbers as float64."""
    numbers = np.asarray(found, np.float64)
    finite = np.isfinite(numbers) | (np.isnan(numbers) & port.tensor.missing)
    if not finite.all() or np.nanmax(np.abs(numbers), initial=0) > LARGEST:
        raise DataError(f"every number must be finite and at most {LARGEST:.2g}")
    return numbers
