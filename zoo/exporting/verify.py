"""Whether a written file does what the model does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zoo._keras import keras
from zoo.exporting import serving
from zoo.exporting.formats import Arrays, Artifact, ExportError

ROWS = 32  # of the test split
LENGTHS = (16, 32, 64, 128, 256, 512, 1024)  # tried for axes that vary, if there is no data
LONGER = 7  # by which the second length is longer than the first


@dataclass(frozen=True)
class Check:
    """What a check found: rows and lengths seen, and the largest absolute difference."""

    batches: tuple[int, ...]
    lengths: tuple[int, ...]
    difference: float


def made_up_rows(model: keras.Model, rows: int = ROWS, seed: int = 0) -> Arrays:
    """Rows for a model without data: ids 0 and 1, and numbers from a normal distribution.

    Axes that vary get the shortest of `LENGTHS` that the model takes.

    Raises:
        ExportError: the model takes none of them.
    """
    complaint = ""
    for length in LENGTHS:
        inputs = _random(model, rows, length, seed)
        try:
            # Shapes alone: run, TensorFlow takes the maximum of no steps and calls it -3e38.
            shapes = [keras.KerasTensor(inputs[t.name].shape, t.dtype) for t in model.inputs]
            model(shapes if len(shapes) > 1 else shapes[0])
        except Exception as error:  # too short for a convolution or pool, as each layer says it
            complaint = str(error).partition("\n")[0]
            continue
        return inputs
    raise ExportError(f"{model.name} takes no made-up rows; give some of your own: {complaint}")


def _random(model: keras.Model, rows: int, length: int, seed: int) -> Arrays:
    rng = np.random.default_rng(seed)
    inputs = {}
    for tensor in serving.inputs_of(model):
        shape = (rows, *(length if size is None else size for size in tensor.shape[1:]))
        if tensor.dtype.startswith("float") or tensor.dtype == "bfloat16":
            inputs[tensor.name] = rng.normal(size=shape).astype(np.dtype(tensor.dtype))
        elif tensor.dtype.startswith(("int", "uint", "bool")):
            inputs[tensor.name] = rng.integers(0, 2, shape).astype(tensor.dtype)
        else:
            raise ExportError(f"input {tensor.name} is {tensor.dtype}: give rows of your own")
    return inputs


def given_rows(model: keras.Model, rows: Mapping[str, np.ndarray]) -> Arrays:
    """The caller's rows, by input and of the inputs' types.

    Raises:
        ExportError: an input without rows, or none at all.
    """
    inputs = {}
    for tensor in serving.inputs_of(model):
        if tensor.name not in rows:
            raise ExportError(f"no rows for input {tensor.name}; there are {', '.join(rows)}")
        array = np.asarray(rows[tensor.name])
        inputs[tensor.name] = array if tensor.dtype == "string" else array.astype(tensor.dtype)
    if not all(map(len, inputs.values())):
        raise ExportError("there are no rows to check with")
    return inputs


def check(
    model: keras.Model, artifact: Artifact, rows: Mapping[str, np.ndarray], tolerance: float
) -> Check:
    """Run model and file on a batch of one, on all rows, and on longer ones where lengths vary.

    Raises:
        ExportError: other names or types than the model's, or other outputs.
    """
    _check_names(model, artifact)
    batches = list(_batches(model, rows))
    varying = _varying(model)
    worst = 0.0
    for inputs in batches:
        expected = serving.predict(model, inputs)
        try:
            found = artifact.run(inputs)
        except Exception as error:  # each runtime raises its own kind
            reason = " ".join(str(error).split())[:300]
            shapes = ", ".join(f"{name} {array.shape}" for name, array in inputs.items())
            raise ExportError(f"{artifact.runtime} cannot run it on {shapes}: {reason}") from error
        for name, wanted in expected.items():
            if found[name].shape != wanted.shape:
                raise ExportError(
                    f"{artifact.runtime} gives {name} the shape {found[name].shape}, Keras "
                    f"{wanted.shape}"
                )
            difference = _difference(found[name], wanted)
            allowed = tolerance * max(1.0, _largest(wanted))
            if not difference <= allowed:
                raise ExportError(
                    f"{artifact.runtime} differs from Keras by {difference:.3g} in {name}, more "
                    f"than {allowed:.3g}"
                )
            worst = max(worst, difference)
    lengths = {
        inputs[name].shape[axis] for inputs in batches for name, axes in varying for axis in axes
    }
    sizes = {len(next(iter(inputs.values()))) for inputs in batches}
    return Check(tuple(sorted(sizes)), tuple(sorted(lengths)), worst)


def _check_names(model: keras.Model, artifact: Artifact) -> None:
    wanted = {tensor.name: tensor.dtype for tensor in serving.inputs_of(model)}
    if artifact.inputs != wanted:
        raise ExportError(f"{artifact.runtime}: inputs {artifact.inputs}, not {wanted}")
    names = {tensor.name for tensor in serving.outputs_of(model)}
    if set(artifact.outputs) != names:
        raise ExportError(
            f"{artifact.runtime}: outputs {', '.join(artifact.outputs)}, not "
            f"{', '.join(sorted(names))}"
        )


def _varying(model: keras.Model) -> list[tuple[str, Sequence[int]]]:
    """Inputs with axes that vary, the batch's apart."""
    found = [
        (tensor.name, [axis for axis, size in enumerate(tensor.shape) if axis and size is None])
        for tensor in serving.inputs_of(model)
    ]
    return [(name, axes) for name, axes in found if axes]


def _batches(model: keras.Model, rows: Mapping[str, np.ndarray]) -> Iterator[Arrays]:
    """One row; up to `ROWS` of them; and, where lengths vary, those made longer."""
    some = {name: array[:ROWS] for name, array in rows.items()}
    if len(next(iter(some.values()))) == 1:
        some = {name: np.repeat(array, 2, axis=0) for name, array in some.items()}
    yield {name: array[:1] for name, array in some.items()}
    yield some
    varying = _varying(model)
    if varying:
        longer = {name: array[:3] for name, array in some.items()}
        for name, axes in varying:
            pads = [(0, LONGER * (axis in axes)) for axis in range(longer[name].ndim)]
            longer[name] = np.pad(longer[name], pads, mode="wrap")
        yield longer


def _difference(found: np.ndarray, wanted: np.ndarray) -> float:
    """The largest absolute difference; infinite where what is not finite differs."""
    if wanted.dtype.kind not in "fiubV" or found.dtype.kind not in "fiubV":  # V is bfloat16
        return 0.0 if np.array_equal(found, wanted) else float("inf")
    one, other = found.astype(np.float64), wanted.astype(np.float64)
    finite = np.isfinite(other)
    if not np.array_equal(one[~finite], other[~finite], equal_nan=True):
        return float("inf")
    if not np.isfinite(one[finite]).all():
        return float("inf")
    return float(np.abs(one[finite] - other[finite]).max(initial=0.0))


def _largest(values: np.ndarray) -> float:
    if values.dtype.kind not in "fiubV":
        return 0.0
    numbers = values.astype(np.float64)
    return float(np.abs(numbers[np.isfinite(numbers)]).max(initial=0.0))
