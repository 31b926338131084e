"""The order of the rows: a permutation that depends on the seed and the epoch alone."""

from __future__ import annotations

from typing import Any

from zoo._keras import tf


def shuffled(rows: int, seed: int, epoch: Any) -> Any:
    """Row numbers 0 to rows - 1 in the order of `epoch`, an int64 tensor of shape (rows,).

    Stateless, so that every engine, and a resumed run, takes the rows in the same order.
    """
    pair = tf.stack([tf.constant(seed, tf.int64), tf.cast(epoch, tf.int64)])
    return tf.random.experimental.stateless_shuffle(tf.range(rows, dtype=tf.int64), pair)


def take(data: Any, rows: Any) -> Any:
    """The given rows of every array in a nested structure."""
    return tf.nest.map_structure(lambda array: tf.gather(array, rows), data)
