"""Running the epochs: `fit` for any compiled Keras model, with three engines.

- `fit`: one step at a time, batches from a prefetching `tf.data` pipeline;
- `resident`: data on the device once, every epoch one compiled function;
- `resident-xla`: the same, compiled with XLA: far faster for dense, embedding and LSTM models,
  far slower for convolutions on a CPU.

All three take the rows in the same order, which the seed and the epoch decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError
from zoo.training import resident
from zoo.training.resident import shuffled, take

Arrays = Mapping[str, np.ndarray]

EVALUATION_BYTES = 4 * 1024**2  # inputs of one batch of an evaluation
MEMORY_BOUND = 2 * 1024**3  # bytes of data that the resident engines keep on the device


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow, and make TensorFlow's operations deterministic.

    Determinism stays on for the rest of the process. It holds for one machine and one set of
    versions; oneDNN on or off changes the last bits (run.json records it).
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def fit(
    model: keras.Model,
    train: tuple[Arrays, Arrays],
    validation: tuple[Arrays, Arrays] | None = None,
    *,
    epochs: int,
    batch_size: int,
    engine: str = "fit",
    seed: int = 0,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_split: float = 0.0,
    validation_freq: int = 1,
    validation_sample_weight: np.ndarray | Arrays | None = None,
    sample_weight: np.ndarray | Arrays | None = None,
    class_weight: Mapping[int, float] | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> keras.callbacks.History:
    """Train a compiled model on named arrays.

    Args:
        model: Any compiled Keras model.
        train: Inputs and targets by name, rows on axis 0.
        validation: The same for validation rows, which are not trained on.
        engine: `fit`, `resident` or `resident-xla`; `engine_for` says what fits in memory.
        seed: With the epoch, fixes the order of the rows.
        initial_epoch: Epochs already done, when a run is resumed.
        steps_per_epoch: Steps in an epoch; None takes all rows. Each epoch draws its rows anew.
        validation_split: Share of the training rows, taken from their end, to validate on.
        validation_freq: Validate after every such number of epochs.
        sample_weight: Weight of each row, shape (rows,), or by output name.
            `validation_sample_weight` is the same for the validation rows.
        class_weight: Weight of each class id, for a model with one output. As in Keras, it does
            not weigh the rows that `validation_split` holds out.

    Returns:
        Keras's history of the run.

    Raises:
        TrainingError: no training rows, fewer than the steps need, or weights of both kinds.
    """
    data, held = _weighted(train, sample_weight), None
    if class_weight is not None and (sample_weight is not None or len(train[1]) > 1):
        raise TrainingError("class_weight needs a model with one output and no sample_weight")
    if validation is not None:
        held = _weighted(validation, validation_sample_weight)
    elif validation_split:
        cut = int(_rows(data) * (1 - validation_split))
        held = tf.nest.map_structure(lambda array: array[cut:], data)
        data = tf.nest.map_structure(lambda array: array[:cut], data)
    if class_weight is not None:
        data = (*data, _weights(data[1], class_weight))
    if not _rows(data):
        raise TrainingError("there are no rows to train on")
    steps = -(-_rows(data) // batch_size)
    if steps_per_epoch is not None and not 0 < steps_per_epoch <= steps:
        raise TrainingError(
            f"steps_per_epoch must be from 1 to {steps:,}, which takes all {_rows(data):,} rows, "
            f"not {steps_per_epoch:,}"
        )
    taken = min(_rows(data), batch_size * (steps_per_epoch or steps))
    settings: dict[str, Any] = {
        "epochs": epochs,
        "initial_epoch": initial_epoch,
        "validation_freq": validation_freq,
        "callbacks": list(callbacks),
        "shuffle": False,  # the engines shuffle
        "verbose": 0,
    }
    model.optimizer.build(model.trainable_variables)  # made in the first step, it is traced twice
    if engine == "fit":
        return _fit_by_steps(model, data, held, batch_size, seed, taken, settings)
    xla = engine == "resident-xla"
    return _fit_by_epochs(model, data, held, batch_size, seed, taken, xla=xla, settings=settings)


def _weighted(split: tuple[Arrays, Arrays], weights: np.ndarray | Arrays | None) -> Any:
    """What `model.train_step` takes: inputs and targets, and the rows' weights if there are any."""
    data = (as_inputs(split[0]), as_inputs(split[1]))
    if weights is None:
        return data
    return (*data, dict(weights) if isinstance(weights, Mapping) else weights)


def engine_for(engine: str, data: Sequence[Any], bound: int = MEMORY_BOUND) -> tuple[str, str]:
    """The engine to use for arrays of this size, and why it is another one, if it is."""
    size = sum(array.nbytes for array in tf.nest.flatten(data))
    if engine != "fit" and size > bound:
        return "fit", f"{size / 1024**2:,.0f} MiB of data, more than {bound / 1024**2:,.0f} MiB"
    return engine, ""


