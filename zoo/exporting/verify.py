"""Whether a written file does what the model does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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


def made_up_rows(model: keras.Model, rows: int = ROWS) -> Arrays:
    """Rows for a model without data: ids 0 and 1, and numbers from a normal distribution.

    Axes that vary get the shortest of `LENGTHS` that the model takes.

    Raises:
        ExportError: the model takes none of them, or reads text.
    """
    complaint = ""
    for length in LENGTHS:
        given = []
        for tensor in model.inputs:
            shape = (length if size is None else size for size in tensor.shape[1:])
            given.append(keras.KerasTensor((rows, *shape), tensor.dtype, name=tensor.name))
        try:
            # Shapes alone: run, TensorFlow takes the maximum of no steps and calls it -3e38.
            model(given if len(given) > 1 else given[0])
        except Exception as error:  # too short for a convolution or pool, as each layer says it
            complaint = str(error).partition("\n")[0]
            continue
        rng = np.random.default_rng(0)
        return {tensor.name: _random(rng, tensor) for tensor in given}
    raise ExportError(f"{model.name} cannot run on made-up rows; pass your own rows: {complaint}")


def _random(rng: np.random.Generator, tensor: Any) -> np.ndarray:
    if tensor.dtype.startswith("float") or tensor.dtype == "bfloat16":
        return rng.normal(size=tensor.shape).astype(np.dtype(tensor.dtype))
    if tensor.dtype.startswith(("int", "uint", "bool")):
        return rng.integers(0, 2, tensor.shape).astype(tensor.dtype)
    raise ExportError(
        f"cannot make up rows of {tensor.dtype} for input {tensor.name}; pass your own rows"
    )


def given_rows(model: keras.Model, rows: Mapping[str, np.ndarray]) -> Arrays:
    """The caller's rows, by input and of the inputs' types.

    Raises:
        ExportError: an input without rows, or none at all.
    """
    inputs = {}
    for name, tensor in serving.inputs_of(model).items():
        if name not in rows:
            raise ExportError(f"no rows for input {name}; rows were given for {', '.join(rows)}")
        array = np.asarray(rows[name])
        inputs[name] = array if tensor.dtype == "string" else array.astype(tensor.dtype)
    if not all(map(len, inputs.values())):
        raise ExportError("there are no rows to check the file with")
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
            difference, largest = _compared(found[name], wanted)
            allowed = tolerance * max(1.0, largest)
            if not difference <= allowed:
                raise ExportError(
                    f"{artifact.runtime} differs from Keras by {difference:.3g} in {name}, more "
                    f"than {allowed:.3g}"
                )
            worst = max(worst, difference)
    varying = _varying(model).items()
    lengths = {
        inputs[name].shape[axis] for inputs in batches for name, axes in varying for axis in axes
    }
    sizes = {len(next(iter(inputs.values()))) for inputs in batches}
    return Check(tuple(sorted(sizes)), tuple(sorted(lengths)), worst)


def _check_names(model: keras.Model, artifact: Artifact) -> None:
    wanted = {name: tensor.dtype for name, tensor in serving.inputs_of(model).items()}
    if artifact.inputs != wanted:
        raise ExportError(f"{artifact.runtime}: inputs {artifact.inputs}, not {wanted}")
    names = set(serving.outputs_of(model))
    if set(artifact.outputs) != names:
        raise ExportError(
            f"{artifact.runtime}: outputs {', '.join(artifact.outputs)}, not "
            f"{', '.join(sorted(names))}"
        )


def _varying(model: keras.Model) -> dict[str, list[int]]:
    """Of each input the axes that vary, the batch's apart."""
    return {
        name: [axis for axis, size in enumerate(tensor.shape) if axis and size is None]
        for name, tensor in serving.inputs_of(model).items()
    }


def _batches(model: keras.Model, rows: Mapping[str, np.ndarray]) -> Iterator[Arrays]:
    """One row; up to `ROWS` of them; and, where lengths vary, those made longer."""
    some = {name: array[:ROWS] for name, array in rows.items()}
    if len(next(iter(some.values()))) == 1:
        some = {name: np.repeat(array, 2, axis=0) for name, array in some.items()}
    yield {name: array[:1] for name, array in some.items()}
    yield some
    varying = _varying(model)
    if any(varying.values()):
        longer = {}
        for name, array in some.items():
            pads = [(0, LONGER * (axis in varying[name])) for axis in range(array.ndim)]
            longer[name] = np.pad(array[:3], pads, mode="wrap")
        yield longer


def _compared(found: np.ndarray, wanted: np.ndarray) -> tuple[float, float]:
    """The largest absolute difference, infinite where only one is finite, and the largest value."""
    if {found.dtype.kind, wanted.dtype.kind} - set("fiubV"):  # V is bfloat16
        return (0.0 if np.array_equal(found, wanted) else np.inf), 0.0
    one, other = found.astype(np.float64), wanted.astype(np.float64)
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    gaps = np.abs(one[~same] - other[~same])
    gaps[np.isnan(gaps)] = np.inf
    return float(gaps.max(initial=0.0)), float(np.abs(other[np.isfinite(other)]).max(initial=0.0))
