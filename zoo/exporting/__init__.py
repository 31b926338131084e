"""Trained models in other runtimes' formats, each file checked in its runtime before it is kept.

    >>> zoo.export("basketball", "onnx")

Importing this loads neither TensorFlow nor any runtime.
"""

from zoo.exporting import keras_files as keras_files
from zoo.exporting import litert as litert
from zoo.exporting import onnx_file as onnx_file
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

FORMATS.keep()
