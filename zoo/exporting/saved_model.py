"""The `savedmodel` format: a folder for TensorFlow, TensorFlow Serving and TensorFlow.js."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zoo._keras import keras, tf
from zoo.exporting import serving
from zoo.exporting.formats import Arrays, Artifact
from zoo.exporting.recurrent import portable
from zoo.exporting.silence import silent

FILE = "savedmodel"  # its name in an export folder

SIGNATURE = "serving_default"


def write(model: keras.Model, path: Path) -> None:
    """Write `model` with one signature, `serving_default`, for use without Keras.

    Raises:
        ExportError: an input's name is not a Python identifier.
    """
    serving.check_parameter_names(model, "savedmodel")
    archive = keras.export.ExportArchive()
    with silent(), portable(model, tensor_lists=True):
        archive.track(model)
        archive.add_endpoint("serve", serving.function(model))
        archive.write_out(path, verbose=False)


def open_(path: Path) -> Artifact:
    """Load the folder with TensorFlow alone."""
    with silent():
        signature = tf.saved_model.load(str(path)).signatures[SIGNATURE]
    types = {name: spec.dtype for name, spec in signature.structured_input_signature[1].items()}

    def run(inputs: Arrays) -> Arrays:
        tensors = {name: tf.constant(array, types[name]) for name, array in inputs.items()}
        return {name: np.asarray(value) for name, value in signature(**tensors).items()}

    return Artifact(
        f"TensorFlow {tf.__version__}",
        {name: dtype.name for name, dtype in types.items()},
        tuple(signature.structured_outputs),
        run,
    )
