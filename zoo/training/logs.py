"""The logs of a training as plain numbers, whatever a metric or a train step gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

MOST = 100  # values of one metric that are named one by one


def plain_numbers(logs: Mapping[str, Any] | None) -> dict[str, float]:
    """Every value of the logs as one number.

    A metric of several values, one for each class for example, becomes `NAME/0`, `NAME/1` ...,
    and `NAME/0/1` where it is a table; one of very many becomes its mean, least and most. What
    is no number is left out: a callback must not end a training for it.

    >>> plain_numbers({"loss": 0.5, "f1": np.array([1.0, 0.25]), "note": "first"})
    {'loss': 0.5, 'f1/0': 1.0, 'f1/1': 0.25}
    """
    found: dict[str, float] = {}
    for name, value in (logs or {}).items():
        if isinstance(value, float):  # Keras's own, nearly always
            found[name] = value
            continue
        values = _array(value)
        if values is None or not values.size:
            continue
        if not values.ndim:
            found[name] = float(values)
        elif values.size <= MOST:
            for index in np.ndindex(values.shape):
                found["/".join([name, *map(str, index)])] = float(values[index])
        else:
            sizes = {"mean": values.mean(), "min": values.min(), "max": values.max()}
            found |= {f"{name}/{word}": float(each) for word, each in sizes.items()}
    return found


def watchable(logs: Mapping[str, Any] | None) -> dict[str, float]:
    """`plain_numbers`, and the mean of several values under their own name.

    For callbacks that compare a value with an earlier one.

    >>> watchable({"f1": np.array([1.0, 0.25])})
    {'f1': 0.625, 'f1/0': 1.0, 'f1/1': 0.25}
    """
    arrays = {name: _array(value) for name, value in (logs or {}).items()}
    means = {
        name: float(values.mean())
        for name, values in arrays.items()
        if values is not None and values.size
    }
    return means | plain_numbers(logs)


def parts(name: str, numbers: Mapping[str, float]) -> list[str]:
    """The names that a log's value has among `plain_numbers`: its own, or one for each part.

    >>> parts("f1", {"loss": 0.5, "f1/0": 1.0, "f1/1": 0.25})
    ['f1/0', 'f1/1']
    """
    if name in numbers:
        return [name]
    return [each for each in numbers if each.startswith(f"{name}/")] or [name]


def _array(value: Any) -> np.ndarray | None:
    """The value's numbers; None where it has none."""
    try:
        array = np.asarray(value.numpy() if hasattr(value, "numpy") else value)
        if array.dtype.kind in "biufV":  # V is bfloat16
            return array.astype(np.float64)
    except (TypeError, ValueError):  # ragged, symbolic, or of another kind
        pass
    return None