def _fit_by_steps(
    model: keras.Model,
    data: Any,
    held: Any,
    batch_size: int,
    seed: int,
    taken: int,
    settings: dict[str, Any],
) -> keras.callbacks.History:
    rows = _rows(data)
    steps = -(-taken // batch_size)
    tensors = tf.nest.map_structure(tf.convert_to_tensor, data)  # arrays would enter the graph
    batches = (
        tf.data.Dataset.range(settings["initial_epoch"], settings["epochs"])
        .flat_map(
            lambda epoch: tf.data.Dataset.from_tensor_slices(
                shuffled(rows, seed, epoch)[:taken]
            ).batch(batch_size)
        )
        .map(lambda chosen: take(tensors, chosen))
        .prefetch(2)
    )
    validation = None
    if held is not None:
        validation = tf.data.Dataset.from_tensor_slices(held).batch(batch_size).cache().prefetch(2)
    return model.fit(batches, steps_per_epoch=steps, validation_data=validation, **settings)


def _fit_by_epochs(
    model: keras.Model,
    data: Any,
    held: Any,
    batch_size: int,
    seed: int,
    taken: int,
    *,
    xla: bool,
    settings: dict[str, Any],
) -> keras.callbacks.History:
    # Fit gets one batch, over and over: it needs it to build metrics, not to train on.
    first = settings["initial_epoch"]
    try:
        model.train_function = resident.train_function(
            model, data, batch_size, taken, seed=seed, first_epoch=first, xla=xla
        )
        validation = {}
        if held is not None:
            model.test_function = resident.test_function(model, held, batch_size, xla=xla)
            validation = {"validation_data": _one_batch(held, batch_size), "validation_steps": 1}
        return model.fit(_one_batch(data, batch_size), steps_per_epoch=1, **validation, **settings)
    finally:
        model.train_function = model.test_function = None


def _one_batch(data: Any, batch_size: int) -> Any:
    batch = tf.nest.map_structure(lambda array: array[:batch_size], data)
    return tf.data.Dataset.from_tensors(batch).repeat()


def _weights(targets: np.ndarray, class_weight: Mapping[int, float]) -> np.ndarray:
    """The weight of each row's class; classes that are not named weigh 1."""
    one_hot = targets.ndim > 1 and targets.shape[1] > 1
    if targets.ndim > 2 or (one_hot and not (targets.sum(axis=1) == 1).all()):
        raise TrainingError(f"class_weight needs one class a row; targets are {targets.shape[1:]}")
    classes = targets.argmax(axis=1) if one_hot else targets.reshape(len(targets)).astype(int)
    return np.array([class_weight.get(int(each), 1.0) for each in classes], np.float32)


def _rows(data: Any) -> int:
    return len(tf.nest.flatten(data)[0])


def evaluate(
    model: keras.Model, inputs: Arrays, targets: Arrays, weights: np.ndarray | None = None
) -> dict[str, float]:
    """Loss and metrics of a compiled model, by name, in evaluation mode.

    Args:
        weights: Weight of each row, shape (rows,), for the loss and the weighted metrics.
    """
    values = model.evaluate(
        as_inputs(inputs),
        as_inputs(targets),
        sample_weight=weights,
        batch_size=_rows_at_once(inputs),
        verbose=0,
        return_dict=True,
    )
    return {name: float(value) for name, value in values.items()}


def predict(model: keras.Model, inputs: Arrays) -> dict[str, np.ndarray]:
    """Predictions by output name, rows on axis 0."""
    outputs: Any = model.predict(as_inputs(inputs), batch_size=_rows_at_once(inputs), verbose=0)
    if isinstance(outputs, dict):
        return outputs
    listed = outputs if isinstance(outputs, list | tuple) else [outputs]
    return dict(zip(output_names(model), listed, strict=True))


def _rows_at_once(inputs: Arrays) -> int:
    """A batch for scoring: large for numbers, smaller for pictures, whose feature maps are many."""
    per_row = sum(array.nbytes // max(1, len(array)) for array in inputs.values())
    return int(np.clip(EVALUATION_BYTES // max(1, per_row), 32, 8192))


def as_inputs(arrays: Arrays) -> Any:
    """Arrays as Keras takes inputs and targets: by name, or alone where there is one.

    Texts become tensors: Keras takes no arrays of them.
    """
    taken = {
        name: tf.convert_to_tensor(array)
        if isinstance(array, np.ndarray) and array.dtype.kind in "OU"
        else array
        for name, array in arrays.items()
    }
    return next(iter(taken.values())) if len(taken) == 1 else taken


def output_names(model: keras.Model) -> list[str]:
    """The output layers' names; a Sequential model does not give them itself."""
    if isinstance(model, keras.Sequential):
        return [model.layers[-1].name]
    return list(model.output_names)
