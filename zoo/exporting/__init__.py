"""Trained models in other runtimes' formats, each file checked in its runtime before it is kept.

    >>> zoo.export("basketball", "onnx")

`FORMATS` is the table of formats, with a module for each. Importing this loads neither
TensorFlow nor any runtime.
"""

from zoo.exporting import keras_file, litert, onnx_file, saved_model
from zoo.exporting.exporter import TOLERANCE, Exported, export, load, rows_for
from zoo.exporting.formats import FORMATS, Artifact, ExportError, Format

__all__ = [
    "FORMATS",
    "TOLERANCE",
    "Artifact",
    "ExportError",
    "Exported",
    "Format",
    "export",
    "load",
    "rows_for",
]

for _name, _module in (
    ("keras", keras_file),
    ("savedmodel", saved_model),
    ("litert", litert),
    ("onnx", onnx_file),
):
    FORMATS.add(_name, Format(_module.FILE, _module.write, _module.open_))
FORMATS.keep()
