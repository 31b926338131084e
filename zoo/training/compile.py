"""From a recipe's words to Keras losses, metrics and optimizers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from zoo._keras import keras, ops
from zoo.core.errors import RecipeError, UnknownNameError
from zoo.recipes.functions import FUNCTIONS, METRICS
from zoo.training.engine import output_names

if TYPE_CHECKING:
    from zoo.recipes.recipe import Recipe

# cross-entropy -> Keras classes for the metrics that depend on how targets are written
_BY_LOSS = {
    "binary": ("BinaryAccuracy", "BinaryCrossentropy"),
    "categorical": ("CategoricalAccuracy", "CategoricalCrossentropy"),
    "sparse_categorical": ("SparseCategoricalAccuracy", "SparseCategoricalCrossentropy"),
}

Direction = Literal["min", "max"]
WEIGHTED = "weighted_"  # metrics that weigh the rows are reported under this prefix


def compile_model(model: keras.Model, recipe: Recipe, steps_per_epoch: int) -> None:
    """Compile `model` as `recipe` says; a schedule spans all epochs of `steps_per_epoch` steps.

    Every output must have a loss, by name: Keras 3 raises on a partial mapping, late and in
    other words.

    Raises:
        RecipeError: a loss, metric, optimizer or monitor that is not known, or one for no output.
    """
    outputs = output_names(model)
    for field in ("loss", "metrics", "weighted_metrics", "loss_weights"):
        for output in getattr(recipe, field):
            if output not in outputs:
                raise RecipeError(
                    f"{recipe.name}, {field}: {UnknownNameError('output', output, outputs)}"
                )
    missing = [output for output in outputs if output not in recipe.loss]
    if missing:
        raise RecipeError(f"{recipe.name}: no loss for output {', '.join(missing)}")
    losses = {output: _loss(recipe.loss[output]) for output in outputs}
    metrics, weighted = (
        {
            output: [_metric(name, recipe.loss[output], prefix) for name in asked.get(output, ())]
            for output in outputs
        }
        for asked, prefix in ((recipe.metrics, ""), (recipe.weighted_metrics, WEIGHTED))
    )
    direction(recipe)  # fail here and not after an epoch
    single = len(outputs) == 1
    model.compile(
        optimizer=optimizer(recipe, steps_per_epoch),
        loss=losses[outputs[0]] if single else losses,
        metrics=metrics[outputs[0]] if single else metrics,
        weighted_metrics=weighted[outputs[0]] if single else weighted,
        loss_weights=None
        if single
        else {output: recipe.loss_weights.get(output, 1.0) for output in outputs},
    )


def optimizer(recipe: Recipe, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    """The recipe's optimizer, with its learning-rate schedule and its average of the weights."""
    rate: Any = recipe.learning_rate
    if recipe.schedule == "cosine":
        steps = max(1, recipe.epochs * steps_per_epoch)
        rate = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, steps)
    elif recipe.decay:
        schedules = keras.optimizers.schedules
        rate = schedules.InverseTimeDecay(
            recipe.learning_rate, decay_steps=1, decay_rate=recipe.decay
        )
    settings: Mapping[str, Any] = {"learning_rate": rate, **recipe.optimizer_options}
    if recipe.ema:
        settings = {**settings, "use_ema": True, "ema_momentum": recipe.ema}
    try:
        return keras.optimizers.get({"class_name": recipe.optimizer, "config": settings})
    except (ValueError, TypeError, KeyError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0]
        raise RecipeError(f"{recipe.name}: optimizer {recipe.optimizer!r}: {reason}") from error


def direction(recipe: Recipe, monitor: str = "", mode: str = "") -> Direction:
    """Whether lower or higher values of a monitor are better, of the recipe's if none is given.

    Raises:
        RecipeError: training does not report the monitor, or `mode=auto` cannot tell.
    """
    monitor, mode = monitor or recipe.monitor, mode or recipe.mode
    name = monitor.removeprefix("val_")
    if name == "loss" and mode == "auto":
        return "min"  # without loading TensorFlow
    reported = reported_values(recipe)
    if name not in reported:
        names = [f"{prefix}{each}" for prefix in ("val_", "") for each in reported]
        raise RecipeError(f"{recipe.name}, monitor: {UnknownNameError('value', monitor, names)}")
    found = reported[name] if mode == "auto" else mode
    if found not in ("min", "max"):
        raise RecipeError(
            f"{recipe.name}: set mode to min or max: it is not known whether lower or higher "
            f"values of {monitor} are better"
        )
    return found


