"""Scores and predictions of a model on arrays of any size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.core.errors import DataError
from zoo.training.logs import plain_numbers
from zoo.training.shards import SHARD, Order, Shards, batches, count, size_of, taken_as

Arrays = Mapping[str, np.ndarray]

EVALUATION_BYTES = 4 * 1024**2  # inputs of one batch of an evaluation


def evaluate(
    model: keras.Model, inputs: Arrays, targets: Arrays, weights: np.ndarray | None = None
) -> dict[str, float]:
    """Loss and metrics of a compiled model, by name, in evaluation mode.

    Args:
        weights: Weight of each row, shape (rows,), for the loss and the weighted metrics.
    """
    parts = [as_inputs(inputs), as_inputs(targets), *([] if weights is None else [weights])]
    if weights is None and _by_turns(model, parts, "test"):
        logs: Any = {}
        model.make_test_function()
        model.reset_metrics()
        for batch in _slices(tuple(parts), _rows_at_once(model, inputs)):
            logs = model.test_function(iter([batch]))
        return plain_numbers(dict(sorted(logs.items())))  # as `model.evaluate` orders them
    with _streamed(tuple(parts), _rows_at_once(model, inputs)) as given:
        values = model.evaluate(**given, verbose=0, return_dict=True)
    return plain_numbers(values)


def predict(model: keras.Model, inputs: Arrays) -> dict[str, np.ndarray]:
    """Predictions by output name, rows on axis 0."""
    given, rows = as_inputs(inputs), _rows_at_once(model, inputs)
    outputs: Any
    if _by_turns(model, given, "predict"):
        parts = [model.predict_on_batch(batch) for batch in _slices(given, rows)]
        outputs = tf.nest.map_structure(lambda *each: np.concatenate(each), *parts)
    else:
        with _streamed((given,), rows) as words:
            outputs = model.predict(**words, verbose=0)
    if isinstance(outputs, dict):
        return outputs
    listed = outputs if isinstance(outputs, list | tuple) else [outputs]
    names = output_names(model)
    if len(names) != len(listed):  # a class of one's own, with several
        names = ["output"] * len(listed)
    return dict(zip(_distinct(names), listed, strict=True))


def _distinct(names: list[str]) -> list[str]:
    """Names of outputs; a layer that makes several of them numbers the later ones.

    >>> _distinct(["d", "d", "e"])
    ['d', 'd_1', 'e']
    """
    found: list[str] = []
    for name in names:
        number = sum(each == name or each.startswith(f"{name}_") for each in found)
        found.append(f"{name}_{number}" if name in found else name)
    return found


def _by_turns(model: keras.Model, data: Any, kind: str) -> bool:
    """Whether batches can go to the model's function one by one, without a `tf.data` pipeline.

    That takes a third of a second to make and to trace, as long as few rows take to be scored.
    """
    leaves = tf.nest.flatten(data)
    return (
        getattr(type(model), f"{kind}_step") is getattr(keras.Model, f"{kind}_step")
        and all(isinstance(each, np.ndarray) and len(each) for each in leaves)
        and len({len(each) for each in leaves}) == 1  # Keras says what differs
        and size_of(data) <= SHARD
        and model.distribute_strategy.num_replicas_in_sync == 1
        and getattr(model, "steps_per_execution", 1) == 1
    )


def _slices(data: Any, rows: int) -> Iterator[Any]:
    """Batches of arrays, of the types that Keras makes of them."""
    data = tf.nest.map_structure(
        lambda array: array.astype(taken_as(array), copy=False),
        data,
    )
    for start in range(0, count(data), rows):
        part = slice(start, start + rows)
        yield tf.nest.map_structure(lambda array, part=part: array[part], data)


@contextmanager
def _streamed(data: tuple[Any, ...], batch_size: int) -> Iterator[dict[str, Any]]:
    """What `evaluate` and `predict` of Keras take: arrays, or long ones piece by piece.

    Keras copies arrays as a whole.
    """
    if any(not isinstance(each, np.ndarray) for each in tf.nest.flatten(data)) or (
        size_of(data) <= SHARD
    ):
        words = ("x", "y", "sample_weight")
        yield {**dict(zip(words, data, strict=False)), "batch_size": batch_size}
        return
    rows = count(data)
    with closing(Shards(data, batch_size, Order(rows, rows), 0)) as shards:
        yield {"x": batches(shards, batch_size)}


def _rows_at_once(model: keras.Model, inputs: Arrays) -> int:
    """A batch for scoring: large for numbers, smaller for pictures, whose feature maps are many.

    A model with a batch size of its own, such as a stateful one, gets that.

    Raises:
        DataError: there are no rows.
    """
    if not all(len(array) for array in inputs.values()):
        raise DataError("there are no rows to predict for")
    fixed = model.inputs[0].shape[0] if isinstance(model, keras.Function) else None
    if fixed:
        return fixed
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
    """The output layers' names; a Sequential model does not give them itself.

    A model that is no graph of layers has none: then its one output is called `output`.
    """
    if isinstance(model, keras.Sequential):
        return [model.layers[-1].name]
    return list(getattr(model, "output_names", ("output",)))
