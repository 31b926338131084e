"""From a recipe's words to Keras losses, metrics and optimizers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from zoo._keras import keras, ops
from zoo.core.errors import RecipeError, UnknownNameError
from zoo.training.engine import output_names

if TYPE_CHECKING:
    from zoo.recipes.recipe import Recipe

# loss -> Keras classes for the metrics that depend on how targets are written
_BY_LOSS = {
    "binary_crossentropy": ("BinaryAccuracy", "BinaryCrossentropy"),
    "categorical_crossentropy": ("CategoricalAccuracy", "CategoricalCrossentropy"),
    "sparse_categorical_crossentropy": (
        "SparseCategoricalAccuracy",
        "SparseCategoricalCrossentropy",
    ),
}
METRICS = ("mae", "mse", "accuracy", "log_loss", "mean_prediction")

Direction = Literal["min", "max"]


def compile_model(model: keras.Model, recipe: Recipe, steps_per_epoch: int) -> None:
    """Compile `model` as `recipe` says; a schedule spans all epochs of `steps_per_epoch` steps.

    Every output must have a loss, by name: Keras 3 raises on a partial mapping, late and in
    other words.

    Raises:
        RecipeError: a loss, metric, optimizer or monitor that is not known, or one for no output.
    """
    outputs = output_names(model)
    for field in ("loss", "metrics", "loss_weights"):
        for output in getattr(recipe, field):
            if output not in outputs:
                raise RecipeError(
                    f"{recipe.name}, {field}: {UnknownNameError('output', output, outputs)}"
                )
    missing = [output for output in outputs if output not in recipe.loss]
    if missing:
        raise RecipeError(f"{recipe.name}: no loss for output {', '.join(missing)}")
    losses = {output: _loss(recipe.loss[output]) for output in outputs}
    metrics = {
        output: [_metric(name, recipe.loss[output]) for name in recipe.metrics.get(output, ())]
        for output in outputs
    }
    direction(recipe)  # fail here and not after an epoch
    single = len(outputs) == 1
    model.compile(
        optimizer=optimizer(recipe, steps_per_epoch),
        loss=losses[outputs[0]] if single else losses,
        metrics=metrics[outputs[0]] if single else metrics,
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


def direction(recipe: Recipe) -> Direction:
    """Whether lower or higher values of the recipe's monitor are better.

    Raises:
        RecipeError: training does not report the monitor, or `mode=auto` cannot tell.
    """
    name = recipe.monitor.removeprefix("val_")
    if name == "loss" and recipe.mode == "auto":
        return "min"  # without loading TensorFlow
    reported = _directions(recipe)
    if name not in reported:
        names = [f"{prefix}{each}" for prefix in ("val_", "") for each in reported]
        raise RecipeError(
            f"{recipe.name}, monitor: {UnknownNameError('value', recipe.monitor, names)}"
        )
    found = reported[name] if recipe.mode == "auto" else recipe.mode
    if found not in ("min", "max"):
        raise RecipeError(
            f"{recipe.name}: set mode to min or max: it is not known whether lower or higher "
            f"values of {recipe.monitor} are better"
        )
    return found


def _directions(recipe: Recipe) -> dict[str, str]:
    """Loss and metrics as training reports them -> `min`, `max`, or nothing where unknown."""
    single = len(recipe.loss) == 1
    found = {"loss": "min"} | (
        {} if single else {f"{output}_loss": "min" for output in recipe.loss}
    )
    words = {"up": "max", "down": "min"}
    for output, names in recipe.metrics.items():
        for name in names:
            metric = _metric(name, recipe.loss[output])
            up_or_down = getattr(metric, "_direction", "")  # Keras's own word for its `auto`
            found[name if single else f"{output}_{name}"] = words.get(up_or_down, "")
    return found


def _loss(name: str) -> Any:
    try:
        return keras.losses.get(name)
    except ValueError as error:
        raise RecipeError(f"unknown loss {name!r}; use a name from keras.losses") from error


def _metric(name: str, loss: str) -> Any:
    if name not in METRICS:
        raise RecipeError(str(UnknownNameError("metric", name, METRICS)))
    if name == "mae":
        return keras.metrics.MeanAbsoluteError(name="mae")
    if name == "mse":
        return keras.metrics.MeanSquaredError(name="mse")
    if name == "mean_prediction":
        return mean_prediction
    if loss not in _BY_LOSS:
        raise RecipeError(f"metric {name} needs a cross-entropy loss, not {loss!r}")
    accuracy, log_loss = _BY_LOSS[loss]
    return getattr(keras.metrics, accuracy if name == "accuracy" else log_loss)(name=name)


def mean_prediction(y_true: Any, y_pred: Any) -> Any:
    """Mean of what the model predicts, whatever the truth (`using-keras`'s custom metric).

    Returns one mean per row, so that Keras weighs a smaller last batch by its rows. A model
    compiled with it is loaded by `load_model(path, custom_objects={"mean_prediction": ...})`.
    """
    return ops.mean(y_pred, axis=-1)
