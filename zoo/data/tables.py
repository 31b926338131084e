"""A dataset as tables: a DataFrame of a split, and what a notebook shows of all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo.core import html
from zoo.core.console import score_text

if TYPE_CHECKING:
    import pandas as pd

WIDEST = 32  # numbers of a row that get a column each
_ROWS, _NUMBERS = 3, 4  # of a split that are shown, and of an array in them


def as_frame(arrays: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Named arrays, rows on axis 0, as columns: `NAME`, `NAME_0` ..., or whole arrays."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for name, array in arrays.items():
        if array.ndim == 1 or array.shape[1:] == (1,):
            columns[name] = array.reshape(len(array))
        elif array.ndim == 2 and array.shape[1] <= WIDEST:
            columns |= {f"{name}_{place}": array[:, place] for place in range(array.shape[1])}
        else:
            columns[name] = pd.Series(list(array), dtype=object)
    return pd.DataFrame(columns)


def as_html(dataset: Any) -> str:
    """Splits, columns, a few rows and the reference scores of a `Dataset`."""
    splits = {name: arrays for name, arrays in dataset.splits.items() if arrays}
    first = next(iter(splits.values()), {})
    labels = dataset.labels
    parts = [
        html.note(dataset.origin) if dataset.origin else "",
        *(html.note(f"note: {each}") for each in dataset.notes),
        html.table(("split", "rows"), [(k, f"{n:,}") for k, n in dataset.rows.items()]),
        html.table(
            ("column", "dtype", "shape of a row", "values"),
            [
                (name, array.dtype, _shape(array), _range(array, labels.get(name, ())))
                for name, array in first.items()
            ],
            left=4,
        ),
        html.table(
            tuple(first),
            [
                [_cell(array[row], labels.get(name, ())) for name, array in first.items()]
                for row in range(min(_ROWS, len(next(iter(first.values()), ()))))
            ],
            left=len(first),
            caption=f"first rows of {next(iter(splits), '')}",
        ),
    ]
    if labels:
        known = [(name, f"{len(words):,}", _some(words)) for name, words in labels.items()]
        parts.append(html.table(("vocabulary", "entries", ""), known, left=3))
    rows = list(_scores(dataset.references))
    if rows:
        header = ("score", *dataset.references)
        parts.append(html.table(header, rows, caption="what a model's scores are compared with"))
    return html.card(dataset.name, f"from {dataset.source}", *parts)


def _shape(array: np.ndarray) -> str:
    return f"({', '.join(map(str, array.shape[1:]))})"


def _range(array: np.ndarray, words: Sequence[str]) -> str:
    """What the values are: labels, or from where to where; of texts some."""
    if words:
        return f"{len(words):,} labels: {_some(words)}"
    if array.dtype.kind in "OUS" or not array.size:
        return _some([str(each) for each in np.unique(array.ravel()[:1000])])
    return f"{_number(np.nanmin(array))} to {_number(np.nanmax(array))}"


def _some(words: Sequence[str]) -> str:
    """The first words, as far as a line goes."""
    return " · ".join([*map(str, words[:_NUMBERS]), *["..."][: len(words) > _NUMBERS]])


def _cell(value: np.ndarray, words: Sequence[str]) -> str:
    """A row's value: a label, a number, or the first numbers of an array."""
    flat = np.ravel(value)
    if flat.size == 1 and words and flat.dtype.kind in "iu" and 0 <= flat[0] < len(words):
        return f"{flat[0]} ({words[flat[0]]})"
    return " ".join(map(_number, flat[:_NUMBERS])) + (" ..." if flat.size > _NUMBERS else "")


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, np.floating) else str(value)


def _scores(references: Mapping[str, Mapping[str, Mapping[str, float]]]) -> Iterator[list[str]]:
    """Rows `split column_metric` of one split, the test rows if there are any, by reference."""
    splits = dict.fromkeys(split for scores in references.values() for split in scores)
    split = "test" if "test" in splits else next(reversed(splits), "")
    keys = dict.fromkeys(key for scores in references.values() for key in scores.get(split, ()))
    for key in keys:
        values = (scores.get(split, {}).get(key) for scores in references.values())
        yield [f"{split} {key}", *("" if value is None else score_text(value) for value in values)]
