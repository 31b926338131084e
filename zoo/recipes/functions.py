"""Losses and metrics of a user's own, which recipes know by name.

A recipe is plain data, so a function or a Keras object in `loss` or `metrics` becomes its name,
and this table keeps what it names for as long as the process runs.
"""

from __future__ import annotations

from typing import Any

from zoo.core.errors import RecipeError

# the zoo's own words for metrics; the right Keras class follows from the loss
METRICS = ("mae", "mse", "accuracy", "log_loss", "mean_prediction")
FUNCTIONS: dict[str, Any] = {}


def named(value: Any, where: str) -> Any:
    """The name of a function, a class or a Keras object; anything else as it is.

    Args:
        value: A name, a function of (y_true, y_pred), or a `keras.losses.Loss` or
            `keras.metrics.Metric`, class or object.
        where: The field, for the message.

    Raises:
        RecipeError: it has no name, or the name is one of the zoo's own metrics.
    """
    if not callable(value) and not hasattr(value, "get_config"):
        return value
    name = getattr(value, "__name__", None) or getattr(value, "name", None)
    if not isinstance(name, str) or not name.isidentifier():
        raise RecipeError(f"{where}: give the function a name: define it with def")
    if name in METRICS:
        raise RecipeError(f"{where}: {name} is a metric of the zoo; give yours another name")
    FUNCTIONS[name] = value
    return name
