"""Models without memory: layers, shapes and counts, but no weights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from zoo._keras import tf


@contextmanager
def abstract_build() -> Iterator[None]:
    """Build models whose weights have shapes but no values, so that size costs nothing.

        >>> with abstract_build():
        ...     model = zoo.build("posts", as_printed=True)
        >>> model.count_params()
        45982476

    A variable made while a TensorFlow graph is the default one is a node of that graph: its
    initial value is never computed. Such a model can be counted, summarized, drawn and turned
    into a config, inside the block or after it; it cannot be called on data. Nothing global
    stays behind, unlike with `keras.StatelessScope`, which would allocate its variables at the
    end of the block or, with `initialize_variables=False`, at the end of the next such block.
    """
    with tf.Graph().as_default():
        yield
