"""The formats that Keras writes itself: its own archive, and TensorFlow's SavedModel.

`savedmodel` is a folder for TensorFlow, TensorFlow Serving and TensorFlow.js.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from zoo._keras import keras, tf
from zoo.exporting import serving
from zoo.exporting.formats import FORMATS, Arrays, Artifact, Format, silent
from zoo.exporting.recurrent import portable
from zoo.exporting.text_inputs import LOOKUPS


def write_keras(model: keras.Model, path: Path) -> None:
    """Save the layers and weights of `model`.

    Optimizer, losses and metrics stay out: a metric of one's own would keep the file from being
    loaded elsewhere.
    """
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    copy.save(path)


def open_keras(path: Path) -> Artifact:
    """Load the file in Keras's safe mode: no pickled code is run."""
    model = keras.models.load_model(path, safe_mode=True)
    return Artifact(
        f"Keras {keras.__version__}",
        {name: tensor.dtype for name, tensor in serving.inputs_of(model).items()},
        tuple(serving.outputs_of(model)),
        lambda inputs: serving.predict(model, inputs),
    )


def write_saved_model(model: keras.Model, path: Path) -> None:
    """Write `model` with one signature, `serving_default`, for use without Keras.

    Raises:
        ExportError: an input's name is not a Python identifier.
    """
    serving.check_parameter_names(model)
    archive = keras.export.ExportArchive()
    with silent(), portable(model, tensor_lists=True):
        archive.track(model)
        archive.add_endpoint("serve", serving.function(model))
        archive.write_out(path, verbose=False)


def open_saved_model(path: Path) -> Artifact:
    """Load the folder with TensorFlow alone."""
    with silent():
        signature = tf.saved_model.load(str(path)).signatures["serving_default"]
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


FORMATS.add("keras", Format("model.keras", write_keras, open_keras, LOOKUPS))
FORMATS.add("savedmodel", Format("savedmodel", write_saved_model, open_saved_model, LOOKUPS))
