"""Readers of the two file formats in which 28 x 28 pictures of ten classes are published.

MNIST as gzipped CSV (784 pixels row by row, then the label; no header), and the IDX files of
MNIST and Fashion-MNIST, gzipped or not. Both return whole numbers, unscaled.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csvtext import damage

SIDE = 28  # pixels
CLASSES = 10
_FIELDS = SIDE * SIDE + 1
_UNSIGNED_BYTE = 0x08  # the only type that the published IDX files have


def read_mnist_csv(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (rows, 28, 28) with levels 0-255, and their digits (rows,), both uint8.

    Raises:
        DataError: the file cannot be read or unpacked, is empty, a row has not 785 fields, or a
            field is not a whole number in its range; line and column are named from 1.
    """
    text = _unpacked(path).decode("latin-1")
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if not lines:
        raise DataError(f"{path}: the file is empty; it needs rows of 784 pixels and a label")
    for number, line in enumerate(lines, start=1):
        if line.count(",") != _FIELDS - 1:
            fields = line.count(",") + 1
            cut = number == len(lines) and fields < _FIELDS
            hint = "; the file seems to be cut short" if cut else ""
            problem = f"{fields} fields, not 784 pixels and a label{hint}"
            raise damage(path, problem, number)
    try:
        # int32 tells 256 from 0; a field with a blank, a point or a sign too many is an error.
        flat = np.array(",".join(lines).split(","), dtype=np.int32)
    except (ValueError, OverflowError):
        raise _first_bad_field(path, lines) from None
    rows = flat.reshape(-1, _FIELDS)
    limits = np.full(_FIELDS, 255)
    limits[-1] = CLASSES - 1
    bad = np.argwhere((rows < 0) | (rows > limits))
    if len(bad):
        row, field = bad[0].tolist()
        problem = f"{rows[row, field]} is outside 0 to {limits[field]}"
        raise damage(path, problem, row + 1, _field_name(field))
    pictures = rows[:, :-1].astype(np.uint8).reshape(-1, SIDE, SIDE)
    return pictures, rows[:, -1].astype(np.uint8)


def read_idx(path: Path) -> np.ndarray:
    """The array of an IDX file of unsigned bytes, gzipped or not, in the shape that it states.

    Raises:
        DataError: the file cannot be read or unpacked, is not IDX, holds another type, or holds
            more or fewer bytes than its header says.
    """
    content = _unpacked(path)
    if len(content) < 4 or content[:2] != b"\0\0":
        raise DataError(f"{path}: not an IDX file (it begins with {content[:4].hex(' ')!r})")
    kind, axes = content[2], content[3]
    if kind != _UNSIGNED_BYTE:
        raise DataError(f"{path}: IDX type {kind:#04x}, where unsigned bytes (0x08) are needed")
    start = 4 + 4 * axes
    shape = tuple(np.frombuffer(content[4:start], dtype=">u4").tolist())
    if axes == 0 or len(shape) != axes:
        raise DataError(f"{path}: the IDX header is cut short")
    expected = start + int(np.prod(shape, dtype=np.int64))
    if len(content) != expected:
        raise DataError(
            f"{path}: {len(content):,} bytes, where the header's shape {shape} needs {expected:,}"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def _unpacked(path: Path) -> bytes:
    """The bytes of a file, unpacked where it is gzipped."""
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: damaged or cut short (gzip: {error})") from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error


def _first_bad_field(path: Path, lines: list[str]) -> DataError:
    for number, line in enumerate(lines, start=1):
        for field, word in enumerate(line.split(",")):
            try:
                np.array([word], dtype=np.int32)
            except (ValueError, OverflowError):
                name = _field_name(field)
                return damage(path, f"{word!r} is not a whole number", number, name)
    return DataError(f"{path}: not whole numbers")


def _field_name(field: int) -> str:
    return "label" if field == _FIELDS - 1 else f"pixel {field + 1}"
