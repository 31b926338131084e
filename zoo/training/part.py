"""What an engine trains or validates on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zoo._keras import tf
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


def endless(part: Part) -> Any:
    """One batch, over and over: Keras needs it to build metrics, not to train on."""
    return tf.data.Dataset.from_tensors(part.first_batch).repeat()
