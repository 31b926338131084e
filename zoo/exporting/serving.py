"""A model as one TensorFlow function whose inputs and outputs keep their names."""

from __future__ import annotations

import keyword
from collections.abc import Sequence
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.core.stateful import stateful_layer
from zoo.exporting.formats import Arrays, ExportError
from zoo.training.inference import output_names


def inputs_of(model: keras.Model) -> dict[str, Any]:
    """Name -> symbolic tensor of every input, in order, batch axis included."""
    return {tensor.name: tensor for tensor in model.inputs}


def outputs_of(model: keras.Model) -> dict[str, Any]:
    """Name -> symbolic tensor of every output, in order, batch axis included."""
    return dict(zip(_names(model), model.outputs, strict=True))


def _names(model: keras.Model) -> list[str]:
    """Output names: a dict's keys where the model gives a dict, else the output layers' names."""
    structure = getattr(model, "_outputs_struct", None)
    if isinstance(structure, dict):
        return keras.tree.flatten({key: key for key in structure})  # in the order of the tensors
    return output_names(model)


def check_exportable(model: Any) -> None:
    """Refuse a model whose inputs and outputs have no names, or that keeps a state.

    Raises:
        ExportError: a subclassed, unbuilt or stateful model, or tensors that share a name.
    """
    if not isinstance(model, keras.Model):
        raise ExportError(f"export takes a Keras model or a run, not {type(model).__name__}")
    functional = hasattr(model, "_inputs_struct")
    if not functional and not (isinstance(model, keras.Sequential) and model.built):
        raise ExportError(
            f"{model.name} has no named inputs: export a functional model, or a Sequential one "
            "with a known input shape"
        )
    if layer := stateful_layer(model):
        raise ExportError(
            f"{model.name}: layer {layer} is stateful, it answers by the batches before; build it "
            "with stateful=False to export it"
        )
    outputs = _names(model)
    if len(outputs) != len(model.outputs):
        raise ExportError(f"{model.name}: outputs must be tensors, or one list or dict of tensors")
    for kind, names in (("input", [each.name for each in model.inputs]), ("output", outputs)):
        if len(set(names)) < len(names):
            raise ExportError(f"{model.name}: two {kind}s share a name: {', '.join(names)}")


def check_parameter_names(model: keras.Model) -> None:
    """Refuse input names that TensorFlow's signatures cannot hold.

    Raises:
        ExportError: a name that is not a Python identifier.
    """
    for name in inputs_of(model):
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ExportError(f"an input's name must be a Python identifier, not {name!r}")


def called(model: keras.Model, inputs: Sequence[Any]) -> dict[str, Any]:
    """The model on inputs in order, in evaluation mode: tensors by output name."""
    structure = getattr(model, "_inputs_struct", None)
    packed = inputs[0] if structure is None else keras.tree.pack_sequence_as(structure, inputs)
    outputs: Any = model(packed, training=False)
    return dict(zip(_names(model), keras.tree.flatten(outputs), strict=True))


def predict(model: keras.Model, inputs: Arrays) -> Arrays:
    """The model's own outputs by name, in evaluation mode."""
    tensors = inputs_of(model)
    given: list[Any] = [inputs[name] for name in tensors]
    if any(tensor.dtype == "string" for tensor in tensors.values()):
        given = [tf.constant(array) for array in given]  # Keras takes no arrays of text
    outputs = called(model, given)
    return {name: np.asarray(keras.ops.convert_to_numpy(value)) for name, value in outputs.items()}


def specs(model: keras.Model) -> list[Any]:
    """The inputs as TensorFlow describes them: name, shape, type."""
    inputs = inputs_of(model).items()
    return [tf.TensorSpec(tensor.shape, tensor.dtype, name=name) for name, tensor in inputs]


def function(model: keras.Model) -> Any:
    """The model in evaluation mode: tensors in input order -> outputs by name."""
    return tf.function(
        lambda *tensors: called(model, tensors), input_signature=specs(model), autograph=False
    )
