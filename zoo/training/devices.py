"""What a model computes with: devices, threads, and the types of its numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from zoo._keras import keras, tf
from zoo.recipes.fields import AUTO
from zoo.training.checks import own_functions

WITHOUT_XLA = (
    "Conv",
    "MaxPool",
    "TextVectorization",
    "Lookup",
    "Hash",
)  # in layers' names


def has_gpu() -> bool:
    """Whether TensorFlow sees a GPU."""
    return bool(tf.config.list_physical_devices("GPU"))


def engine_for(model: keras.Model, engine: str = AUTO) -> str:
    """The engine, or what `auto` means for a compiled model on this machine.

    XLA's convolutions are slow on a CPU and not on a GPU. It has no deterministic gradient of max
    pooling, and takes no texts.
    """
    if engine != AUTO:
        return engine
    if model.run_eagerly or own_functions(model):
        return "fit"
    layers = model._flatten_layers()
    kinds = {word for each in layers for word in WITHOUT_XLA if word in type(each).__name__}
    if has_gpu():
        kinds.discard("Conv")
    texts = any(each.dtype == "string" for each in getattr(model, "inputs", None) or ())
    return "resident" if kinds or texts else "resident-xla"


def use_threads(count: int) -> None:
    """Let `count` threads share an operation, if TensorFlow has not begun yet.

    One that has begun keeps its threads; 0 leaves them as they are set.
    """
    if count:
        set_threads("intra", count)


KINDS = ("intra", "inter")  # threads that share an operation, and that run operations at once


def threads(kind: str) -> int:
    """How many threads of a kind TensorFlow may use; 0: one per core."""
    made = getattr(tf.config.threading, f"get_{kind}_op_parallelism_threads")()
    told = os.environ.get(f"TF_NUM_{kind.upper()}OP_THREADS", "")
    return made or (int(told) if told.isdecimal() else 0)


def set_threads(kind: str, count: int) -> None:
    """Let TensorFlow use `count` threads of a kind, if it has not begun yet."""
    os.environ.pop(f"TF_NUM_{kind.upper()}OP_THREADS", None)
    with suppress(RuntimeError):
        getattr(tf.config.threading, f"set_{kind}_op_parallelism_threads")(count)


@contextmanager
def dtype_policy(name: str) -> Iterator[None]:
    """Within the block, layers are made with Keras's dtype policy of that name.

    `float32`, the usual one, leaves Keras's setting as it is.
    """
    if name == "float32":
        yield
        return
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
