"""Losses and metrics by name: the zoo's own words, Keras's names, and functions of the user."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo._keras import keras, ops
from zoo.core.errors import RecipeError, UnknownNameError
from zoo.recipes.functions import FUNCTIONS, METRICS, custom, takes_ids
from zoo.training.inference import output_names

if TYPE_CHECKING:
    from zoo.recipes.recipe import Recipe

# cross-entropy -> Keras classes for the metrics that depend on how targets are written
_BY_LOSS = {
    "binary": ("BinaryAccuracy", "BinaryCrossentropy"),
    "categorical": ("CategoricalAccuracy", "CategoricalCrossentropy"),
    "sparse_categorical": ("SparseCategoricalAccuracy", "SparseCategoricalCrossentropy"),
}

# losses that fit whatever the recipe's data is made for
_PLAIN = ("mae", "mse", *(f"{kind}_crossentropy" for kind in _BY_LOSS))


# metrics of the zoo's own that fit whatever the targets are
_ANY_TARGETS = ("accuracy", "log_loss", "mean_prediction")


def loss_named(name: str) -> Any:
    """What Keras takes as a loss: a function, or a new object.

    Raises:
        RecipeError: neither Keras nor the user has a loss of that name.
    """
    if own := custom(name):
        return _of_user("loss", own)
    try:
        return keras.losses.get(name)
    except ValueError as error:
        known = _names(keras.losses, keras.losses.Loss)
        unknown = UnknownNameError("loss", name, known)
        raise RecipeError(f"{unknown} (or give a function, in Python)") from error


def metric_named(name: str, loss: str, prefix: str = "") -> Any:
    """A new metric object, or a function, with the name that training reports.

    Args:
        loss: Of the same output: how accuracy is counted follows from it.
        prefix: What the name begins with.

    Raises:
        RecipeError: no such metric, or one that does not go with the loss.
    """
    if name == "mae":
        return keras.metrics.MeanAbsoluteError(name=f"{prefix}mae")
    if name == "mse":
        return keras.metrics.MeanSquaredError(name=f"{prefix}mse")
    if name == "mean_prediction":
        return _averaged(mean_prediction, prefix)
    if name in ("accuracy", "log_loss"):
        kind = _targets(loss)
        if kind not in _BY_LOSS:
            raise RecipeError(f"metric {name} needs a cross-entropy loss, not {loss!r}")
        accuracy, log_loss = _BY_LOSS[kind]
        return getattr(keras.metrics, accuracy if name == "accuracy" else log_loss)(
            name=prefix + name
        )
    return _other_metric(name, prefix)


def _targets(loss: str) -> str:
    """How targets are written: `binary`, `categorical`, `sparse_categorical`, or another loss."""
    words = loss if "_" in loss else _snake(loss)
    return words.removesuffix("_crossentropy").removesuffix("_focal")


def _other_metric(name: str, prefix: str = "") -> Any:
    """A metric of Keras or of the user, by name."""
    own = custom(name)
    try:
        found = _of_user("metric", own) if own else keras.metrics.get(name)
        if isinstance(found, keras.metrics.Metric):
            if not _compares(type(found)):
                raise ValueError(name)
            # Keras numbers objects that it names itself: auc, auc_1, ...
            told = found.name if own else re.sub(r"_\d+$", "", found.name)
            return type(found).from_config({**found.get_config(), "name": prefix + told})
        return _averaged(found, prefix)
    except ValueError as error:
        names = (*METRICS, *_metric_names())
        unknown = UnknownNameError("metric", name, names)
        raise RecipeError(f"{unknown} (or give a function, in Python)") from error
    except TypeError as error:  # MeanIoU, for example, must be told the number of classes
        reason = str(error).partition("\n")[0]
        cure = "its get_config must give them" if own else "give the object in Python"
        raise RecipeError(f"metric {name} needs arguments ({reason}): {cure}") from error


def _averaged(function: Any, prefix: str) -> Any:
    """A function as Keras takes a metric.

    A wrapper with the name of the function could not be loaded: Keras would put the function
    itself in the place of the name.
    """
    if not prefix:
        return function
    return keras.metrics.MeanMetricWrapper(function, name=prefix + function.__name__)


def check_on_rows(model: keras.Model, recipe: Recipe, targets: Mapping[str, np.ndarray]) -> None:
    """Refuse a loss or metric by Keras's name, or of the user, that the model cannot have.

    Each is taken of two rows of the targets and a made-up prediction, so that what does not fit is
    an error here and not in the first step.

    Args:
        targets: By output name, rows on axis 0.

    Raises:
        RecipeError: it cannot be taken, or a metric is not one number.
    """
    for output, tensor in zip(output_names(model), model.outputs, strict=True):
        truth = targets[output][:2]
        sizes = [
            size or (truth.shape[axis] if axis < truth.ndim else 1)
            for axis, size in enumerate(tensor.shape[1:], start=1)
        ]
        predicted = np.full((len(truth), *sizes), 1 / sizes[-1], np.float32)
        asked = (*recipe.metrics.get(output, ()), *recipe.weighted_metrics.get(output, ()))
        ids = truth.dtype.kind in "iu" and sizes[-1] > 1 and truth.shape[-1] == 1
        for name in asked:
            if ids and name not in _ANY_TARGETS and not takes_ids(name):
                raise RecipeError(
                    f"{recipe.name}: metric {name} does not go with class ids, which {output} has "
                    f"under the loss {recipe.loss[output]}; take accuracy, log_loss, a Sparse "
                    "metric of Keras, or loss=categorical_crossentropy, which makes one-hot rows"
                )
        others = [name for name in asked if name not in METRICS]
        loss = [] if recipe.loss[output] in _PLAIN else [recipe.loss[output]]
        for what, names in (("loss", loss), ("metric", others)):
            for name in names:
                _try(recipe, output, what, name, truth, predicted)


def _try(
    recipe: Recipe, output: str, what: str, name: str, truth: np.ndarray, predicted: np.ndarray
) -> None:
    """Take a loss or metric of a few rows; the errors are those of `check_on_rows`."""
    found = loss_named(name) if what == "loss" else _other_metric(name)
    try:
        value = ops.convert_to_numpy(
            found(ops.convert_to_tensor(truth), ops.convert_to_tensor(predicted))
        )
    except Exception as error:  # Keras and TensorFlow each have their own
        shapes = f"targets {truth.shape[1:]} and predictions {predicted.shape[1:]}"
        reason = " ".join(str(error).split())[:160]
        raise RecipeError(
            f"{recipe.name}: {what} {name} does not go with {shapes} of {output}: {reason}"
        ) from error
    if isinstance(found, keras.metrics.Metric) and np.size(value) != 1:
        raise RecipeError(
            f"{recipe.name}: metric {name} gives {np.size(value)} values of {output}, not one; "
            "give a Keras object that averages them, in Python"
        )


def _of_user(kind: str, name: str) -> Any:
    """A user's function or loss, or a new metric like theirs: metrics have state."""
    if name not in FUNCTIONS:
        raise RecipeError(
            f"{kind} {name} is yours, and this process does not have it: give the function or "
            "object itself, in Python"
        )
    own = FUNCTIONS[name]
    if isinstance(own, type):
        return own()
    if isinstance(own, keras.metrics.Metric):
        return type(own).from_config(own.get_config())
    return own


def _names(module: Any, kind: type) -> list[str]:
    """Names of the classes of a Keras module, as users write them."""
    found = ((name, getattr(module, name)) for name in dir(module))
    return [name for name, each in found if isinstance(each, type) and issubclass(each, kind)]


def _metric_names() -> list[str]:
    """Keras's metrics of targets and predictions, as users write them."""
    names = _names(keras.metrics, keras.metrics.Metric)
    return [name for name in names if _compares(getattr(keras.metrics, name))]


def _compares(metric: type) -> bool:
    """Whether a metric takes targets and predictions; `Mean` and `Sum` take plain values."""
    parameters = [*inspect.signature(metric.update_state).parameters]
    return parameters[1:3] == ["y_true", "y_pred"]


def _snake(name: str) -> str:
    """`RootMeanSquaredError` as Keras names it: root_mean_squared_error; `AUC` is auc."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def mean_prediction(y_true: Any, y_pred: Any) -> Any:
    """Mean of what the model predicts, whatever the truth (`using-keras`'s custom metric).

    Returns one mean per row, so that Keras weighs a smaller last batch by its rows. A model
    compiled with it is loaded by `load_model(path, custom_objects={"mean_prediction": ...})`.
    """
    return ops.mean(y_pred, axis=-1)
