"""Running the epochs: `fit` for any compiled Keras model, with three engines.

- `fit`: one step at a time, batches from a prefetching `tf.data` pipeline;
- `resident`: data on the device once, every epoch one compiled function;
- `resident-xla`: the same, compiled with XLA: far faster for dense, embedding and LSTM models,
  far slower for convolutions on a CPU.

All three take the rows in the same order, which the seed and the epoch decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError, UnknownNameError
from zoo.recipes.fields import ENGINES
from zoo.training import resident
from zoo.training.arrays import MEMORY_BOUND, data_of, first_batch_size, is_stream
from zoo.training.resident import shuffled, take

Arrays = Mapping[str, np.ndarray]

BATCH = 32  # rows in a step, as in Keras, where none are given
EVALUATION_BYTES = 4 * 1024**2  # inputs of one batch of an evaluation


def set_seed(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow, and make TensorFlow's operations deterministic.

    Determinism stays on for the rest of the process. It holds for one machine and one set of
    versions; oneDNN on or off changes the last bits (run.json records it).
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def fit(
    model: keras.Model,
    x: Any = None,
    y: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: int | str = "auto",
    callbacks: Sequence[keras.callbacks.Callback] | None = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: bool = True,
    class_weight: Mapping[int, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_steps: int | None = None,
    validation_batch_size: int | None = None,
    validation_freq: int = 1,
    *,
    engine: str = "fit",
    seed: int = 0,
) -> keras.callbacks.History:
    """Train a compiled model: the arguments of `keras.Model.fit` in its order, and the engine.

    Arrays are trained on in an order that seed and epoch decide, the same with every engine. A
    `tf.data.Dataset` keeps its own order and batches: `fit` hands it to Keras as it is, a resident
    engine reads it once and shuffles its rows.

    Args:
        model: Any compiled Keras model.
        x: Inputs with the rows on axis 0: an array, a list of arrays, a mapping by input name, a
            DataFrame, or a finite `tf.data.Dataset` of (inputs, targets) or of (inputs, targets,
            weights) in batches. With `engine="fit"` anything that Keras takes.
        y: Targets, likewise; none where `x` has them.
        batch_size: Rows in a step, 32 by default.
        epochs: Number of the last epoch.
        verbose: As in Keras: 0 prints nothing.
        callbacks: Keras's or your own. With a resident engine an epoch is one batch to them.
        validation_split: Share of the rows, taken from their end, to validate on.
        validation_data: Rows to validate on, (x, y) or (x, y, weights), or a `tf.data.Dataset`.
        shuffle: Whether each epoch takes the rows in an order of its own. If not, with
            `steps_per_epoch` each epoch goes on where the last one stopped, as in Keras: the one
            that comes to the last row ends there, and the next begins at the first.
        class_weight: Weight of each class id, for a model with one output. As in Keras, it does
            not weigh the rows that `validation_split` holds out.
        sample_weight: Weight of each row, shape (rows,), or by output name.
        initial_epoch: Epochs already done, when a training is resumed.
        steps_per_epoch: Steps in an epoch; None takes all rows. With `shuffle` each epoch draws
            its rows anew from all of them.
        validation_steps: Steps of a validation; None takes all rows.
        validation_batch_size: Rows in a step of a validation, by default `batch_size`.
        validation_freq: Validate after every such number of epochs.
        engine: `fit`, `resident` or `resident-xla`; `engine_for` says what fits in memory.
        seed: With the epoch, fixes the order of the rows.

    Returns:
        Keras's history of the training.

    Raises:
        UnknownNameError: no such engine.
        TrainingError: a model that is not compiled, no training rows, fewer than the steps need,
            or numbers of rows or kinds of weights that do not go together.

    Example:
        >>> import numpy as np
        >>> import zoo
        >>> import zoo.training
        >>> model = zoo.build("tiny_dense")
        >>> model.compile("sgd", "mse")
        >>> x = np.eye(2, dtype="float32")
        >>> log = zoo.training.fit(model, x, x, epochs=3, verbose=0, engine="resident")
        >>> len(log.history["loss"])
        3
    """
    if engine not in ENGINES:
        raise UnknownNameError("engine", engine, ENGINES)
    if not model.compiled:
        raise TrainingError(f"model {model.name!r} is not compiled: call its compile() first")
    settings: dict[str, Any] = {
        "epochs": epochs,
        "initial_epoch": initial_epoch,
        "validation_freq": validation_freq,
        "callbacks": [*(callbacks or ())],
        "verbose": verbose,
        "shuffle": False,  # the engines shuffle
    }
    if engine == "fit" and is_stream(x):
        return model.fit(
            x,
            y,
            batch_size=batch_size,
            validation_data=validation_data,
            class_weight=class_weight,
            sample_weight=sample_weight,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_split=validation_split,
            validation_batch_size=validation_batch_size,
            # of True, its default, Keras warns that a tf.data.Dataset is not shuffled
            **{**settings, "shuffle": shuffle and not isinstance(x, tf.data.Dataset)},
        )
    if is_stream(x):
        batch_size = batch_size or first_batch_size(x)
    batch_size = batch_size or BATCH
    data, held = data_of(model, x, y, sample_weight), None
    if class_weight is not None and (len(data) != 2 or len(tf.nest.flatten(data[1])) > 1):
        raise TrainingError("class_weight needs a model with one output and no sample_weight")
    if is_stream(validation_data):
        held = data_of(model, validation_data)
    elif validation_data is not None:
        held = data_of(model, *validation_data)
    elif validation_split:
        cut = int(_rows(data) * (1 - validation_split))
        held = tf.nest.map_structure(lambda array: array[cut:], data)
        data = tf.nest.map_structure(lambda array: array[:cut], data)
    if held is not None and validation_steps is not None:
        most = validation_steps * (validation_batch_size or batch_size)
        held = tf.nest.map_structure(lambda array: array[:most], held)
    if class_weight is not None:
        data = (*data, _weights(tf.nest.flatten(data[1])[0], class_weight))
    if not _rows(data):
        raise TrainingError("there are no rows to train on")
    steps = -(-_rows(data) // batch_size)
    if steps_per_epoch is not None and not 0 < steps_per_epoch <= steps:
        raise TrainingError(
            f"steps_per_epoch must be from 1 to {steps:,}, which takes all {_rows(data):,} rows, "
            f"not {steps_per_epoch:,}"
        )
    taken = min(_rows(data), batch_size * (steps_per_epoch or steps))
    if not model.built:
        model(tf.nest.map_structure(lambda array: tf.convert_to_tensor(array[:1]), data[0]))
    model.optimizer.build(model.trainable_variables)  # made in the first step, it is traced twice
    order = _Order(
        batch_size, validation_batch_size or batch_size, taken, seed if shuffle else None
    )
    if engine == "fit":
        return _fit_by_steps(model, data, held, order, settings)
    return _fit_by_epochs(model, data, held, order, settings, xla=engine == "resident-xla")


@dataclass(frozen=True)
class _Order:
    """Rows in a step of training and of validation, rows in an epoch, and the seed of their order.

    Without a seed the rows are taken as they are.
    """

    batch_size: int
    held_batch_size: int
    taken: int
    seed: int | None


def engine_for(engine: str, data: Sequence[Any], bound: int = MEMORY_BOUND) -> tuple[str, str]:
    """The engine to use for arrays of this size, and why it is another one, if it is.

    Args:
        engine: The one that is wanted.
        data: Arrays, or mappings or sequences of them.
        bound: Bytes that may be kept on the device.

    Returns:
        The engine, and the reason in words; empty where it is the wanted one.

    Example:
        >>> import numpy as np
        >>> import zoo.training
        >>> zoo.training.engine_for("resident", [np.zeros((1000, 1000))], bound=10**6)
        ('fit', '8 MiB of data, more than 1 MiB')
    """
    size = sum(array.nbytes for array in tf.nest.flatten(data))
    if engine != "fit" and size > bound:
        return "fit", f"{size / 1024**2:,.0f} MiB of data, more than {bound / 1024**2:,.0f} MiB"
    return engine, ""


def _fit_by_steps(
    model: keras.Model, data: Any, held: Any, order: _Order, settings: dict[str, Any]
) -> keras.callbacks.History:
    rows, size, taken = _rows(data), order.batch_size, order.taken
    tensors = tf.nest.map_structure(tf.convert_to_tensor, data)  # arrays would enter the graph
    if order.seed is None:  # Keras goes on in it where an epoch has stopped
        chosen_rows = tf.data.Dataset.range(rows).batch(size)
    else:
        chosen_rows = tf.data.Dataset.range(settings["initial_epoch"], settings["epochs"]).flat_map(
            lambda epoch: tf.data.Dataset.from_tensor_slices(
                shuffled(rows, order.seed, epoch)[:taken]
            ).batch(size)
        )
    batches = chosen_rows.map(lambda chosen: take(tensors, chosen)).prefetch(2)
    validation = None
    if held is not None:
        slices = tf.data.Dataset.from_tensor_slices(held)
        validation = slices.batch(order.held_batch_size).cache().prefetch(2)
    return model.fit(
        batches, steps_per_epoch=-(-taken // size), validation_data=validation, **settings
    )


def _fit_by_epochs(
    model: keras.Model,
    data: Any,
    held: Any,
    order: _Order,
    settings: dict[str, Any],
    *,
    xla: bool,
) -> keras.callbacks.History:
    # Fit gets one batch, over and over: it needs it to build metrics, not to train on.
    first, size, held_size = settings["initial_epoch"], order.batch_size, order.held_batch_size
    try:
        model.train_function = resident.train_function(
            model, data, size, order.taken, seed=order.seed, first_epoch=first, xla=xla
        )
        validation = {}
        if held is not None:
            model.test_function = resident.test_function(model, held, held_size, xla=xla)
            validation = {"validation_data": _one_batch(held, held_size), "validation_steps": 1}
        return model.fit(_one_batch(data, size), steps_per_epoch=1, **validation, **settings)
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
