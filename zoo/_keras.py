"""The one door to TensorFlow: `from zoo._keras import keras, layers, tf` imports nothing yet.

The first attribute read through any of these names loads TensorFlow, with its start-up
chatter held back; should the import fail, everything held back is shown.

A command line calls `start_lean`: Keras is then imported without scikit-learn, Matplotlib and
pandas, which only its wrappers, galleries and data adapters need, and which take a third of the
time. They are imported while a model trains, where they are needed at all.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import TYPE_CHECKING, Any

from zoo.core.console import stderr_held_back
from zoo.core.errors import ZooError

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

__all__ = ["import_ahead", "keras", "layers", "ops", "start_lean", "tf"]

SPARED = ("matplotlib", "pandas", "sklearn")
MANY = 20_000  # new objects between two looks for garbage; Python's 700 suit small programs

_lean = False


def start_lean() -> None:
    """Of a program that runs one command: load TensorFlow in the least time.

    Python does not look for garbage until TensorFlow is imported, and seldom afterwards: neither
    the modules nor the graphs that are traced make any.
    """
    global _lean
    _lean = True
    if "tensorflow" not in sys.modules:
        gc.disable()


def import_ahead(*names: str) -> None:
    """Import modules in a thread, if Keras was imported without them.

    XLA compiles outside of Python's lock, so that they cost little time meanwhile. What fails
    will fail again where it is needed.
    """

    def work() -> None:
        for name in names:
            with suppress(Exception):
                importlib.import_module(name)

    if _lean:
        threading.Thread(target=work, name="zoo-imports").start()


@contextmanager
def _hidden(names: tuple[str, ...]) -> Iterator[None]:
    """Within the block these packages look as if they were not installed."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _load(name: str) -> ModuleType:
    """Import `name`, TensorFlow first and quietly; refuse a Keras on another backend."""
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":  # Keras would look for that one
        raise ZooError(f"the zoo needs Keras on TensorFlow: unset KERAS_BACKEND, now {backend!r}")
    if "tensorflow" not in sys.modules:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with stderr_held_back(shown_on_error=True), _hidden(SPARED if _lean else ()):
            importlib.import_module("tensorflow")
            importlib.import_module("keras")
    if _lean and not gc.isenabled():
        gc.freeze()
        gc.set_threshold(MANY, 20, 20)
        gc.enable()
    module = importlib.import_module(name)
    backend = importlib.import_module("keras").config.backend()
    if backend != "tensorflow":
        raise ZooError(
            f"the zoo needs Keras on TensorFlow: set KERAS_BACKEND=tensorflow, not {backend!r}"
        )
    return module
