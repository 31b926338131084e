"""Weights of rows, as `keras.Model.fit` takes them, in the form of the targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError, UnknownNameError


def by_output(model: keras.Model, targets: Any, weights: Any) -> Any:
    """Weights by output name as the structure of the targets; others as they are.

    Keras takes a mapping only where the targets are one. Outputs without weights weigh 1.

    Args:
        targets: An array, or a tuple or mapping of them.
        weights: An array (rows,), a tuple of them, or a mapping by output name.

    Raises:
        TrainingError: a name is no output's.
    """
    if not isinstance(weights, Mapping):
        return weights
    if isinstance(targets, Mapping):
        names = [*targets]
    else:
        names = [*(getattr(model, "output_names", None) or ())]
        if (isinstance(targets, tuple) and len(names) != len(targets)) or not names:
            raise TrainingError(
                "sample_weight by name needs targets by name, or outputs with names"
            )
    for name in weights:
        if name not in names:
            raise TrainingError(f"sample_weight: {UnknownNameError('output', name, names)}")
    rows = len(tf.nest.flatten(targets)[0])
    whole = {name: weights.get(name, np.ones(rows, np.float32)) for name in names}
    if isinstance(targets, Mapping):
        # Keras makes a list of the targets where the model's outputs are one, not of the weights
        listed = isinstance(model, keras.Function) and not isinstance(model.output, Mapping)
        return tuple(whole[name] for name in model.output_names) if listed else whole
    return tuple(whole.values()) if isinstance(targets, tuple) else whole[names[0]]


def by_class(data: Any, class_weight: Mapping[int, float]) -> tuple[Any, Any, np.ndarray]:
    """Inputs, targets, and a weight of each row by its class, which is found as Keras does.

    Classes that are not named weigh 1. The class is the largest of several columns, or one
    column's rounded value.

    Raises:
        TrainingError: several outputs, rows that have weights already, or several classes a row.
    """
    if not isinstance(data, tuple) or len(data) != 2 or len(tf.nest.flatten(data[1])) > 1:
        raise TrainingError("class_weight needs a model with one output and no sample_weight")
    (targets,) = tf.nest.flatten(data[1])
    if targets.ndim > 2:
        raise TrainingError(
            f"class_weight needs one class a row; targets are {targets.shape[1:]}: give each "
            "value a weight with sample_weight"
        )
    if targets.ndim == 2 and targets.shape[1] > 1:
        classes = targets.argmax(axis=1)
    else:
        classes = np.round(targets.reshape(len(targets))).astype(np.int32)
    named = np.array([class_weight.get(int(each), 1.0) for each in np.unique(classes)], np.float32)
    return (*data, named[np.unique(classes, return_inverse=True)[1]])
