"""What an engine is given to do."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from zoo._keras import keras, tf
from zoo.training.shards import Order, as_tensor


@dataclass(frozen=True)
class Part:
    """Rows to train or to validate on, the rows in a step, and the order of every epoch."""

    data: Any
    batch_size: int
    order: Order

    @property
    def first_batch(self) -> Any:
        return tf.nest.map_structure(lambda array: as_tensor(array[: self.batch_size]), self.data)

    @property
    def steps(self) -> int:
        return -(-self.order.taken // self.batch_size)


@dataclass(frozen=True)
class Fitting:
    """One training, whatever runs it.

    Attributes:
        model: Built and compiled.
        train: What it trains on.
        test: What it is validated on, if anything.
        callbacks: The user's.
        settings: What else Keras's fit takes.
        at_end: Closes what must be closed.
    """

    model: keras.Model
    train: Part
    test: Part | None
    callbacks: list[keras.callbacks.Callback]
    settings: dict[str, Any]
    at_end: ExitStack


def endless(part: Part) -> Any:
    """One batch, over and over: Keras needs it to build metrics, not to train on."""
    return tf.data.Dataset.from_tensors(part.first_batch).repeat()
