"""The table of formats: how each is written, and what a written file is to its runtime.

A format is a module that adds itself here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.console import errors_only, stderr_held_back
from zoo.core.errors import ZooError
from zoo.core.registry import Registry

Arrays = dict[str, np.ndarray]


class ExportError(ZooError, RuntimeError):
    """A model cannot be written in a format, or the written file gives other outputs."""


@dataclass(frozen=True)
class Artifact:
    """A written file, opened in its own runtime.

    Attributes:
        runtime: The runtime with its version.
        inputs: Input name -> type.
        outputs: Output names.
        run: Inputs by name, rows on axis 0 -> outputs by name.
    """

    runtime: str
    inputs: dict[str, str]
    outputs: tuple[str, ...]
    run: Callable[[Arrays], Arrays]


@dataclass(frozen=True)
class Format:
    """How a format is written and read.

    Attributes:
        file: What its artifact is called in an export folder; a folder if it has no suffix.
        write: Writes a model to a path.
        open: Opens a written path in the format's runtime.
        lookups: Keras layers that look up words and that it can hold; inputs of text that others
            read take ids in the file (`zoo.exporting.text_inputs`).
    """

    file: str
    write: Callable[[Any, Path], None]
    open: Callable[[Path], Artifact]
    lookups: tuple[str, ...] = ()


FORMATS: Registry[Format] = Registry("format")


@contextmanager
def silent() -> Iterator[None]:
    """Drop what converters and runtimes say on stderr, native code included, and warnings."""
    loggers = errors_only("tensorflow", "tf2onnx", "absl", least=logging.CRITICAL)
    with loggers, stderr_held_back(shown_on_error=False):
        yield
