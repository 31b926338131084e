"""The one door to TensorFlow: `from zoo._keras import keras, layers, tf` imports nothing yet.

The first attribute read through any of these names loads TensorFlow, with its start-up
chatter held back; should the import fail, everything held back is shown.
"""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from zoo.core.console import stderr_held_back

if TYPE_CHECKING:
    import keras

    layers: Any
    ops: Any
    tf: Any
else:

    class _Lazy(ModuleType):
        """A module that is imported when one of its attributes is first read.

        It then holds all that the real module holds, so that later reads are plain ones.
        """

        def __getattr__(self, attribute: str) -> Any:
            if attribute.startswith("__") and attribute != "__version__":  # by inspection
                raise AttributeError(attribute)
            module = _load(self.__name__)
            self.__dict__.update({k: v for k, v in vars(module).items() if k[:2] != "__"})
            return getattr(module, attribute)

    keras = _Lazy("keras")
    layers = _Lazy("keras.layers")
    ops = _Lazy("keras.ops")
    tf = _Lazy("tensorflow")

__all__ = ["keras", "layers", "ops", "tf"]


def _load(name: str) -> ModuleType:
    """Import `name`, TensorFlow first and quietly; refuse a Keras on another backend."""
    if "tensorflow" not in sys.modules:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with stderr_held_back(shown_on_error=True):
            importlib.import_module("tensorflow")
            importlib.import_module("keras")
    module = importlib.import_module(name)
    backend = importlib.import_module("keras").config.backend()
    if backend != "tensorflow":
        raise ImportError(
            f"the zoo needs Keras on TensorFlow: set KERAS_BACKEND=tensorflow, not {backend!r}"
        )
    return module
