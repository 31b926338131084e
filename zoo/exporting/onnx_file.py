"""The `onnx` format: one file for onnxruntime and every other runtime that reads ONNX."""

from __future__ import annotations

import importlib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.exporting import serving
from zoo.exporting.convolutions import plain_groups
from zoo.exporting.formats import FORMATS, Arrays, Artifact, ExportError, Format, silent
from zoo.exporting.recurrent import portable

OPSET = 17
_TYPES = {"float": "float32", "double": "float64"}  # of those that onnxruntime calls otherwise


def write(model: keras.Model, path: Path) -> None:
    """Convert `model` with tf2onnx.

    Raises:
        ExportError: tf2onnx is not installed, or has no way to write one of the operations.
    """
    convert = _needed("tf2onnx.convert")
    with silent(), portable(model, tensor_lists=True), plain_groups(model):
        if _has_constants(model):
            converted = _through_a_saved_model(model)
        else:
            converted, _ = convert.from_function(
                serving.function(model), serving.specs(model), opset=OPSET
            )
    unknown = _unknown(converted.graph)
    if missing := sorted({f"{name}{_layer_of(scopes, model)}" for name, scopes in unknown}):
        raise ExportError(f"ONNX has no operation for {', '.join(missing)}")
    _name_axes(converted.graph.input, serving.inputs_of(model))
    _name_axes(converted.graph.output, serving.outputs_of(model))
    path.write_bytes(converted.SerializeToString())


def _has_constants(model: keras.Model) -> bool:
    """Whether the model's function reads tables of words or constants beside its variables."""
    if any(tensor.dtype == "string" for tensor in model.inputs):
        return True
    captured = serving.function(model).get_concrete_function().captured_inputs
    return any(tensor.dtype != tf.resource for tensor in captured)


def _through_a_saved_model(model: keras.Model) -> Any:
    """The converted model with its tables and constants, which only a SavedModel hands on."""
    convert, loader = _needed("tf2onnx.convert"), _needed("tf2onnx.tf_loader")
    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        archive.track(model)
        archive.add_endpoint("serve", serving.function(model))
        archive.write_out(folder, verbose=False)
        graph, inputs, outputs, tables, names = loader.from_saved_model(
            folder, None, None, return_initialized_tables=True, return_tensors_to_rename=True
        )
        converted, _ = convert._convert_common(
            graph,
            opset=OPSET,
            input_names=inputs,
            output_names=outputs,
            tensors_to_rename=names,
            initialized_tables=tables,
        )
    return converted


def _unknown(graph: Any) -> Iterator[tuple[str, str]]:
    """Operations that tf2onnx has left as they were in TensorFlow, those in loops included.

    Each with the names of the scopes that it is in, joined by "/".
    """
    from onnx import defs

    for node in graph.node:
        if not defs.has(node.op_type, node.domain):
            yield node.op_type, node.name
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _unknown(attribute.g)


def _layer_of(path: str, model: keras.Model) -> str:
    """The innermost layer whose scope is in the path, in words; nothing where none is."""
    names = {layer.name for layer in model._flatten_layers(include_self=False)}
    for scope in reversed(path.split("/")[:-1]):
        for name in (scope, re.sub(r"_\d+$", "", scope)):  # numbered where it is called again
            if name in names:
                return f" of layer {name}"
    return ""


def _name_axes(values: Sequence[Any], tensors: Mapping[str, Any]) -> None:
    """Name the first axis `batch` and others that vary after their tensor; fix the rest."""
    for value in values:
        for index, axis in enumerate(value.type.tensor_type.shape.dim):
            size = tensors[value.name].shape[index]
            if size is not None:
                axis.dim_value = size
            else:
                axis.dim_param = f"{value.name}_{index}" if index else "batch"


def open_(path: Path) -> Artifact:
    """Open the file in onnxruntime on the processor.

    Raises:
        ExportError: onnxruntime is not installed, or does not take the file.
    """
    runtime = _needed("onnxruntime")
    try:
        session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions share no base class
        reason = str(error).partition("\n")[0].replace(str(path), path.name)
        raise ExportError(f"onnxruntime cannot load the file: {reason}") from error
    outputs = tuple(value.name for value in session.get_outputs())

    def run(inputs: Arrays) -> Arrays:
        values = session.run(list(outputs), inputs)
        return {name: np.asarray(value) for name, value in zip(outputs, values, strict=True)}

    return Artifact(
        f"onnxruntime {runtime.__version__}",
        {value.name: _type(value.type) for value in session.get_inputs()},
        outputs,
        run,
    )


def _type(name: str) -> str:
    """`tensor(int32)` as `int32`."""
    plain = name.removeprefix("tensor(").removesuffix(")")
    return _TYPES.get(plain, plain)


def _needed(module: str) -> Any:
    try:
        with silent():
            return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ExportError(f"{package} is missing: pip install 'functional-zoo[export]'") from error


FORMATS.add("onnx", Format("model.onnx", write, open_, ("StringLookup",)))
