"""The `litert` format: one file for LiteRT, formerly TensorFlow Lite, in its own operations."""

from __future__ import annotations

import importlib.metadata
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.exporting import serving
from zoo.exporting.convolutions import plain_groups
from zoo.exporting.formats import FORMATS, Arrays, Artifact, ExportError, Format, silent
from zoo.exporting.recurrent import portable


def write(model: keras.Model, path: Path) -> None:
    """Convert `model` to LiteRT's built-in operations, so that every LiteRT runtime takes it.

    Raises:
        ExportError: LiteRT lacks an operation of the model.
    """
    serving.check_parameter_names(model)
    with (
        silent(),
        portable(model, tensor_lists=False),
        plain_groups(model),
        tempfile.TemporaryDirectory() as folder,
    ):
        frozen = _frozen(model)
        concrete = frozen.get_concrete_function()
        module = tf.Module()
        module.serve = frozen
        tf.saved_model.save(module, folder, signatures={"serving_default": concrete})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        try:
            content = converter.convert()
        except Exception as error:  # the converter raises its own kinds, with pages of text
            raise ExportError(_reason(str(error))) from error
    path.write_bytes(content)


def _frozen(model: keras.Model) -> Any:
    """The serving function with the weights as constants: LiteRT's loops cannot read variables."""
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    concrete = serving.function(model).get_concrete_function()
    frozen = convert_variables_to_constants_v2(concrete, lower_control_flow=False)
    names = sorted(concrete.structured_outputs)  # the order in which TensorFlow flattens a dict
    return tf.function(
        lambda *tensors: dict(zip(names, frozen(*tensors), strict=True)),
        input_signature=serving.specs(model),
        autograph=False,
    )


def _reason(text: str) -> str:
    """The converter's complaint in one line."""
    missing = {
        name.removeprefix("Flex")
        for line in re.findall(r"^(?:TF Select|Custom|Flex) ops: (.+)$", text, re.MULTILINE)
        for name in re.split(r",\s*", line.strip())
    } or set(re.findall(r"'tf\.(\w+)' op is neither a custom op nor a flex op", text))
    if missing:
        return f"LiteRT has no built-in operation for {', '.join(sorted(missing))}"
    if complaint := re.search(r"'tf\.\w+' op .+", text):
        return complaint[0]
    return next((line.strip() for line in text.splitlines() if line.strip()), "no reason given")


def open_(path: Path) -> Artifact:
    """Open the file in LiteRT's interpreter: ai-edge-litert, else TensorFlow's older copy."""
    with silent():
        interpreter, runtime = _interpreter(path)
        runner = interpreter.get_signature_runner()
        details = runner.get_input_details()

    opened = False

    def run(inputs: Arrays) -> Arrays:
        nonlocal opened
        if not opened:  # the first call says on stderr what it makes ready
            opened = True
            with silent():
                runner(**inputs)
        return {name: np.array(value) for name, value in runner(**inputs).items()}

    return Artifact(
        runtime,
        {name: np.dtype(detail["dtype"]).name for name, detail in details.items()},
        tuple(runner.get_output_details()),
        run,
    )


def _interpreter(path: Path) -> tuple[Any, str]:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        return tf.lite.Interpreter(str(path)), f"LiteRT of TensorFlow {tf.__version__}"
    version = importlib.metadata.version("ai-edge-litert")
    return Interpreter(str(path)), f"LiteRT {version}"


FORMATS.add("litert", Format("model.tflite", write, open_))
