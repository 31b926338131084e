"""Losses and metrics of a user's own, which recipes know by name.

A recipe is plain data, so a function or a Keras object in `loss` or `metrics` becomes
`custom:NAME`, and this table keeps what that names for as long as the process runs. The prefix
keeps it apart from Keras's own loss or metric of the same name.
"""

from __future__ import annotations

from typing import Any

from zoo.core.errors import RecipeError

# the zoo's own words for metrics; the right Keras class follows from the loss
METRICS = ("mae", "mse", "accuracy", "log_loss", "mean_prediction")
TAKEN = (*METRICS, "loss", "epoch", "learning_rate")  # columns of a run's history
CUSTOM = "custom:"
FUNCTIONS: dict[str, Any] = {}  # by name, without the prefix


def named(value: Any, where: str) -> Any:
    """`custom:NAME` of a function, a class or a Keras object; anything else as it is.

    Keras's own, without arguments, keeps Keras's name.

    Args:
        value: A name, a function of (y_true, y_pred), or a `keras.losses.Loss` or
            `keras.metrics.Metric`, class or object.
        where: The field, for the message.

    Raises:
        RecipeError: it has no name, or training reports something else by that name.
    """
    if not callable(value) and not hasattr(value, "get_config"):
        return value
    name = getattr(value, "__name__", None) or getattr(value, "name", None)
    if not isinstance(name, str) or not name.isidentifier():
        raise RecipeError(f"{where}: give the function a name: define it with def")
    if _is_keras_own(value):
        return name
    if name in TAKEN or name.startswith("val_"):
        raise RecipeError(f"{where}: {name} is the zoo's own name; give yours another")
    FUNCTIONS[name] = value
    return CUSTOM + name


def _is_keras_own(value: Any) -> bool:
    """Whether it is a loss or metric of Keras, function or class: no arguments to be lost."""
    module = str(getattr(value, "__module__", "")).split(".")
    return (
        hasattr(value, "__name__")
        and module[0] == "keras"
        and bool({"losses", "metrics"} & {*module})
    )


def custom(name: str) -> str:
    """The name in `FUNCTIONS` of a `custom:NAME`; nothing for a name of Keras or the zoo."""
    return name.removeprefix(CUSTOM) if name.startswith(CUSTOM) else ""


def takes_ids(name: str) -> bool:
    """Whether a loss or metric may compare class ids with the chances of classes."""
    return bool(custom(name)) or name.lower().startswith("sparse")


def custom_names(recipe: Any) -> list[str]:
    """The user's own losses and metrics that a recipe names."""
    by_output = (*recipe.metrics.values(), *recipe.weighted_metrics.values())
    asked = {*recipe.loss.values(), *(name for names in by_output for name in names)}
    return sorted(custom(name) for name in asked if custom(name))
