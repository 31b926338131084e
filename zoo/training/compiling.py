"""From a recipe's words to Keras losses, metrics and optimizers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from zoo._keras import keras
from zoo.errors import RecipeError, UnknownNameError

if TYPE_CHECKING:
    from zoo.recipe import Recipe

METRICS: dict[str, Callable[[], Any]] = {
    "mae": lambda: keras.metrics.MeanAbsoluteError(name="mae"),
    "mse": lambda: keras.metrics.MeanSquaredError(name="mse"),
    "accuracy": lambda: keras.metrics.BinaryAccuracy(name="accuracy"),
    "log_loss": lambda: keras.metrics.BinaryCrossentropy(name="log_loss"),
    "categorical_accuracy": lambda: keras.metrics.CategoricalAccuracy(name="accuracy"),
    "sparse_accuracy": lambda: keras.metrics.SparseCategoricalAccuracy(name="accuracy"),
}


def compile_model(model: keras.Model, recipe: Recipe, steps_per_epoch: int) -> None:
    """Compile `model` as `recipe` says; a schedule spans all epochs of `steps_per_epoch` steps.

    Every output must have a loss, by name: Keras 3 raises on a partial mapping, late and in
    other words.

    Raises:
        RecipeError: a loss, metric or optimizer that is not known, or one for no output.
    """
    outputs = list(model.output_names)
    for field in ("loss", "metrics", "loss_weights"):
        for port in getattr(recipe, field):
            if port not in outputs:
                raise RecipeError(
                    f"{recipe.name}, {field}: {UnknownNameError('port', port, outputs)}"
                )
    missing = [port for port in outputs if port not in recipe.loss]
    if missing:
        raise RecipeError(f"{recipe.name}: no loss for output {', '.join(missing)}")
    losses = {port: _loss(recipe.loss[port]) for port in outputs}
    metrics = {port: [_metric(name) for name in recipe.metrics.get(port, ())] for port in outputs}
    single = len(outputs) == 1
    model.compile(
        optimizer=optimizer(recipe, steps_per_epoch),
        loss=losses[outputs[0]] if single else losses,
        metrics=metrics[outputs[0]] if single else metrics,
        loss_weights=None
        if single
        else {port: recipe.loss_weights.get(port, 1.0) for port in outputs},
    )


def optimizer(recipe: Recipe, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    """The recipe's optimizer, with its learning-rate schedule."""
    rate: Any = recipe.learning_rate
    if recipe.schedule == "cosine":
        steps = max(1, recipe.epochs * steps_per_epoch)
        rate = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, steps)
    settings: Mapping[str, Any] = {"learning_rate": rate, **recipe.optimizer_options}
    try:
        return keras.optimizers.get({"class_name": recipe.optimizer, "config": settings})
    except (ValueError, TypeError) as error:
        reason = str(error).partition("\n")[0]
        raise RecipeError(f"{recipe.name}: optimizer {recipe.optimizer!r}: {reason}") from error


def _loss(name: str) -> Any:
    try:
        return keras.losses.get(name)
    except ValueError as error:
        raise RecipeError(f"unknown loss {name!r}; any name of keras.losses will do") from error


def _metric(name: str) -> Any:
    if name not in METRICS:
        raise RecipeError(str(UnknownNameError("metric", name, METRICS)))
    return METRICS[name]()
