"""A model compiled as its recipe says, and the values that its training then reports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from zoo._keras import keras
from zoo.core.errors import RecipeError, UnknownNameError
from zoo.training.inference import output_names
from zoo.training.metrics import loss_named, metric_named

if TYPE_CHECKING:
    from zoo.recipes.recipe import Recipe

Direction = Literal["min", "max"]
_SHARES = ("beta_1", "beta_2", "ema_momentum", "momentum", "rho")
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
    losses = {output: loss_named(recipe.loss[output]) for output in outputs}
    metrics, weighted = (
        {
            output: [
                metric_named(name, recipe.loss[output], prefix) for name in asked.get(output, ())
            ]
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
    for name, value in recipe.optimizer_options.items():
        if name in _SHARES and not 0 <= (value or 0) < 1:
            raise RecipeError(
                f"{recipe.name}: optimizer_options.{name} must be from 0 to below 1, not {value}"
            )
    settings: Mapping[str, Any] = {"learning_rate": rate, **recipe.optimizer_options}
    if recipe.ema:
        settings = {**settings, "use_ema": True, "ema_momentum": recipe.ema}
    try:
        made = keras.optimizers.get({"class_name": recipe.optimizer, "config": settings})
    except (ValueError, TypeError, KeyError, NotImplementedError) as error:
        reason = re.sub(r" identifier: .*|<keras.*?>", "", str(error).partition("\n")[0])
        raise RecipeError(f"{recipe.name}: optimizer {recipe.optimizer!r}: {reason}") from error
    if recipe.precision == "mixed_float16":  # else Keras does it, but not when it loads the model
        return keras.optimizers.LossScaleOptimizer(made)
    return made


def direction(
    recipe: Recipe, monitor: str = "", mode: str = "", field: str = "monitor"
) -> Direction:
    """Whether lower or higher values of a monitor are better, of the recipe's if none is given.

    Args:
        field: The recipe's field that names the monitor.

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
        raise RecipeError(f"{recipe.name}, {field}: {UnknownNameError('value', monitor, names)}")
    found = reported[name] if mode == "auto" else mode
    if found not in ("min", "max"):
        raise RecipeError(
            f"{recipe.name}: set mode to min or max: it is not known whether lower or higher "
            f"values of {monitor} are better"
        )
    return found


def watched(recipe: Recipe, field: str) -> dict[str, str]:
    """The monitor of a callback, the recipe's unless it has its own, and its direction.

    Args:
        field: The recipe's field with the callback's arguments.
    """
    options = getattr(recipe, field)
    monitor = options.get("monitor", recipe.monitor)
    mode = options.get("mode", recipe.mode if monitor == recipe.monitor else "auto")
    where = f"{field}.monitor" if "monitor" in options else "monitor"
    return {"monitor": monitor, "mode": direction(recipe, monitor, mode, where)}


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
                metric = metric_named(name, recipe.loss[output], prefix)
                up_or_down = getattr(metric, "_direction", "")  # Keras's own word for its `auto`
                told = getattr(metric, "name", None) or metric.__name__
                found[told if single else f"{output}_{told}"] = words.get(up_or_down, "")
    return found


def first_metrics(recipe: Recipe) -> dict[str, str]:
    """Output -> the first of its metrics as training reports it; its loss where it has none."""
    single = len(recipe.loss) == 1
    found = {}
    for output, loss in recipe.loss.items():
        name = "loss"
        for asked, prefix in ((recipe.metrics, ""), (recipe.weighted_metrics, WEIGHTED)):
            if asked.get(output):
                metric = metric_named(asked[output][0], loss, prefix)
                name = getattr(metric, "name", None) or metric.__name__
                break
        found[output] = name if single else f"{output}_{name}"
    return found
