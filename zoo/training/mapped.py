"""Rows in memory-mapped files: data that is larger than memory, for every engine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from zoo._keras import tf
from zoo.core.errors import DataError, TrainingError
from zoo.core.files import replacing_folder

INDEX = "index.json"  # the structure; its leaves are numbers of files


def write_arrays(batches: Iterable[Any], folder: str | Path) -> Any:
    """Write batches to files, one after the other, and open the whole as `open_arrays` does.

    Anything that gives batches will do: a `tf.data.Dataset`, such as one of TFRecord files, or a
    generator over the row groups of a Parquet file. Only one batch at a time is in memory.

    Args:
        batches: Arrays, or tuples, lists or mappings of them, such as (inputs, targets), all of
            one structure, with the rows on axis 0.
        folder: Made by this call; it is whole or not there.

    Returns:
        The structure of a batch, lists as tuples, with memory-mapped arrays of all rows,
        read-only.

    Raises:
        TrainingError: there are no batches, or they differ in structure, shape or type.
        DataError: the folder is there already.

    Example:
        >>> import tempfile
        >>> import numpy as np
        >>> import zoo.training
        >>> parts = ((np.full((4, 2), i), np.full(4, i)) for i in range(3))
        >>> with tempfile.TemporaryDirectory() as place:
        ...     x, y = zoo.training.write_arrays(parts, f"{place}/rows")
        ...     print(x.shape, y.tolist())
        (12, 2) [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]
    """
    folder = Path(folder)
    if folder.exists():
        raise DataError(f"{folder} exists; choose another folder, or remove it")
    with replacing_folder(folder) as partial:
        partial.mkdir()
        rows = _write(batches, partial)
        if not rows:
            raise TrainingError("there are no batches of rows")
    return open_arrays(folder)


def _write(batches: Iterable[Any], folder: Path) -> int:
    """Append every batch to the files of its arrays; the number of rows."""
    first: Any = None
    specs: list[tuple[tuple[int, ...], np.dtype[Any]]] = []
    rows = 0
    with ExitStack() as opened:
        files: list[Any] = []
        for batch in batches:
            arrays = [np.asarray(each) for each in tf.nest.flatten(batch)]
            if first is None:
                first = batch
                specs = [(each.shape[1:], each.dtype) for each in arrays]
                if any(not each.ndim for each in arrays):
                    raise TrainingError("a batch holds a single number or None: rows are on axis 0")
                for at, (shape, dtype) in enumerate(specs):
                    if dtype.hasobject or dtype.kind not in "biufcSU":
                        raise TrainingError(_unwritable(dtype))
                    files.append(opened.enter_context((folder / f"{at}.npy").open("wb")))
                    _header(files[-1], 0, shape, dtype)
            if _structure(batch) != _structure(first):
                raise TrainingError("the batches differ in structure")
            for each, (shape, dtype), file in zip(arrays, specs, files, strict=True):
                if (each.shape[1:], each.dtype) != (shape, dtype):
                    raise TrainingError(
                        "the batches differ in shape or type: rows of "
                        f"{shape} {dtype} and of {each.shape[1:]} {each.dtype}"
                    )
                if len(each) != len(arrays[0]):
                    raise TrainingError("the numbers of rows differ within a batch")
                file.write(np.ascontiguousarray(each))
            rows += len(arrays[0])
        for (shape, dtype), file in zip(specs, files, strict=True):
            file.seek(0)
            _header(file, rows, shape, dtype)
    if rows:
        (folder / INDEX).write_text(json.dumps(_structure(first)), encoding="utf-8")
    return rows


def _unwritable(dtype: np.dtype[Any]) -> str:
    if dtype.hasobject:
        return "texts have no fixed size: turn them into ids first"
    return f"a file cannot hold {dtype.name}: cast it to float32 first"


def _header(file: Any, rows: int, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """NumPy's header; it leaves room for the number of rows to grow."""
    described = np.lib.format.dtype_to_descr(dtype)
    content = {"descr": described, "fortran_order": False, "shape": (rows, *shape)}
    np.lib.format.write_array_header_1_0(file, content)


def _structure(batch: Any) -> Any:
    """A nested structure with the number of each leaf, as JSON has it."""
    numbers = iter(range(len(tf.nest.flatten(batch))))

    def numbered(part: Any) -> Any:
        if isinstance(part, Mapping):
            if not all(isinstance(name, str) for name in part):
                raise TrainingError("the names of arrays must be texts")
            # in the order of tf.nest.flatten, which is that of the names
            return {name: numbered(part[name]) for name in sorted(part)}
        if isinstance(part, tuple | list):
            return [numbered(each) for each in part]
        return next(numbers)

    return numbered(batch)


def open_arrays(folder: str | Path) -> Any:
    """The memory-mapped arrays that `write_arrays` has written, in their structure.

    Args:
        folder: What `write_arrays` was given.

    Returns:
        Arrays, read-only, or tuples or mappings of them.

    Raises:
        DataError: the files are missing or damaged.

    Example:
        >>> import zoo.training
        >>> try:
        ...     zoo.training.open_arrays("nowhere")
        ... except ValueError as error:
        ...     print(error)
        cannot read nowhere/index.json: No such file or directory
    """
    folder = Path(folder)

    def opened(part: Any) -> Any:
        if isinstance(part, dict):
            return {str(name): opened(each) for name, each in part.items()}
        if isinstance(part, list):
            return tuple(opened(each) for each in part)
        if type(part) is not int:
            raise ValueError("no number of a file")
        return np.load(folder / f"{part}.npy", mmap_mode="r", allow_pickle=False)

    try:
        return opened(json.loads((folder / INDEX).read_text(encoding="utf-8")))
    except OSError as error:
        raise DataError(f"cannot read {error.filename or folder}: {error.strerror}") from error
    except ValueError as error:
        raise DataError(f"{folder} is damaged: {error}") from error
