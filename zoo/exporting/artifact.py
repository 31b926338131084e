"""A written file, opened in its own runtime."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Artifact:
    """What a runtime says of a file, and how to run it.

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
