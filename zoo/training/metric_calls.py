"""Metrics reset and read in a single call: one by one, that outlasts an epoch of a small model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from zoo._keras import keras, tf
from zoo.training.stand_in import stand_in


@contextmanager
def fewer_calls(model: keras.Model, known: Callable[[], Any]) -> Iterator[None]:
    """Within the block, Keras's fit resets the metrics at once and does not compute known logs.

    A model with metrics or methods of one's own, which may do more than TensorFlow sees, is left
    as it is.

    Args:
        model: A compiled model.
        known: Gives the logs that the metrics' values have just been read into.
    """
    if not _all_of_keras(model):
        yield
        return
    usual, compiled = model._get_metrics_result_or_logs, {}

    def reset() -> None:
        # Keras makes some in the first step, and others where a callback compiles the model
        held = tuple(map(id, model.metrics_variables))
        if held not in compiled:
            plain = partial(keras.Model.reset_metrics, model)
            known = _all_of_keras(model)
            compiled[held] = tf.function(plain, autograph=False) if known else plain
        compiled[held]()

    def values(logs: Any) -> Any:
        return logs if logs is not None and logs is known() else usual(logs)

    with stand_in(model, reset_metrics=reset, _get_metrics_result_or_logs=values):
        yield


def _all_of_keras(model: keras.Model) -> bool:
    names = ("reset_metrics", "get_metrics_result", "metrics")
    if any(getattr(type(model), name) is not getattr(keras.Model, name) for name in names):
        return False
    return all(_of_keras(metric) for metric in model.metrics)


def _of_keras(metric: Any) -> bool:
    """A metric and those that it holds."""
    if not type(metric).__module__.startswith("keras."):
        return False
    return all(_of_keras(each) for each in getattr(metric, "metrics", ()))
