"""Rows in the order of an epoch, gathered piece by piece while the piece before is trained on.

Few rows stay on the device and are put in order there; of more, two pieces at a time are there. The
arrays may lie in memory or be memory-mapped files that are larger than it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo._keras import keras, tf

SHARD = 64 * 1024**2  # bytes of rows in a piece; four are in memory at times
ALIGNED = 64  # bytes: TensorFlow takes such a buffer as it is, and copies any other


@dataclass(frozen=True)
class Order:
    """The rows of every epoch.

    Attributes:
        rows: How many there are.
        taken: How many an epoch takes.
        seed: With the epoch it fixes a random order. Without it the rows are taken as they are,
            and an epoch goes on where the last one stopped, from epoch 0 on: the one that comes to
            the last row ends there, and the next begins at the first.
    """

    rows: int
    taken: int
    seed: int | None = None

    def of(self, epoch: int) -> np.ndarray | slice:
        """Row numbers of an epoch, int64 (taken,), or a slice of rows that follow each other."""
        if self.seed is not None:
            return shuffled(self.rows, self.seed, epoch).numpy()[: self.taken]
        passes = -(-self.rows // self.taken)
        start = epoch % passes * self.taken
        return slice(start, min(start + self.taken, self.rows))


def shuffled(rows: int, seed: int, epoch: Any) -> Any:
    """Row numbers 0 to rows - 1 in the order of `epoch`, an int64 tensor of shape (rows,).

    The order depends on the seed and the epoch alone, so that every engine, and a resumed run,
    takes the rows in the same order.
    """
    pair = tf.stack([tf.constant(seed, tf.int64), tf.cast(epoch, tf.int64)])
    with tf.device("CPU"):
        return tf.random.experimental.stateless_shuffle(tf.range(rows, dtype=tf.int64), pair)


def _in_order(data: Any, order: Order) -> Callable[[Any], Any]:
    """A compiled function from an epoch's number to its rows: one call, as long as an epoch."""
    kept = tf.nest.map_structure(as_tensor, data)

    @tf.function(autograph=False)
    def rows_of(epoch: Any) -> Any:
        rows = shuffled(order.rows, order.seed or 0, epoch)[: order.taken]
        return tf.nest.map_structure(lambda tensor: tf.gather(tensor, rows), kept)

    return rows_of


def count(data: Any) -> int:
    """Rows of a nested structure of arrays or tensors."""
    return int(tf.nest.flatten(data)[0].shape[0])


def size_of(data: Any) -> int:
    """Bytes of a nested structure of arrays, as the tensors that become of them."""
    return sum(len(each) * _row_bytes(each) for each in tf.nest.flatten(data))


