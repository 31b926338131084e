"""What the chief of several workers tells the others, over the strategy's own connections."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.core.errors import WorkerLost

CHECK_SECONDS = 3  # between two looks whether the other workers live
PLACE = re.compile(r"/job:(\w+)/replica:\d+/task:(\d+)")


class Channel:
    """Numbers, texts and variables from the chief to all; every worker makes the same calls.

    In one process all of it does nothing.

    Args:
        strategy: A MirroredStrategy or a MultiWorkerMirroredStrategy.

    Attributes:
        chief: Whether this process is the one that tells.
        alone: Whether there is no other.
    """

    def __init__(self, strategy: Any) -> None:
        self.strategy = strategy
        self.chief: bool = strategy.extended.should_checkpoint
        resolver = getattr(strategy, "cluster_resolver", None)
        self._cluster: dict[str, list[str]] = (
            resolver.cluster_spec().as_dict() if resolver is not None else {}
        )
        self.alone = sum(map(len, self._cluster.values())) < 2
        # TensorFlow looks every 30 s, and three times; a worker that is gone is told at once
        for name, value in (("interval", CHECK_SECONDS), ("timeout", CHECK_SECONDS)):
            if hasattr(strategy.extended, f"_check_health_{name}"):
                setattr(strategy.extended, f"_check_health_{name}", value)
        self._send = tf.function(self._of_chief, reduce_retracing=False)

    def tell(self, numbers: Sequence[int] | None) -> np.ndarray:
        """Five whole numbers of the chief's."""
        if self.alone:
            return np.asarray(numbers)
        return self._sent(np.asarray(numbers or [0] * 5, np.int32))

    def say(self, content: Any) -> Any:
        """Content of JSON's kinds, of the chief's."""

        def plain(value: Any) -> Any:
            return np.asarray(value).tolist()  # a metric of several values is a list

        return json.loads(self.give(json.dumps(content, default=plain).encode()))

    def give(self, content: bytes | None) -> bytes:
        """Bytes of the chief's."""
        own = content or b""
        if self.alone:
            return own
        (size,) = self._sent(np.array([len(own)], np.int32))
        padded = np.zeros(-(-size // 4) * 4, np.uint8)
        if self.chief:
            padded[:size] = np.frombuffer(own, np.uint8)
        return self._sent(padded.view(np.int32)).tobytes()[:size]

    def share(self, variables: Sequence[Any]) -> None:
        """Give the variables of every worker the chief's values, bit by bit."""
        if self.alone:
            return
        values = [np.asarray(keras.ops.convert_to_numpy(each)) for each in variables]
        sizes = [-(-value.nbytes // 4) for value in values]
        packed = np.zeros(4 * sum(sizes), np.uint8)
        starts = 4 * np.cumsum([0, *sizes])[:-1]
        if self.chief:
            for value, start in zip(values, starts, strict=True):
                packed[start : start + value.nbytes] = np.frombuffer(value.tobytes(), np.uint8)
        sent = self._sent(packed.view(np.int32)).view(np.uint8)
        if self.chief:
            return
        for variable, value, start in zip(variables, values, starts, strict=True):
            new = sent[start : start + value.nbytes].view(value.dtype).reshape(value.shape)
            if new.tobytes() != value.tobytes():
                variable.assign(new)

    @contextmanager
    def named_losses(self) -> Iterator[None]:
        """Within the block, a worker that is gone raises one line that names it.

        Raises:
            WorkerLost: the worker's place in the cluster and its address.
        """
        try:
            yield
        except tf.errors.OpError as error:
            gone = (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError)
            if self.alone or not isinstance(error, (*gone, tf.errors.InternalError)):
                raise
            raise WorkerLost(self.lost(str(error))) from error

    def lost(self, message: str) -> str:
        """One line about the worker that TensorFlow's message is of."""
        for job, task in PLACE.findall(message):
            addresses = self._cluster.get(job, [])
            at = int(task)
            if at < len(addresses):
                return f"{job} {at} of {len(addresses)} at {addresses[at]} is gone"
        known = [each for group in self._cluster.values() for each in group]
        named = [each for each in known if each.rpartition(":")[2] in message]
        who = f"the worker at {named[0]}" if named else "another worker"
        return f"{who} is gone: {' '.join(message.split())[:200]}"

    def _sent(self, words: np.ndarray) -> np.ndarray:
        return self._send(tf.constant(words)).numpy()

    @tf.autograph.experimental.do_not_convert
    def _of_chief(self, words: Any) -> Any:
        @tf.autograph.experimental.do_not_convert
        def of_replica() -> Any:
            context = tf.distribute.get_replica_context()
            first = tf.get_static_value(context.replica_id_in_sync_group) == 0
            own = tf.identity(words) if first else tf.zeros_like(words)
            return context.all_reduce(tf.distribute.ReduceOp.SUM, own)

        return self.strategy.experimental_local_results(self.strategy.run(of_replica))[0]
