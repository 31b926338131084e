"""The `onnx` format: one file for onnxruntime and every other runtime that reads ONNX."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo._keras import keras
from zoo.exporting import serving
from zoo.exporting.formats import Arrays, Artifact, ExportError
from zoo.exporting.recurrent import portable
from zoo.exporting.silence import silent

FILE = "model.onnx"  # its name in an export folder

OPSET = 17
_TYPES = {
    "tensor(float)": "float32",
    "tensor(double)": "float64",
    "tensor(float16)": "float16",
    "tensor(string)": "string",
}


def write(model: keras.Model, path: Path) -> None:
    """Convert `model` with tf2onnx.

    Raises:
        ExportError: tf2onnx is not installed, or has no way to write one of the operations.
    """
    convert = _needed("tf2onnx.convert")
    with silent(), portable(model, tensor_lists=True):
        try:
            converted, _ = convert.from_function(
                serving.function(model), serving.specs(model), opset=OPSET
            )
        except Exception as error:  # ValueError, KeyError, RuntimeError of its many handlers
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise ExportError(f"{model.name} as onnx: {reason}") from error
    if missing := sorted(set(_unknown(converted.graph))):
        raise ExportError(f"{model.name} as onnx: ONNX has no operation for {', '.join(missing)}")
    _name_axes(converted.graph.input, serving.inputs_of(model))
    _name_axes(converted.graph.output, serving.outputs_of(model))
    path.write_bytes(converted.SerializeToString())


def _unknown(graph: Any) -> Iterator[str]:
    """Operations that tf2onnx has left as they were in TensorFlow, those in loops included."""
    from onnx import defs

    for node in graph.node:
        if not defs.has(node.op_type, node.domain):
            yield node.op_type
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _unknown(attribute.g)


def _name_axes(values: Sequence[Any], tensors: Sequence[serving.Tensor]) -> None:
    """Name the first axis `batch` and others that vary after their tensor; fix the rest."""
    shapes = {tensor.name: tensor.shape for tensor in tensors}
    for value in values:
        for index, axis in enumerate(value.type.tensor_type.shape.dim):
            size = shapes[value.name][index]
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
        raise ExportError(f"onnxruntime does not take the file: {reason}") from error
    outputs = tuple(value.name for value in session.get_outputs())

    def run(inputs: Arrays) -> Arrays:
        return {
            name: np.asarray(value)
            for name, value in zip(outputs, session.run(list(outputs), inputs), strict=True)
        }

    return Artifact(
        f"onnxruntime {runtime.__version__}",
        {value.name: _type(value.type) for value in session.get_inputs()},
        outputs,
        run,
    )


def _type(name: str) -> str:
    """`tensor(int32)` as `int32`."""
    return _TYPES.get(name, name.removeprefix("tensor(").removesuffix(")"))


def _needed(module: str) -> Any:
    try:
        with silent():
            return importlib.import_module(module)
    except ImportError as error:
        raise ExportError(
            f"onnx needs {module.partition('.')[0]}: pip install 'functional-zoo[export]'"
        ) from error
