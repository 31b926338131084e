"""One array of a user, held against the tensor that it is for: shape, type, range.

What does not fit is refused in one line that names the tensor, what it takes and what it got.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from zoo.baselines.estimators import classifies
from zoo.core.errors import DataError
from zoo.data.cells import date_example, days, days_of, is_missing
from zoo.experiments.feeding import Form
from zoo.models.spec import shape_text
from zoo.recipes.functions import custom, takes_ids

_KINDS = {"O": "objects", "U": "texts", "S": "bytes", "M": "dates", "c": "complex numbers"}


def as_tensor(name: str, form: Form, value: Any, what: str = "input") -> np.ndarray:
    """The array of an input, or of whatever `what` says, in its own shape and type.

    Values of one number a row may come without the axis of 1.

    Raises:
        DataError: another shape or type, a value that is not finite, or a fraction where whole
            numbers are due.
    """
    array = _texts(value) if form.dtype == "string" else _numbers(name, value, what)
    if form.shape == (1,) and array.ndim == 1:
        array = array[:, None]
    got = array.shape[1:]
    sizes = zip(form.shape, got, strict=False)
    if not array.ndim or len(got) != len(form.shape) or any(a not in (None, b) for a, b in sizes):
        raise DataError(
            f"{what} {name!r} takes the shape {shape_text(form.shape)} for each row, not "
            f"{shape_text(got)}"
        )
    if form.dtype == "string":
        return array
    unknown = np.isinf(array) if form.missing else ~np.isfinite(array)
    if unknown.any():
        row = int(np.argwhere(unknown)[0][0])
        raise DataError(f"{what} {name!r} takes finite numbers, not {array[unknown][0]}, row {row}")
    kind = np.dtype(form.dtype)
    if kind.kind in "iu" and array.size:
        limits = np.iinfo(kind)
        fractions = array[array != np.floor(array)]
        wrong = [*fractions[:1], *array[(array < limits.min) | (array > limits.max)][:1]]
        if wrong:
            raise DataError(
                f"{what} {name!r} takes whole numbers of type {form.dtype}, not {wrong[0]:g}"
            )
    return array.astype(kind)


def as_days(name: str, format: str, value: Any) -> Any:
    """Dates as days since 1970-01-01, and NaN where there is none; numbers stay as they are.

    Args:
        name: The input.
        format: How its dates are written, as in `datetime.strptime`.
        value: Its array: of NumPy's or Python's dates, of texts, or of numbers.

    Raises:
        DataError: a value is no date.
    """
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "MOU":
        return value
    if value.dtype.kind == "M":
        seconds = value.astype("datetime64[s]") - np.datetime64(0, "s")
        return seconds / np.timedelta64(1, "D")
    flat = [_days(name, format, each) for each in value.ravel()]
    return np.array(flat, np.float64).reshape(value.shape)


def _days(name: str, format: str, value: Any) -> float:
    if value is None or value != value or (isinstance(value, str) and is_missing(value)):
        return np.nan
    if isinstance(value, date):
        return days_of(value)
    found = days(value, format) if isinstance(value, str) else None
    if found is None:
        raise DataError(f"input {name!r}: {value!r} is not a date such as {date_example(format)}")
    return found


def as_target(name: str, form: Form, loss: str, value: Any) -> np.ndarray:
    """The array of a target as the loss of its output takes it.

    Ids serve wherever classes are told apart: one-hot rows are made of them later.

    Raises:
        DataError: as `as_tensor`, or a class or a chance out of its range.
    """
    array = _numbers(name, value, "target")
    width = form.shape[-1] if form.shape else 1
    steps = form.shape[:-1]  # a class at each of them
    as_ids = width != 1 and array.shape[1:] in (steps, (*steps, 1))
    own = bool(custom(loss))
    if not (takes_ids(loss) and not own) and not (as_ids and (own or classifies(loss))):
        array = as_tensor(name, Form(form.shape, "float32"), array, "target")
        if classifies(loss):
            _check_range(name, "chances", array, 0, 1)
        return array
    if steps and array.ndim == len(steps) + 2 and array.shape[-1] == 1:
        array = array[..., 0]
    array = as_tensor(name, Form(steps or (1,), "int32"), array, "target")
    if not own and width is not None:
        _check_range(name, "class ids", array, 0, width - 1)
    return array


def _check_range(name: str, what: str, array: np.ndarray, low: int, high: int) -> None:
    wrong = array[(array < low) | (array > high)]
    if wrong.size:
        raise DataError(f"target {name!r} takes {what} from {low} to {high:,}, not {wrong[0]:g}")


def _texts(value: Any) -> np.ndarray:
    """An array of texts; what is missing is the empty one, as in a table."""
    flat = ["" if each is None or each != each else str(each) for each in np.ravel(value)]
    return np.array(flat, object).reshape(np.shape(value))


def _numbers(name: str, value: Any, what: str) -> np.ndarray:
    """An array of numbers; a column of arrays becomes one array."""
    if isinstance(value, tuple):
        raise DataError(f"{what} {name!r} takes one array, not {len(value)}")
    array = value
    if array.dtype == object and all(isinstance(each, np.ndarray) for each in array):
        shapes = sorted({each.shape for each in array})
        if len(shapes) > 1:
            told = " and ".join(map(shape_text, shapes[:2]))
            raise DataError(f"{what} {name!r} takes rows of one shape, not {told}")
        array = np.stack(list(array)) if shapes else array.astype(np.float32)
    if array.dtype.kind not in "biuf":
        held = _KINDS.get(array.dtype.kind, str(array.dtype))
        raise DataError(f"{what} {name!r} takes numbers, not {held}")
    return array
