"""TensorBoard's projector: every embedding of a model, nested ones too, with its labels.

Keras's own callback points at a tensor that its weight files do not hold, and finds no embedding
inside a nested model; this writes the tables and the projector's settings as text files.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo._keras import keras
from zoo.core.files import write_text

Columns = Mapping[str, Sequence[object]]
Labels = Sequence[str] | Columns  # one label for each row, or several columns by name
LabelsOf = Callable[[str, Sequence[str]], Labels | None]  # of an embedding, by name and inputs


@dataclass
class Table:
    """An embedding in a model.

    Attributes:
        name: Its layer's, after those of the models that it is inside of, joined by dots.
        reads: Names of the tensors that the layer is called on.
        layer: The embedding.
        aliases: Other names that labels may be given by: of the layer, of what it wraps, of the
            inputs of the models around, and of what its ids are looked up from.
    """

    name: str
    reads: tuple[str, ...]
    layer: keras.layers.Embedding
    aliases: tuple[str, ...]


LEAST = 3  # dimensions that the page draws
SPREAD = 0.5  # of a column that fills up a narrow table, in standard deviations of its first one
MOST_BOOKMARKED = 20_000  # rows; a bookmark holds the place of every point


def write_projector(
    folder: Path, model: keras.Model, labels: Mapping[str, Labels] | LabelsOf
) -> list[str]:
    """Write every embedding of `model`, nested ones too, for TensorBoard's projector.

    Per embedding `NAME.tensor.tsv` and, where labels are known, `NAME.labels.tsv` and a bookmark
    of its principal components, colored by the last column of numbers.

    Args:
        folder: Where the files go.
        model: A built model.
        labels: By the embedding's name (`inner.words`), its layer's, or that of an input that it
            reads, of the model itself or of one inside it; or a function of name and inputs.
            Names that no embedding has are told in a warning.

    Returns:
        The embeddings' names.
    """
    found = embeddings(model)
    if not callable(labels):
        _check_names(labels, found)
    names, entries = [], []
    for each in found:
        name, weights = each.name, keras.ops.convert_to_numpy(each.layer.embeddings)
        table = np.asarray(weights, dtype=np.float32)
        given = labels(name, each.reads) if callable(labels) else _looked_up(labels, each)
        columns = _columns(name, given, len(table))
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


def _looked_up(labels: Mapping[str, Labels], table: Table) -> Labels | None:
    """The labels under the embedding's own name, under that of an input, or another one."""
    names = (table.name, *table.reads, *table.aliases)
    return next((labels[name] for name in names if name in labels), None)


def _check_names(labels: Mapping[str, Labels], tables: Sequence[Table]) -> None:
    """Warn of labels that no embedding takes, with the names that there are."""
    known = [(table.name, *table.reads, *table.aliases) for table in tables]
    taken = {name for names in known for name in names}
    known = [[each for each in names if not each.startswith("keras_tensor")] for names in known]
    for name in labels:
        if name not in taken:
            told = "; ".join(", ".join(dict.fromkeys(names)) for names in known)
            warnings.warn(
                f"cannot show labels of {name!r} in TensorBoard's projector: "
                + (f"the embeddings' names are {told}" if told else "there are no embeddings"),
                stacklevel=3,
            )


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
    shown = shown.replace("\ufeff", "")  # a space to the page alone, which leaves out empty lines
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


def embeddings(model: keras.Model) -> list[Table]:
    """Each embedding in `model`, nested ones too, once, however often it is called."""
    found: dict[int, Table] = {}
    for table in _all_embeddings(model, "", {}):
        known = found.setdefault(id(table.layer), table)
        if known is not table:  # reached on another way, so with other inputs
            known.reads = tuple(dict.fromkeys((*known.reads, *table.reads)))
            known.aliases = tuple(dict.fromkeys((*known.aliases, *table.aliases)))
    return list(found.values())


def _all_embeddings(
    model: keras.Model, prefix: str, outside: Mapping[int, Sequence[str]]
) -> Iterator[Table]:
    """The embeddings in a model on each way to them.

    Args:
        outside: Names that the model's inputs have in the models around it, by the tensor's id.
    """
    for layer in model.layers:
        inner = layer
        while isinstance(inner, keras.layers.Wrapper):
            inner = inner.layer
        if isinstance(inner, keras.layers.Embedding):
            if not inner.built:  # never called: it has no table
                continue
            read = [tensor for node in layer._inbound_nodes for tensor in node.input_tensors]
            aliases = [layer.name, inner.name]
            aliases += [name for tensor in read for name in _names(tensor, outside)]
            reads = tuple(dict.fromkeys(tensor.name for tensor in read))
            yield Table(f"{prefix}{layer.name}", reads, inner, tuple(dict.fromkeys(aliases)))
        elif isinstance(inner, keras.Model):
            names: dict[int, list[str]] = {}
            for node in layer._inbound_nodes:
                pairs = zip(getattr(inner, "inputs", ()), node.input_tensors, strict=False)
                for tensor, given in pairs:
                    known = names.setdefault(id(tensor), [])
                    known += _names(given, outside)
            yield from _all_embeddings(inner, f"{prefix}{layer.name}.", names)


def _names(tensor: Any, outside: Mapping[int, Sequence[str]]) -> list[str]:
    """The names of a tensor and of those that layers without weights make it from, one from one.

    A lookup of words is such a layer: the labels are given by the input of text.
    """
    names = []
    while True:
        names += [tensor.name, *outside.get(id(tensor), ())]
        made = tensor._keras_history
        node = made.operation._inbound_nodes[made.node_index]
        plain = isinstance(made.operation, keras.layers.Layer) and not made.operation.weights
        if not plain or len(node.input_tensors) != 1:
            return names
        tensor = node.input_tensors[0]
