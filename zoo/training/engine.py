"""Running the epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from zoo._keras import keras

if TYPE_CHECKING:
    Arrays = Mapping[str, np.ndarray]


def fit(
    model: keras.Model,
    train: tuple[Arrays, Arrays],
    validation: tuple[Arrays, Arrays] | None = None,
    *,
    epochs: int,
    batch_size: int,
    validation_split: float = 0.0,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> keras.callbacks.History:
    """Train a compiled model on named arrays.

    Args:
        model: Any compiled Keras model.
        train: Inputs and targets by port name, rows on axis 0.
        validation: Likewise; left out of the training.
        validation_split: As in `keras.Model.fit`: the last share of the training rows.

    Returns:
        Keras's history of the run.
    """
    inputs, targets = train
    return model.fit(
        as_inputs(inputs),
        as_inputs(targets),
        validation_data=(as_inputs(validation[0]), as_inputs(validation[1]))
        if validation
        else None,
        validation_split=0.0 if validation else validation_split,
        epochs=epochs,
        batch_size=batch_size,
        callbacks=list(callbacks),
        verbose=0,
    )


def evaluate(
    model: keras.Model, inputs: Arrays, targets: Arrays, batch_size: int = 8192
) -> dict[str, float]:
    """Loss and metrics of a compiled model, by name, in evaluation mode."""
    values = model.evaluate(
        as_inputs(inputs), as_inputs(targets), batch_size=batch_size, verbose=0, return_dict=True
    )
    return {name: float(value) for name, value in values.items()}


def predict(model: keras.Model, inputs: Arrays, batch_size: int = 8192) -> dict[str, np.ndarray]:
    """Predictions by output name, rows on axis 0."""
    outputs: Any = model.predict(as_inputs(inputs), batch_size=batch_size, verbose=0)
    if isinstance(outputs, dict):
        return outputs
    listed = outputs if isinstance(outputs, list | tuple) else [outputs]
    return dict(zip(output_names(model), listed, strict=True))


def as_inputs(arrays: Arrays) -> Any:
    """Arrays as Keras takes inputs and targets: by name, or alone where there is one."""
    return next(iter(arrays.values())) if len(arrays) == 1 else dict(arrays)


def output_names(model: keras.Model) -> list[str]:
    """The output layers' names; a Sequential model does not give them itself."""
    if isinstance(model, keras.Sequential):
        return [model.layers[-1].name]
    return list(model.output_names)
