"""What TensorBoard shows of a run: scalars, weight histograms and labelled embeddings.

Keras's own callback counts executions instead of optimizer steps, and its projector finds no
embedding inside a nested model; this one logs against `optimizer.iterations` and writes the
projector's files itself. The class derives from Keras's, so importing this loads TensorFlow.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.files import write_text

Logs = dict[str, Any] | None


class TensorBoard(keras.callbacks.Callback):
    """Writes a run's events under `folder/train` and `folder/validation`.

    Training and validation share tag names, so that TensorBoard draws both in one chart:
    `loss`, `mae`, `won_log_loss` ... and `learning_rate`; weights are histograms by their path
    in the model.

    Args:
        folder: The run folder.
        histogram_freq: Epochs between weight histograms; 0 writes none.
        labels: Vocabulary of an embedding's ids by the name of the input that it reads (or of
            the embedding layer): one label per row, shown in the projector.
    """

    def __init__(
        self,
        folder: Path | str,
        histogram_freq: int = 1,
        labels: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__()
        self.folder = Path(folder)
        self.histogram_freq = histogram_freq
        self.labels = dict(labels or {})
        self._writers: dict[str, Any] = {}

    def _writer(self, split: str) -> Any:
        if split not in self._writers:
            self._writers[split] = tf.summary.create_file_writer(str(self.folder / split))
        return self._writers[split]

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        step = int(self.model.optimizer.iterations)
        for name, value in (logs or {}).items():
            split, tag = ("validation", name[4:]) if name.startswith("val_") else ("train", name)
            with self._writer(split).as_default(step=step):
                tf.summary.scalar(tag, value)
        with self._writer("train").as_default(step=step):
            if "learning_rate" not in (logs or {}):
                tf.summary.scalar("learning_rate", self.model.optimizer.learning_rate)
            if self.histogram_freq and epoch % self.histogram_freq == 0:
                for weight in self.model.weights:
                    tf.summary.histogram(f"weights/{weight.path}", weight)
        for writer in self._writers.values():
            writer.flush()

    def on_train_end(self, logs: Logs = None) -> None:
        write_projector(self.folder / "train", self.model, self.labels)
        for writer in self._writers.values():
            writer.close()


def write_picture(folder: Path, tag: str, path: Path, step: int) -> None:
    """Add a PNG file to the events in `folder`, for TensorBoard's images."""
    picture = tf.io.decode_png(path.read_bytes(), channels=3)[tf.newaxis]
    writer = tf.summary.create_file_writer(str(folder))
    with writer.as_default(step=step):
        tf.summary.image(tag, picture)
    writer.close()


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
        if vocabulary is not None and len(vocabulary) == len(table):
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
    for layer in model.layers:
        if isinstance(layer, keras.layers.Embedding):
            reads = (tensor.name for node in layer._inbound_nodes for tensor in node.input_tensors)
            yield f"{prefix}{layer.name}", tuple(reads), layer
        elif isinstance(layer, keras.Model):
            yield from embeddings(layer, f"{prefix}{layer.name}.")