class Shards:
    """The pieces of every epoch as tensors, each of whole batches but for the epoch's last.

    A thread gathers the next piece, the first one of the next epoch too. Close it at the end.

    Args:
        data: Arrays with the rows on axis 0, in any nested structure.
        batch_size: Rows in a step.
        order: The rows of every epoch.
        epochs: Number of the last epoch: none is gathered ahead after it.
        shard: Bytes in a piece.
    """

    def __init__(
        self, data: Any, batch_size: int, order: Order, epochs: int, shard: int = 0
    ) -> None:
        self.data = data
        self.order = order
        self.epochs = epochs
        per_step = batch_size * sum(_row_bytes(each) for each in tf.nest.flatten(data))
        self.rows = batch_size * max(1, (shard or SHARD) // max(1, per_step))
        self._pool = ThreadPoolExecutor(1, "zoo-shards")
        self._ahead: tuple[tuple[int, int], Future[Any]] | None = None
        self._known: tuple[int, np.ndarray | slice] | None = None
        self.kept: Any = None
        self._in_order: Any = None
        if size_of(data) <= SHARD // 2 and not shard:  # few enough to stay on the device
            if order.seed is not None:
                self._in_order = _in_order(data, order)
            elif order.taken == order.rows:
                self.kept = tf.nest.map_structure(as_tensor, data)

    def epoch(self, epoch: int) -> Iterator[Any]:
        """The pieces of an epoch, in order; those that stay come again in the next epoch."""
        if self.kept is not None:
            yield self.kept
            return
        taken = self.order.taken
        if self.order.seed is None:
            rows = self.order.of(epoch)
            taken = rows.stop - rows.start if isinstance(rows, slice) else taken
        places = [(epoch, start) for start in range(0, taken, self.rows)]
        following = [*places[1:], *([(epoch + 1, 0)] if epoch + 1 < self.epochs else [])]
        for at, place in enumerate(places):
            shard = self._gathered(place)
            if at < len(following):
                self._ahead = following[at], self._pool.submit(self._gather, *following[at])
            yield shard

    def _gathered(self, place: tuple[int, int]) -> Any:
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == place:
            return ahead[1].result()
        return self._pool.submit(self._gather, *place).result()

    def _gather(self, epoch: int, start: int) -> Any:
        if self._in_order is not None:
            return self._in_order(tf.constant(epoch, tf.int64))
        if self._known is None or self._known[0] != epoch:
            self._known = epoch, self.order.of(epoch)
        chosen = self._known[1]
        if isinstance(chosen, slice):
            stop = min(chosen.start + start + self.rows, chosen.stop)
            rows: Any = slice(chosen.start + start, stop)
        else:
            rows = chosen[start : start + self.rows]
        return tf.nest.map_structure(lambda array: as_tensor(array, rows), self.data)

    def close(self) -> None:
        """End the thread."""
        self._pool.shutdown(cancel_futures=True)


def as_tensor(array: np.ndarray, rows: Any = slice(None)) -> Any:
    """Rows of an array as a tensor of its own, with Keras's type: floats become `floatx`.

    TensorFlow may take memory as it is, and write to it: it never gets that of the array.
    """
    if array.dtype.kind in "OSU":
        return tf.convert_to_tensor(array[rows])
    if isinstance(rows, slice):
        taken = array[rows]
        part = _buffer(taken.shape, taken_as(array))
        np.copyto(part, taken, casting="unsafe")
        return tf.convert_to_tensor(part)
    part = _buffer((len(rows), *array.shape[1:]), array.dtype)
    np.take(array, rows, axis=0, out=part, mode="clip")  # other modes take a buffer more
    return tf.convert_to_tensor(part.astype(taken_as(array), copy=False))


def taken_as(array: np.ndarray) -> np.dtype[Any]:
    """The type that Keras takes an array as: floats are `floatx`; bytes in the machine's order."""
    if array.dtype.kind == "f":
        return np.dtype(keras.config.floatx())
    return array.dtype.newbyteorder("=")


def spec_of(array: np.ndarray) -> Any:
    """What `as_tensor` makes of any number of the array's rows: a `tf.TensorSpec`."""
    return tf.TensorSpec((None, *array.shape[1:]), as_tensor(array[:1]).dtype)


def _buffer(shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray:
    """An array that TensorFlow can take without a copy."""
    size = int(np.prod(shape)) * dtype.itemsize
    raw = np.empty(size + ALIGNED, np.uint8)
    start = -raw.ctypes.data % ALIGNED
    return raw[start : start + size].view(dtype).reshape(shape)


def _row_bytes(array: np.ndarray) -> int:
    width = array.dtype.itemsize if array.dtype.kind in "OSU" else taken_as(array).itemsize
    return int(np.prod(array.shape[1:])) * width


def batches(shards: Shards, batch_size: int, epoch: Callable[[], int] = lambda: 0) -> Any:
    """Batches of the pieces of an epoch, as a `tf.data.Dataset` for Keras.

    Slices of a piece are cut in the pipeline: rows that are collected one by one take four times
    as long.

    Args:
        shards: Where the pieces come from.
        batch_size: Rows in a step.
        epoch: Says, whenever an epoch begins, which one.
    """
    order = shards.order
    if shards.kept is not None:  # through a generator the last batch would be theirs to write to
        pieces = tf.data.Dataset.from_tensors(shards.kept)
    else:
        spec = tf.nest.map_structure(spec_of, shards.data)
        pieces = tf.data.Dataset.from_generator(
            lambda: shards.epoch(epoch()), output_signature=spec
        )
    cut = _cut(pieces, batch_size, even=order.taken % batch_size == 0)
    return cut.apply(tf.data.experimental.assert_cardinality(-(-order.taken // batch_size)))


def _cut(pieces: Any, batch_size: int, *, even: bool) -> Any:
    """A `tf.data.Dataset` of pieces as one of batches; `even` if all have the same size."""

    def batch(shard: Any, start: Any) -> Any:
        def part(tensor: Any) -> Any:
            taken = tensor[start : start + batch_size]
            return tf.ensure_shape(taken, (batch_size, *tensor.shape[1:])) if even else taken

        return tf.nest.map_structure(part, shard)

    def cut(*parts: Any) -> Any:
        shard = parts if isinstance(pieces.element_spec, tuple) else parts[0]
        held = tf.shape(tf.nest.flatten(shard)[0], tf.int64)[0]
        return tf.data.Dataset.range(0, held, batch_size).map(lambda start: batch(shard, start))

    options = tf.data.Options()
    options.autotune.enabled = False  # it stalls for seconds when an epoch ends
    return pieces.flat_map(cut).prefetch(2).with_options(options)
