"""What must hold before the first step, so that an engine trains a model as Keras would."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.training.shards import spec_of


def steps_in_epoch(rows: int, batch_size: int, steps_per_epoch: int | None) -> int:
    """Steps in an epoch."""
    if not rows:
        raise TrainingError("there are no rows to train on")
    most = -(-rows // batch_size)
    if steps_per_epoch is not None and not 0 < steps_per_epoch <= most:
        raise TrainingError(
            f"steps_per_epoch must be from 1 to {most:,}, which takes all {rows:,} rows, "
            f"not {steps_per_epoch:,}"
        )
    return steps_per_epoch or most


def check_model(model: keras.Model, engine: str) -> None:
    """Refuse a model that an engine cannot train as Keras would.

    Raises:
        TrainingError: the message says what to do.
    """
    if not model.compiled:
        raise TrainingError(f"model {model.name!r} is not compiled: call its compile() first")
    if engine == "fit":
        return
    if model.run_eagerly:
        raise TrainingError(
            f"model {model.name!r} runs eagerly, step by step: use engine='fit', or compile it "
            "without run_eagerly"
        )
    for name in own_functions(model):
        raise TrainingError(
            f"model {model.name!r} has a {name} of its own, which only engine='fit' calls"
        )


def check_settings(
    model: keras.Model, counts: Mapping[str, Any], validation_split: float, shuffle: Any, seed: Any
) -> None:
    """Refuse settings that mean nothing, or that Keras takes for something else.

    Args:
        model: Compiled.
        counts: Name -> a whole number of at least 1, or None.
        validation_split, shuffle, seed: As `fit` takes them.

    Raises:
        TrainingError: the message names the setting.
    """
    for name, value in counts.items():
        if value is not None and (not isinstance(value, int | np.integer) or value < 1):
            raise TrainingError(f"{name} must be a whole number of at least 1, not {value!r}")
    if not 0 <= validation_split < 1:
        raise TrainingError(f"validation_split must be from 0 to below 1, not {validation_split}")
    if shuffle not in (True, False):
        raise TrainingError(f"shuffle takes True or False, not {shuffle!r}")
    if not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
        raise TrainingError(
            f"seed must be a whole number from 0 to 4,294,967,295, not {seed!r}; shuffle=False "
            "needs none"
        )
    at_once = model.steps_per_execution
    for name in ("steps_per_epoch", "validation_steps"):
        steps = counts[name]
        if steps and steps % at_once:
            raise TrainingError(
                f"{name}={steps} is not a multiple of the model's steps_per_execution={at_once}, "
                "of which Keras takes whole ones"
            )


_TRAINED: WeakKeyDictionary[Any, tuple[Any, list[int]]] = WeakKeyDictionary()


def check_trainable(model: keras.Model, engine: str) -> None:
    """Refuse layers that were frozen or unfrozen after the model was compiled and trained.

    Keras goes on with the function that it has; a function that is made anew would follow the
    layers, with an optimizer that does not.

    Raises:
        TrainingError: it must be compiled again.
    """
    if engine == "fit" or not model.built or model._compile_loss is None:
        return
    now = [id(each) for each in model.trainable_variables]
    compiled, before = _TRAINED.get(model, (None, []))
    if compiled is not model._compile_loss and model.train_function and model.optimizer.built:
        compiled = model._compile_loss  # trained by Keras's own fit
        before = [id(each) for each in getattr(model.optimizer, "_trainable_variables", ())]
    if compiled is model._compile_loss and before != now:
        raise TrainingError(
            f"layers of {model.name!r} were frozen or unfrozen after it was trained: call its "
            "compile() again, which makes that count"
        )
    _TRAINED[model] = model._compile_loss, now


def own_functions(model: keras.Model) -> list[str]:
    """Names of the methods that make Keras's functions, where the model has its own."""
    names = "make_train_function", "make_test_function"
    return [name for name in names if getattr(type(model), name) is not getattr(keras.Model, name)]


def check_data(engine: str, *parts: Any) -> None:
    """Refuse texts under XLA."""
    for array in tf.nest.flatten([part for part in parts if part is not None]):
        if engine == "resident-xla" and array.dtype.kind in "OSU":
            raise TrainingError("XLA takes no texts: use engine='resident'")


@contextmanager
def xla_refusals(model: keras.Model) -> Iterator[None]:
    """Say in one line what XLA cannot compile."""
    try:
        yield
    except tf.errors.OpError as error:
        if "tf2xla" not in error.message:
            raise
        reason = re.sub(r"{{.*?}}", "", error.message).strip().splitlines()[0]
        if operation := re.search(r"unsupported operations .* on XLA_\w+: (\w+)", reason):
            reason = f"it has no {operation[1]}"
        raise TrainingError(
            f"XLA cannot compile model {model.name!r} ({reason.rstrip('.')}): use engine='resident'"
        ) from None


def build(model: keras.Model, data: Any, batch_size: int, *, needed: bool) -> None:
    """Make the weights, and the optimizer's: made in the first step, it would be traced twice.

    Args:
        needed: Raise what the model raises; without it Keras builds the model in the first step.
    """
    if not steps_as_keras(model):
        return  # a step of one's own may use neither the model's call nor its optimizer
    if not model.built:
        inputs = data[0] if isinstance(data, tuple) else data
        # with numbers the layers would draw random ones, which Keras does not at this point
        try:
            model(tf.nest.map_structure(_symbol, inputs))
        except Exception as error:  # a call that needs the number of rows, or a value
            if not needed:
                return
            try:
                model(tf.nest.map_structure(lambda array: _symbol(array, batch_size), inputs))
            except Exception:
                raise error from None  # the second try may complain of the first
    build_optimizer(model)


def build_optimizer(model: keras.Model) -> None:
    """Make the optimizer's variables, if the model's are all there and Keras's step uses it."""
    whole = all(each.built for each in model._flatten_layers())
    used = whole and steps_as_keras(model) and model.trainable_variables
    if model.optimizer is not None and used:
        model.optimizer.build(model.trainable_variables)


def _symbol(array: np.ndarray, rows: int | None = None) -> keras.KerasTensor:
    spec = spec_of(array)
    return keras.KerasTensor((rows, *spec.shape[1:]), spec.dtype.name)


def steps_as_keras(model: keras.Model) -> bool:
    """Whether a model trains by Keras's own step, which calls it with its inputs."""
    return type(model).train_step is keras.Model.train_step
