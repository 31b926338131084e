"""TensorBoard's projector: every embedding of a model, nested ones too, with its labels.

Keras's own callback points at a tensor that its weight files do not hold, and finds no embedding
inside a nested model; this writes the tables and the projector's settings as text files.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo._keras import keras
from zoo.core.files import write_text

Columns = Mapping[str, Sequence[object]]
Labels = Sequence[str] | Columns  # one label for each row, or several columns by name
LabelsOf = Callable[[str, Sequence[str]], Labels | None]  # of an embedding, by name and inputs

LEAST = 3  # dimensions that the page draws
SPREAD = 0.5  # of a column that fills up a narrow table, in standard deviations of its first one
MOST_BOOKMARKED = 20_000  # rows; a bookmark holds the place of every point


def write_projector(
    folder: Path, model: keras.Model, labels: Mapping[str, Labels] | LabelsOf
) -> list[str]:
    """Write every embedding of `model`, nested ones too, for TensorBoard's projector.

    Per embedding `NAME.tensor.tsv` and, where labels are known, `NAME.labels.tsv` and a bookmark
    of its principal components, colored by the last column of numbers.

    Returns:
        The embeddings' names.
    """
    labels_of = labels if callable(labels) else _looked_up(labels)
    names, entries = [], []
    for name, reads, layer in embeddings(model):
        table = np.asarray(keras.ops.convert_to_numpy(layer.embeddings), dtype=np.float32)
        columns = _columns(name, labels_of(name, reads), len(table))
        table = _widened(table, columns)
        text = io.StringIO()
        np.savetxt(text, table, fmt="%.6g", delimiter="\t")
        write_text(folder / f"{name}.tensor.tsv", text.getvalue())
        entry = {"tensor_name": name, "tensor_path": f"{name}.tensor.tsv"}
        if columns:
            entry["metadata_path"] = f"{name}.labels.tsv"
            write_text(folder / entry["metadata_path"], _tsv(columns))
        if len(table) <= MOST_BOOKMARKED:
            entry["bookmarks_path"] = f"{name}.bookmarks.json"
            write_text(folder / entry["bookmarks_path"], json.dumps([_bookmark(table, columns)]))
        names.append(name)
        lines = "".join(f"  {key}: {json.dumps(value)}\n" for key, value in entry.items())
        entries.append("embeddings {\n" + lines + "}\n")
    if entries:
        write_text(folder / "projector_config.pbtxt", "".join(entries))
    return names


def _looked_up(labels: Mapping[str, Labels]) -> LabelsOf:
    """The labels under the embedding's own name or under that of an input."""

    def found(name: str, reads: Sequence[str]) -> Labels | None:
        return next((labels[key] for key in (name, *reads) if key in labels), None)

    return found


def _columns(name: str, labels: Labels | None, rows: int) -> dict[str, list[object]]:
    """The labels as columns of equal length; {} where there are none, or not one for each row."""
    if labels is None:
        return {}
    given = labels.items() if isinstance(labels, Mapping) else [("label", labels)]
    columns = {str(key): list(values) for key, values in given}
    for values in columns.values():
        if len(values) != rows:
            warnings.warn(
                f"cannot label {name} in TensorBoard's projector: {len(values)} labels for "
                f"{rows} rows",
                stacklevel=3,
            )
            return {}
    return columns


def _tsv(columns: Mapping[str, Sequence[object]]) -> str:
    """The metadata file; only with several columns does the page expect their names on top."""
    lines = list(zip(*columns.values(), strict=True))
    if len(columns) > 1:
        lines.insert(0, tuple(columns))
    return "".join("\t".join(map(_cell, line)) + "\n" for line in lines)


def _cell(value: object) -> str:
    """A value without the characters that end cells and lines; none is empty, for the page."""
    shown = f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)
    if not shown.strip():
        return repr(shown)[1:-1].replace(" ", "␣") or "(empty)"
    return " ".join(shown.split())


def _numbers(columns: Mapping[str, Sequence[object]]) -> dict[str, np.ndarray]:
    """The columns of numbers that are not all the same."""
    found = {key: np.asarray(values) for key, values in columns.items()}
    return {
        key: values.astype(np.float64)
        for key, values in found.items()
        if values.dtype.kind in "iuf" and len(values) and np.ptp(values) > 0
    }


def _widened(table: np.ndarray, columns: Mapping[str, Sequence[object]]) -> np.ndarray:
    """A table of at least the dimensions that the page draws.

    The first column of numbers among the labels fills it up, so that the rows do not all lie on
    one line, and then zeros.
    """
    missing = LEAST - table.shape[1]
    if missing <= 0:
        return table
    size = SPREAD * (float(table[:, 0].std()) or 1.0)
    extra = [
        (values - values.mean()) / values.std() * size
        for values in list(_numbers(columns).values())[:1]
    ]
    extra += [np.zeros(len(table))] * (missing - len(extra))
    return np.column_stack([table, *extra]).astype(np.float32)


def _bookmark(table: np.ndarray, columns: Mapping[str, Sequence[object]]) -> dict[str, Any]:
    """The page's state with the principal components, which a click on its name brings back."""
    centered = table - table.mean(axis=0)
    _, _, axes = np.linalg.svd(centered, full_matrices=False)
    places = centered @ axes[:LEAST].T
    color = next(reversed(_numbers(columns)), None)
    return {
        "label": f"components by {color}" if color else "components",
        "selectedProjection": "pca",
        "dataSetDimensions": list(table.shape),
        "projections": [
            {f"pca-{axis}": float(f"{value:.5g}") for axis, value in enumerate(row)}
            for row in places
        ],
        "pcaComponentDimensions": list(range(LEAST)),
        "tSNEIteration": 0,
        "tSNEPerplexity": 25,
        "tSNELearningRate": 10,
        "tSNEis3d": True,
        "umapIs3d": True,
        "umapNeighbors": 15,
        "umapMinDist": 0.1,
        "selectedPoints": [],
        "customSelectedSearchByMetadataOption": next(iter(columns), ""),
        **{f"custom{side}Text": "" for side in ("XLeft", "XRight", "YUp", "YDown")},
        **{f"custom{side}Regex": False for side in ("XLeft", "XRight", "YUp", "YDown")},
        "selectedColorOptionName": color or "No color map",
        "forceCategoricalColoring": False,
        "selectedLabelOption": next(iter(columns), ""),
    }


def embeddings(
    model: keras.Model, prefix: str = ""
) -> Iterator[tuple[str, tuple[str, ...], keras.layers.Embedding]]:
    """Name, names of the tensors it is called on, and layer of each embedding in `model`."""
    seen: set[int] = set()
    for name, reads, layer in _all_embeddings(model, prefix):
        if id(layer) not in seen:
            seen.add(id(layer))
            yield name, reads, layer


def _all_embeddings(
    model: keras.Model, prefix: str
) -> Iterator[tuple[str, tuple[str, ...], keras.layers.Embedding]]:
    for layer in model.layers:
        inner = layer
        while isinstance(inner, keras.layers.Wrapper):
            inner = inner.layer
        if isinstance(inner, keras.layers.Embedding):
            reads = (tensor.name for node in layer._inbound_nodes for tensor in node.input_tensors)
            yield f"{prefix}{layer.name}", tuple(reads), inner
        elif isinstance(inner, keras.Model):
            yield from _all_embeddings(inner, f"{prefix}{layer.name}.")
