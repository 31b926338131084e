"""The `keras` format: Keras's own archive, without what is needed for training alone."""

from __future__ import annotations

from pathlib import Path

from zoo._keras import keras
from zoo.exporting import serving
from zoo.exporting.formats import Artifact

FILE = "model.keras"  # its name in an export folder


def write(model: keras.Model, path: Path) -> None:
    """Save the layers and weights of `model`.

    Optimizer, losses and metrics stay out: a metric of one's own would keep the file from being
    loaded elsewhere.
    """
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    copy.save(path)


def open_(path: Path) -> Artifact:
    """Load the file in Keras's safe mode: no pickled code is run."""
    model = keras.models.load_model(path, safe_mode=True)
    return Artifact(
        f"Keras {keras.__version__}",
        {tensor.name: tensor.dtype for tensor in serving.inputs_of(model)},
        tuple(tensor.name for tensor in serving.outputs_of(model)),
        lambda inputs: serving.predict(model, inputs),
    )
