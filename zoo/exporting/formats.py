"""The table of formats, and what a written file is to its runtime."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

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
    """

    file: str
    write: Callable[[Any, Path], None]
    open: Callable[[Path], Artifact]


FORMATS: Registry[Format] = Registry("format")
