"""One seed for everything random, and operations that give the same bits every time."""

from __future__ import annotations

from zoo._keras import keras, tf


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow, and make TensorFlow's operations deterministic.

    Determinism stays on for the rest of the process. It holds for one machine and one set of
    versions; oneDNN on or off changes the last bits (run.json records it).
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
