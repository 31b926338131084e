"""TensorBoard's projector: every embedding of a model, nested ones too, with its labels.

Keras's own callback points at a tensor that its weight files do not hold, and finds no embedding
inside a nested model; this writes the tables and the projector's settings as text files.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from zoo._keras import keras
from zoo.core.files import write_text


def write_projector(
    folder: Path, model: keras.Model, labels: Mapping[str, Sequence[str]]
) -> list[str]:
    """Write every embedding of `model`, nested ones too, for TensorBoard's projector.

    Per embedding `NAME.tensor.tsv` (rows x width; zero columns are added up to width 3, the
    least that the projector page can draw) and, where labels are known, `NAME.labels.tsv`.

    Returns:
        The embeddings' names.
    """
    names = []
    entries = []
    for name, reads, layer in embeddings(model):
        table = np.asarray(keras.ops.convert_to_numpy(layer.embeddings), dtype=np.float32)
        if table.shape[1] < 3:
            table = np.pad(table, ((0, 0), (0, 3 - table.shape[1])))
        text = io.StringIO()
        np.savetxt(text, table, fmt="%.6g", delimiter="\t")
        write_text(folder / f"{name}.tensor.tsv", text.getvalue())
        entry = [f'tensor_name: "{name}"', f'tensor_path: "{name}.tensor.tsv"']
        vocabulary = next((labels[key] for key in (name, *reads) if key in labels), None)
        if vocabulary is not None and len(vocabulary) != len(table):
            warnings.warn(
                f"cannot label {name} in TensorBoard's projector: {len(vocabulary)} labels for "
                f"{len(table)} rows",
                stacklevel=2,
            )
        elif vocabulary is not None:
            lines = (str(label).replace("\t", " ").replace("\n", " ") for label in vocabulary)
            write_text(folder / f"{name}.labels.tsv", "\n".join(lines) + "\n")
            entry.append(f'metadata_path: "{name}.labels.tsv"')
        names.append(name)
        entries.append("embeddings {\n" + "".join(f"  {line}\n" for line in entry) + "}\n")
    if entries:
        write_text(folder / "projector_config.pbtxt", "".join(entries))
    return names


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
