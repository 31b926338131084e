"""Keeping quiet what TensorFlow says of the zoo's own doing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

RETRACING = "triggered tf.function retracing"


@contextmanager
def without_retracing_warnings() -> Iterator[None]:
    """Drop the warnings that functions are traced again, in the block; no others.

    Every run has a new model, whose functions are new too: after some runs TensorFlow takes
    them for one function that is traced over and over.
    """

    def other(record: logging.LogRecord) -> bool:
        return RETRACING not in record.getMessage()

    logger = logging.getLogger("tensorflow")
    logger.addFilter(other)
    try:
        yield
    finally:
        logger.removeFilter(other)
