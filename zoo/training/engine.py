"""Running the epochs: `fit` for any compiled Keras model, with three engines.

- `fit`: one step at a time, batches from a prefetching `tf.data` pipeline;
- `resident`: every epoch is one compiled loop over rows that are on the device;
- `resident-xla`: the same, compiled with XLA: far faster for dense, embedding and LSTM models,
  far slower for convolutions on a CPU.

All three take the rows in the same order, which the seed and the epoch decide, and data of any
size: of more than fits into a piece (`zoo.training.shards`), one piece is gathered while the one
before it is trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing, nullcontext
from typing import Any

from zoo._keras import keras, tf
from zoo.core.errors import TrainingError, UnknownNameError
from zoo.recipes.fields import AUTO, ENGINES
from zoo.training.arrays import check_streams, data_of, first_batch_size, is_for_keras, is_stream
from zoo.training.checks import (
    build,
    check_data,
    check_model,
    check_settings,
    check_trainable,
    steps_in_epoch,
    xla_refusals,
)
from zoo.training.devices import engine_for, has_gpu
from zoo.training.ids import NotedIds, check_classes, check_ids, ids_refused
from zoo.training.part import Fitting, Part, endless
from zoo.training.quiet import without_retracing_warnings
from zoo.training.resident import loop, run_epoch
from zoo.training.row_weights import by_class
from zoo.training.shards import Order, Shards, batches, count
from zoo.training.strategies import strategy_of

BATCH = 32  # rows in a step, as in Keras, where none are given


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
    callbacks: Any = None,
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

    A model that was built and compiled in the scope of a `tf.distribute.MirroredStrategy` or
    `MultiWorkerMirroredStrategy` is trained by all its devices or workers: `batch_size` is that of
    all together, and the result is that of one process. Every worker calls `fit` with the same
    arguments; callbacks run on the chief, and all return its history. Afterwards `evaluate`,
    `predict` and `save` are each process's own.

    Args:
        model: Any compiled Keras model.
        x: Inputs with the rows on axis 0: an array, a list of arrays, a mapping by input name, a
            DataFrame, or a finite `tf.data.Dataset` of (inputs, targets) or of (inputs, targets,
            weights) in batches. Arrays may be memory-mapped files that are larger than memory.
            With `engine="fit"` anything that Keras takes.
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
        sample_weight: Weight of each row, shape (rows,), or by output name; outputs that are not
            named weigh 1.
        initial_epoch: Epochs already done, when a training is resumed.
        steps_per_epoch: Steps in an epoch; None takes all rows. With `shuffle` each epoch draws
            its rows anew from all of them.
        validation_steps: Steps of a validation; None takes all rows.
        validation_batch_size: Rows in a step of a validation, by default `batch_size`.
        validation_freq: Validate after every such number of epochs.
        engine: `fit`, `resident` or `resident-xla`, or `auto` for what suits the model's layers
            and the machine.
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
    if engine not in (known := (*ENGINES, AUTO)):
        raise UnknownNameError("engine", engine, known)
    if engine == AUTO and is_stream(x) and not isinstance(x, tf.data.Dataset):
        engine = "fit"
    engine = engine_for(model, engine)
    check_model(model, engine)
    counts: dict[str, Any] = {
        "batch_size": batch_size,
        "validation_batch_size": validation_batch_size,
        "steps_per_epoch": steps_per_epoch,
        "validation_steps": validation_steps,
        # a list of epochs is Keras's to check
        "validation_freq": validation_freq if isinstance(validation_freq, int) else None,
    }
    check_settings(model, counts, validation_split, shuffle, seed)
    if isinstance(callbacks, keras.callbacks.CallbackList):
        callbacks = callbacks.callbacks
    elif isinstance(callbacks, keras.callbacks.Callback):
        callbacks = [callbacks]
    strategy = strategy_of(model, engine)
    settings: dict[str, Any] = {
        "epochs": epochs,
        "initial_epoch": initial_epoch,
        "validation_freq": validation_freq,
        "verbose": verbose,
    }
    several = isinstance(validation_data, tuple | list)
    given = [x, y, sample_weight, *(validation_data if several else [validation_data])]
    other = is_stream(validation_data) and not isinstance(validation_data, tf.data.Dataset)
    if engine == "fit" and strategy is None and (is_stream(x) or other or is_for_keras(*given)):
        return model.fit(
            x,
            y,
            batch_size=batch_size,
            callbacks=callbacks,
            validation_data=validation_data,
            class_weight=class_weight,
            sample_weight=sample_weight,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_split=validation_split,
            validation_batch_size=validation_batch_size,
            # of True, its default, Keras warns that data in an order of its own is not shuffled
            shuffle=shuffle and not (isinstance(x, tf.data.Dataset) or hasattr(x, "__next__")),
            **settings,
        )
    check_streams(engine, x, y, sample_weight, validation_data)
    # as in Keras, a stream's own batches count
    size = first_batch_size(x) if is_stream(x) else batch_size or BATCH
    held_size = validation_batch_size or size
    if is_stream(validation_data):
        held_size = first_batch_size(validation_data)
    with ExitStack() as at_end:
        at_end.enter_context(without_retracing_warnings())
        data, held = data_of(model, x, y, sample_weight, at_end=at_end), None
        if validation_data is not None:
            parts = (
                validation_data if isinstance(validation_data, tuple | list) else [validation_data]
            )
            if not 1 <= len(parts) <= 3:
                raise TrainingError("validation_data takes (x, y) or (x, y, weights)")
            held = data_of(model, *parts, at_end=at_end)
        elif validation_split:
            cut = int(count(data) * (1 - validation_split))
            held = tf.nest.map_structure(lambda array: array[cut:], data)
            data = tf.nest.map_structure(lambda array: array[:cut], data)
        if held is not None and validation_steps is not None:
            most = validation_steps * held_size
            held = tf.nest.map_structure(lambda array: array[:most], held)
        if held is not None and not count(held):
            raise TrainingError("there are no rows to validate on")
        if class_weight is not None:
            data = by_class(data, class_weight)
        steps = steps_in_epoch(count(data), size, steps_per_epoch)
        check_data(engine, data, held)
        with strategy.scope() if strategy else nullcontext():
            build(model, data, size, needed=engine != "fit")
        check_trainable(model, engine)
        parts = [part for part in (data, held) if part is not None]
        unseen = check_ids(model, *parts)
        check_classes(model, *parts)
        taken = min(count(data), size * steps)
        order = Order(count(data), taken, seed if shuffle else None)
        train = Part(data, size, order)
        test = None if held is None else Part(held, held_size, Order(count(held), count(held)))
        fitting = Fitting(model, train, test, [*(callbacks or ())], settings, at_end)
        at_end.enter_context(ids_refused(model))
        if engine == "resident-xla":
            at_end.enter_context(xla_refusals(model))
        if strategy is not None:
            from zoo.training.split_fit import fit_split  # derives from Keras's classes

            return fit_split(fitting, strategy, by_steps=engine == "fit")
        if engine == "fit":
            return _fit_by_steps(fitting)
        silent = engine == "resident-xla" or has_gpu()
        noted = NotedIds(unseen if silent else [])
        return _fit_by_epochs(fitting, noted, xla=engine == "resident-xla")


def _fit_by_steps(fitting: Fitting) -> keras.callbacks.History:
    from zoo.training.own_calls import own_calls  # loads TensorFlow

    model, train, settings = fitting.model, fitting.train, fitting.settings
    own, _ = own_calls(model, None, None)

    def pipeline(part: Part, last: int) -> Any:
        shards = Shards(part.data, part.batch_size, part.order, last)
        fitting.at_end.enter_context(closing(shards))
        return batches(shards, part.batch_size, lambda: own.epoch if part is train else 0)

    validation = None if fitting.test is None else pipeline(fitting.test, 0)
    if train.order.seed is None and train.order.taken < train.order.rows:
        x, y, weights = (*_as_tuple(train.data), None, None)[:3]
        return model.fit(  # Keras goes on in arrays where an epoch has stopped
            x,
            y,
            sample_weight=weights,
            batch_size=train.batch_size,
            steps_per_epoch=train.steps,
            shuffle=False,
            callbacks=fitting.callbacks,
            validation_data=validation,
            **settings,
        )
    return model.fit(
        pipeline(train, settings["epochs"]),
        callbacks=[*fitting.callbacks, own],
        validation_data=validation,
        shuffle=False,
        **settings,
    )


def _as_tuple(data: Any) -> tuple[Any, ...]:
    return data if isinstance(data, tuple) else (data,)


def _fit_by_epochs(fitting: Fitting, noted: NotedIds, *, xla: bool) -> keras.callbacks.History:
    from zoo.training.own_calls import own_calls  # loads TensorFlow

    model, train, test = fitting.model, fitting.train, fitting.test

    def resident(part: Part, step: str, last: int) -> Callable[[], Callable[[int], Any]]:
        shards = Shards(part.data, part.batch_size, part.order, last)
        fitting.at_end.enter_context(closing(shards))

        def make() -> Callable[[int], Any]:
            run = loop(model, getattr(model, step), part.batch_size, xla=xla, within=noted.noting)

            def epoch(number: int) -> Any:
                logs = run_epoch(run, shards, number)
                noted.check()
                return logs

            return epoch

        return make

    validation: dict[str, Any] = {}
    validate = None
    if test is not None:
        validate = resident(test, "test_step", 0)
        validation = {"validation_data": endless(test), "validation_steps": 1}
    run = resident(train, "train_step", fitting.settings["epochs"])
    own, serving = own_calls(model, run, validate)
    with serving():
        return model.fit(
            endless(train),
            steps_per_epoch=1,
            shuffle=False,
            callbacks=[*fitting.callbacks, own],
            **validation,
            **fitting.settings,
        )
