"""What `keras.Model.fit` takes as data, as arrays in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from numbers import Number
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from zoo._keras import keras, tf
from zoo.core.errors import DataError, TrainingError
from zoo.training.mapped import write_arrays
from zoo.training.row_weights import by_output
from zoo.training.shards import taken_as

MEMORY_BOUND = 1024**3  # bytes of a stream that are kept in memory


def is_stream(x: Any) -> bool:
    """Whether data come batch by batch: a `tf.data.Dataset`, a `PyDataset`, a generator."""
    return not (x is None or isinstance(x, Mapping | list | tuple) or hasattr(x, "shape"))


def is_for_keras(*data: Any) -> bool:
    """Whether Keras alone takes the data: sparse or ragged tensors, parts that are None."""
    for each in data:
        if isinstance(each, Mapping | list | tuple):
            parts = each.values() if isinstance(each, Mapping) else each
            if any(part is None or is_for_keras(part) for part in parts):
                return True
        elif isinstance(each, tf.SparseTensor | tf.RaggedTensor) or hasattr(each, "tocsr"):
            return True
    return False


def first_batch_size(stream: Any) -> int:
    """Rows in the first batch of a `tf.data.Dataset`; an element of any other shape is refused.

    Raises:
        TrainingError: as `read`.
    """
    _check_batches(stream)
    return next((len(tf.nest.flatten(batch)[0]) for batch in stream.take(1)), 1)


def check_streams(engine: str, x: Any, y: Any, sample_weight: Any, validation_data: Any) -> None:
    """Refuse what goes with no stream, and data that Keras alone takes.

    Raises:
        TrainingError: the message names the argument.
    """
    several = isinstance(validation_data, tuple | list)
    held = validation_data if several else [validation_data]
    if is_for_keras(x, y, sample_weight, *held):
        raise TrainingError(
            f"engine={engine!r} takes no sparse or ragged tensors, and no None among arrays: use "
            "engine='fit'"
        )
    for name, value in {"y": y, "sample_weight": sample_weight}.items():
        if is_stream(x) and value is not None:
            raise TrainingError(
                f"{name} does not go with a {type(x).__name__}, whose batches hold all that is "
                "trained on"
            )


def _check_batches(stream: Any) -> None:
    """Refuse what is no finite `tf.data.Dataset` of batches of plain tensors."""
    if not isinstance(stream, tf.data.Dataset):
        raise TrainingError(
            f"cannot read {type(stream).__name__} into memory: give arrays, a DataFrame or a "
            "finite tf.data.Dataset"
        )
    if stream.cardinality() == tf.data.INFINITE_CARDINALITY:
        raise TrainingError("the tf.data.Dataset has no end: leave out its repeat()")
    leaves = tf.nest.flatten(stream.element_spec)
    for each in leaves:
        if not isinstance(each, tf.TensorSpec) or each.shape.rank == 0:
            raise TrainingError(
                "the tf.data.Dataset must give batches of plain tensors, with the rows on axis 0"
            )
    if len({each.shape[0] for each in leaves if each.shape.rank and each.shape[0]}) > 1:
        raise TrainingError("the tf.data.Dataset gives single rows: call its batch() first")


def read(stream: Any, at_end: ExitStack | None = None) -> Any:
    """The batches of a `tf.data.Dataset` as whole arrays, in the structure of its elements.

    Args:
        at_end: Where given, more than `MEMORY_BOUND` becomes memory-mapped files, which it
            removes.

    Raises:
        TrainingError: it is something else, without end, too large for memory, or its batches do
            not fit together.
    """
    _check_batches(stream)
    spec = stream.element_spec
    batches, size, left = [], 0, iter(stream)
    for batch in left:
        batches.append([each.numpy() for each in tf.nest.flatten(batch)])
        size += sum(each.nbytes for each in batches[-1])
        if size > MEMORY_BOUND and at_end is not None:
            folder = Path(at_end.enter_context(TemporaryDirectory(prefix="zoo-rows-")))
            return write_arrays(_all(spec, batches, left), folder / "rows")
        if size > MEMORY_BOUND:
            raise TrainingError(
                f"the tf.data.Dataset holds more than {MEMORY_BOUND // 1024**2:,} MiB, or has no "
                "end"
            )
    if not batches:
        raise TrainingError("the tf.data.Dataset is empty")
    sizes = [len(parts[0]) for parts in batches]
    if len({*sizes[:-1]}) > 1 or sizes[-1] > sizes[0]:
        raise TrainingError(
            f"the batches of the tf.data.Dataset differ in size, from {min(sizes)} to "
            f"{max(sizes)} rows: use engine='fit', or batch it evenly"
        )
    try:
        whole = [np.concatenate(parts) for parts in zip(*batches, strict=True)]
    except ValueError as error:
        raise TrainingError(
            "the batches of the tf.data.Dataset differ in shape: pad them all to one length"
        ) from error
    return tf.nest.pack_sequence_as(spec, whole)


def _all(spec: Any, begun: list[Any], left: Iterator[Any]) -> Iterator[Any]:
    """The batches that have been read, each let go of, and those that are left."""
    while begun:
        yield tf.nest.pack_sequence_as(spec, begun.pop(0))
    yield from left


def data_of(
    model: keras.Model,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    *,
    at_end: ExitStack | None = None,
) -> Any:
    """What `model.train_step` takes: inputs, targets and weights, those that there are.

    As in Keras, inputs without targets are no tuple, unless they are one themselves.

    Args:
        x, y, sample_weight: As `keras.Model.fit` takes them; a stream has all three.
        at_end: As in `read`.

    Raises:
        TrainingError: as `read`, or numbers of rows that differ.
    """
    given = read(x, at_end) if is_stream(x) else x
    alone = not isinstance(given, tuple | list)
    if is_stream(x):
        x, y, sample_weight = (*((given,) if alone else given), None, None)[:3]
    held = [_alone(_numbers(x), model, "input")]
    if y is not None:
        held.append(_alone(_numbers(y), model, "output"))
        if sample_weight is not None:
            held.append(by_output(model, held[1], as_arrays(sample_weight)))
    rows = {len(each) for each in tf.nest.flatten(held)}
    if len(rows) > 1:
        words = ("inputs", "targets", "weights")
        each = [f"{name} {_counted(part)}" for name, part in zip(words, held, strict=False)]
        raise TrainingError(f"the numbers of rows differ: {', '.join(each)}")
    return held[0] if alone and len(held) == 1 else tuple(held)


def as_arrays(data: Any) -> Any:
    """Mappings and lists of arrays as they are, but of NumPy arrays; anything else as one array.

    A list of plain numbers is one array. As in Keras, floats become `floatx`, and a Series of
    pandas a column; a memory-mapped array stays in its file, and its rows are cast when they are
    taken.

    Raises:
        DataError: it is no array, such as a generator or lists of different lengths, or values of
            it are masked.
    """
    if isinstance(data, Mapping):
        return {name: as_arrays(each) for name, each in data.items()}
    if isinstance(data, list | tuple) and any(hasattr(each, "shape") for each in data):
        return tuple(as_arrays(each) for each in data)
    if np.ma.is_masked(data):
        raise DataError(
            f"{np.ma.count_masked(data):,} values of an array are masked: fill them, as with "
            "filled(0), or with filled(numpy.nan) where the model takes missing values"
        )
    of_pandas = getattr(data, "to_numpy", None)
    try:
        array = of_pandas() if of_pandas else np.asarray(data)
        if of_pandas and array.ndim == 1:
            array = array[:, None]
    except ValueError as error:  # NumPy's own words are of inhomogeneous shapes
        raise DataError(
            "the lists differ in length, so that they make no array: bring them to one length"
        ) from error
    if not array.ndim:
        raise DataError(
            "data must be arrays, lists or DataFrames with the rows on axis 0, not "
            f"{type(data).__name__}"
        )
    if array.dtype.kind in "OSU" or isinstance(data, np.memmap):
        return array
    return array.astype(taken_as(array), copy=False)


def _numbers(data: Any) -> Any:
    return tf.nest.map_structure(_plain, as_arrays(data))


def _plain(array: np.ndarray) -> np.ndarray:
    """An array of Python's numbers as one of floats; texts as they are.

    Raises:
        DataError: dates, or objects that are neither numbers nor texts.
    """
    if array.dtype.kind in "mM":
        raise DataError("an array holds dates: turn them into numbers first")
    if array.dtype != object or any(isinstance(each, str | bytes) for each in array.flat):
        return array
    try:
        return array.astype(keras.config.floatx())
    except (TypeError, ValueError) as error:
        kind = next((type(each).__name__ for each in array.flat if not _is_number(each)), "object")
        raise DataError(f"an array holds values that are no numbers, such as {kind}") from error


def _is_number(value: Any) -> bool:
    return isinstance(value, Number) and not isinstance(value, complex)


def _alone(data: Any, model: keras.Model, side: str) -> Any:
    """A mapping or list of one array as that array, which Keras wants of a model with one tensor.

    A model that was made of mappings or lists, or is a class of its own, gets them.
    """
    if not isinstance(data, Mapping | tuple) or len(data) > 1:
        return data
    if isinstance(model, keras.Function):
        if isinstance(getattr(model, side), Mapping):
            return data
    elif not isinstance(model, keras.Sequential):
        return data
    return next(iter(data.values() if isinstance(data, Mapping) else data))


def _counted(part: Any) -> str:
    return " and ".join(f"{len(each):,}" for each in tf.nest.flatten(part))