def watched(recipe: Recipe, options: Mapping[str, Any]) -> dict[str, str]:
    """The monitor of a callback, the recipe's unless it has its own, and its direction."""
    monitor = options.get("monitor", recipe.monitor)
    mode = options.get("mode", recipe.mode if monitor == recipe.monitor else "auto")
    return {"monitor": monitor, "mode": direction(recipe, monitor, mode)}


def reported_values(recipe: Recipe) -> dict[str, str]:
    """Loss and metrics as training reports them -> `min`, `max`, or nothing where unknown."""
    single = len(recipe.loss) == 1
    found = {"loss": "min"} | (
        {} if single else {f"{output}_loss": "min" for output in recipe.loss}
    )
    words = {"up": "max", "down": "min"}
    for asked, prefix in ((recipe.metrics, ""), (recipe.weighted_metrics, WEIGHTED)):
        for output, names in asked.items():
            for name in names:
                metric = _metric(name, recipe.loss[output], prefix)
                up_or_down = getattr(metric, "_direction", "")  # Keras's own word for its `auto`
                told = getattr(metric, "name", None) or metric.__name__
                found[told if single else f"{output}_{told}"] = words.get(up_or_down, "")
    return found


def _loss(name: str) -> Any:
    if name in FUNCTIONS:
        return _fresh(FUNCTIONS[name])
    try:
        return keras.losses.get(name)
    except ValueError as error:
        known = _names(keras.losses, keras.losses.Loss)
        unknown = UnknownNameError("loss", name, known)
        raise RecipeError(f"{unknown}; or give a function in Python") from error


def _metric(name: str, loss: str, prefix: str = "") -> Any:
    """A new metric object, or a function, with the name that training reports."""
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
    try:
        found = _fresh(FUNCTIONS[name]) if name in FUNCTIONS else keras.metrics.get(name)
        if isinstance(found, keras.metrics.Metric):
            # Keras numbers objects that it names itself: auc, auc_1, ...
            own = found.name if name in FUNCTIONS else re.sub(r"_\d+$", "", found.name)
            return type(found).from_config({**found.get_config(), "name": prefix + own})
        return _averaged(found, prefix)
    except ValueError as error:
        names = (*METRICS, *_names(keras.metrics, keras.metrics.Metric))
        unknown = UnknownNameError("metric", name, names)
        raise RecipeError(f"{unknown}; or give a function in Python") from error
    except TypeError as error:  # MeanIoU, for example, must be told the number of classes
        reason = str(error).partition("\n")[0]
        raise RecipeError(
            f"metric {name} needs arguments ({reason}): give the object in Python"
        ) from error


def _averaged(function: Any, prefix: str) -> Any:
    """A function as Keras takes a metric.

    A wrapper with the name of the function could not be loaded: Keras would put the function
    itself in the place of the name.
    """
    if not prefix:
        return function
    return keras.metrics.MeanMetricWrapper(function, name=prefix + function.__name__)


def missing_functions(recipe: Recipe) -> list[str]:
    """Losses and metrics of the recipe that neither Keras nor this process knows by name."""
    asked = {
        name
        for by_output in (recipe.metrics, recipe.weighted_metrics)
        for names in by_output.values()
        for name in names
    }
    return [
        *(name for name in recipe.loss.values() if not _known(_loss, name)),
        *(name for name in sorted(asked - {*METRICS}) if not _known(_other_metric, name)),
    ]


def _known(find: Callable[[str], Any], name: str) -> bool:
    try:
        find(name)
    except RecipeError:
        return False
    return True


def _fresh(own: Any) -> Any:
    """A user's function, or a new object like theirs: metrics have state."""
    if isinstance(own, type):
        return own()
    if isinstance(own, keras.metrics.Metric | keras.losses.Loss):
        return type(own).from_config(own.get_config())
    return own


def _names(module: Any, kind: type) -> list[str]:
    """Names of the classes of a Keras module, as users write them."""
    found = ((name, getattr(module, name)) for name in dir(module))
    return [name for name, each in found if isinstance(each, type) and issubclass(each, kind)]


def _snake(name: str) -> str:
    """`RootMeanSquaredError` as Keras names it: root_mean_squared_error; `AUC` is auc."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def mean_prediction(y_true: Any, y_pred: Any) -> Any:
    """Mean of what the model predicts, whatever the truth (`using-keras`'s custom metric).

    Returns one mean per row, so that Keras weighs a smaller last batch by its rows. A model
    compiled with it is loaded by `load_model(path, custom_objects={"mean_prediction": ...})`.
    """
    return ops.mean(y_pred, axis=-1)
