"""Which models the devices or workers of a `tf.distribute` strategy can train together."""

from __future__ import annotations

from typing import Any

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.core.stateful import stateful_layer


def strategy_of(model: keras.Model, engine: str = "") -> Any:
    """The strategy in whose scope a model was made, or None.

    Raises:
        TrainingError: a strategy, an engine or a model that cannot train together; the message
            names what is in the way.
    """
    made = [getattr(each.value, "distribute_strategy", None) for each in model.variables[:1]]
    strategy = model._distribute_strategy or (made[0] if made else None)
    if strategy is None or _is_default(strategy):
        return None
    known = (tf.distribute.MirroredStrategy, tf.distribute.MultiWorkerMirroredStrategy)
    if not isinstance(strategy, known):
        raise TrainingError(
            f"cannot train in the scope of {type(strategy).__name__}: use MirroredStrategy or "
            "MultiWorkerMirroredStrategy"
        )
    if engine == "resident-xla":
        raise TrainingError(
            "XLA cannot compile what workers send each other: use engine='resident'"
        )
    _check(model, strategy)
    return strategy


def _is_default(strategy: Any) -> bool:
    return type(strategy).__name__ == "_DefaultDistributionStrategy"


def _check(model: keras.Model, strategy: Any) -> None:
    """Refuse models that cannot be shared out."""
    for name in ("train_step", "test_step"):
        if getattr(type(model), name) is not getattr(keras.Model, name):
            raise TrainingError(
                f"model {model.name!r} has a {name} of its own, which replicas cannot share: "
                "train in one process"
            )
    local = isinstance(strategy, tf.distribute.MirroredStrategy)
    for name in ("gradient_accumulation_steps", "ema_overwrite_frequency"):
        if local and getattr(model.optimizer, name, None):
            raise TrainingError(
                f"TensorFlow cannot run {name} of an optimizer in the scope of MirroredStrategy: "
                "use MultiWorkerMirroredStrategy, or one device"
            )
    if layer := stateful_layer(model):
        raise TrainingError(
            f"layer {layer!r} is stateful: its state belongs to the rows of one process"
        )
    for tensor in tf.nest.flatten(getattr(model, "inputs", None) or []):
        if tensor.shape[0] is not None:
            raise TrainingError(
                f"input {tensor.name!r} takes exactly {tensor.shape[0]} rows, and no share of them"
            )
