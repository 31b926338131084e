"""Sources `mnist` and `fashion`: published pictures of 28 x 28 gray levels, of ten classes.

The digits of MNIST are four IDX files, as `zoo data fetch` names them, or five thousand in
mnist_5k.csv.gz (784 pixels and the digit, no header); the whole set goes first. The garments of
Fashion-MNIST are four IDX files in the data home or, if the source is asked for by name, those
of the Debian package dataset-fashion-mnist.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csv import damage
from zoo.data.images.drawn import kind, label_column, label_map, width
from zoo.data.options import Whole
from zoo.data.source import Content, Request, Source

SIDE = 28  # pixels
CLASSES = 10
VALIDATION = 1_000
ROWS = Whole(6_000, 10, 1_000_000)  # the most training pictures
CSV = "mnist_5k.csv.gz"
FASHION = tuple(
    f"{part}-{what}-ubyte.gz"
    for part in ("train", "t10k")
    for what in ("images-idx3", "labels-idx1")
)
MNIST = tuple(f"mnist-{file}" for file in FASHION)
SYSTEM = Path("/usr/share/datasets/fashion-mnist")
DIGITS = tuple(str(digit) for digit in range(CLASSES))
GARMENTS = (
    "T-shirt or top", "trousers", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip

Pair = tuple[np.ndarray, np.ndarray]  # pictures (rows, 28, 28) uint8 and their classes (rows,)
Splits = Mapping[str, Pair]


@dataclass(frozen=True)
class Form:
    """What a dataset makes of the pictures: their size, and which classes count as class 1."""

    side: int = SIDE
    channels: int = 1
    positive: tuple[int, ...] = ()  # none: the label is the class itself
    names: tuple[str, ...] = ()  # of the two classes, where `positive` tells them apart
    mapped: bool = False  # whether there is also a label for each place of a map

    def __call__(self, request: Request, splits: Splits, classes: tuple[str, ...]) -> Content:
        """The dataset of these pictures."""
        names = self.names or classes
        return Content(
            splits={split: self._columns(*pair) for split, pair in splits.items()},
            sizes={"classes": width(names)},
            labels={"label": names},
            targets={"label": kind(names)},
        )

    def _columns(self, pictures: np.ndarray, classes: np.ndarray) -> dict[str, np.ndarray]:
        margin = (self.side - SIDE) // 2
        framed = np.pad(pictures, ((0, 0), (margin, margin), (margin, margin)))
        gray = framed.astype(np.float32)[..., None] / np.float32(255)
        labels = np.isin(classes, self.positive) if self.positive else classes
        column = label_column(labels, 2 if self.positive else CLASSES)
        columns = {"picture": np.repeat(gray, self.channels, axis=-1), "label": column}
        return {**columns, "label_map": label_map(column)} if self.mapped else columns


Maker = Callable[[Request, Splits, tuple[str, ...]], Content]  # the last: names of the classes


def mnist(make: Maker, embedded: str = "drawn") -> Source:
    """Source `mnist` of a dataset that `make` forms, whose embedded source is `embedded`."""

    def there(folder: Path, options: Mapping[str, Any]) -> bool:
        return (folder / CSV).is_file() or _complete(folder, MNIST)

    def load(request: Request) -> Content:
        folder = request.folder
        if _complete(folder, MNIST):
            train, test = _read_idx_files(folder, MNIST)
        elif (folder / CSV).is_file():
            train, test = read_mnist_csv(folder / CSV), None
        else:
            raise DataError(
                f"{request.dataset}: no digits in {folder}; needs {CSV} or {', '.join(MNIST)}; "
                f"`zoo data fetch {request.dataset}` gets the latter, and source {embedded} "
                "needs none"
            )
        return make(request, _split(request, train, test), DIGITS)

    other = f"for the embedded pictures: --data {embedded}"
    return Source("mnist", load, there, {"rows": ROWS}, "{folder}", other)


def fashion(make: Maker, embedded: str = "drawn") -> Source:
    """Source `fashion` of a dataset that `make` forms, whose embedded source is `embedded`."""

    def there(folder: Path, options: Mapping[str, Any]) -> bool:
        return _complete(folder, FASHION)  # `auto` takes no data from outside the data home

    def load(request: Request) -> Content:
        place = request.folder if _complete(request.folder, FASHION) else SYSTEM
        if not _complete(place, FASHION):
            raise DataError(
                f"{request.dataset}: no garments in {request.folder} or {SYSTEM}; needs "
                f"{', '.join(FASHION)}; `zoo data fetch {request.dataset}` gets them, and source "
                f"{embedded} needs none"
            )
        splits = _split(request, *_read_idx_files(place, FASHION))
        return replace(make(request, splits, GARMENTS), origin=str(place))

    other = f"for the embedded pictures: --data {embedded}"
    return Source("fashion", load, there, {"rows": ROWS}, "{folder}", other)


def _complete(folder: Path, files: tuple[str, ...]) -> bool:
    return all((folder / file).is_file() for file in files)


def _split(request: Request, train: Pair, test: Pair | None) -> Splits:
    """Pictures and classes by split.

    Where a test set is published it is the test split; otherwise a tenth of the pictures each
    becomes the validation and the test split, by a permutation of the seed.
    """
    pictures, classes = train
    total = len(classes)
    if total < 20:
        raise DataError(f"{request.dataset}: {total} pictures are too few to split")
    order = np.random.default_rng(request.seed).permutation(total)
    held = min(VALIDATION, total // 10)
    validation, order = order[:held], order[held:]
    if test is None:
        rows, order = order[:held], order[held:]
        test = pictures[rows], classes[rows]
    rows = order[: request.options["rows"]]
    return {
        "train": (pictures[rows], classes[rows]),
        "validation": (pictures[validation], classes[validation]),
        "test": test,
    }


def _read_idx_files(folder: Path, files: tuple[str, ...]) -> tuple[Pair, Pair]:
    """Training and test pictures with their classes.

    Raises:
        DataError: a file is missing or damaged, or two do not fit together.
    """
    paths = [folder / file for file in files]
    return _read_pair(*paths[:2]), _read_pair(*paths[2:])


def _read_pair(images: Path, labels: Path) -> Pair:
    pictures, classes = read_idx(images), read_idx(labels)
    if pictures.ndim != 3 or pictures.shape[1:] != (SIDE, SIDE):
        raise DataError(f"{images}: shape {pictures.shape}, not pictures of {SIDE} x {SIDE}")
    if classes.shape != (len(pictures),):
        raise DataError(f"{labels}: shape {classes.shape} for {len(pictures):,} pictures")
    if len(classes) and classes.max() >= CLASSES:
        row = int(np.argmax(classes >= CLASSES))
        raise DataError(f"{labels}: label {classes[row]} of row {row + 1} is outside 0 to 9")
    return pictures, classes


def read_idx(path: Path) -> np.ndarray:
    """The array of an IDX file of unsigned bytes, gzipped or not, in the shape that it states.

    Raises:
        DataError: the file cannot be read or unpacked, is not IDX, holds another type, or holds
            more or fewer bytes than its header says.
    """
    content = _unpacked(path)
    if len(content) < 4 or content[:2] != b"\0\0":
        raise DataError(f"{path}: not an IDX file (it begins with {content[:4].hex(' ')!r})")
    number_type, axes = content[2], content[3]
    if number_type != 0x08:
        problem = f"IDX type {number_type:#04x}, where unsigned bytes (0x08) are needed"
        raise DataError(f"{path}: {problem}")
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


def read_mnist_csv(path: Path) -> Pair:
    """Pictures and digits of a CSV file of 784 pixels and the digit, gzipped or not.

    Raises:
        DataError: the file cannot be read or unpacked, is empty, a row has not 785 fields, or a
            field is not a whole number in its range; line and column are named from 1.
    """
    fields = SIDE * SIDE + 1
    lines = _unpacked(path).decode("latin-1").removesuffix("\n").split("\n")
    if lines == [""]:
        raise DataError(f"{path}: the file is empty; it needs rows of 784 pixels and a label")
    for number, line in enumerate(lines, start=1):
        found = line.count(",") + 1
        if found != fields:
            cut = number == len(lines) and found < fields
            hint = "; the file seems to be cut short" if cut else ""
            raise damage(path, f"{found} fields, not 784 pixels and a label{hint}", number)
    words = ",".join(lines).split(",")
    try:
        # int32, so that 256 is not 0; a field with a blank, a point or a second sign is an error.
        flat = np.array(words, dtype=np.int32)
    except (ValueError, OverflowError):
        place = next(place for place, word in enumerate(words) if not _whole(word))
        raise _bad_field(path, place, f"{words[place]!r} is not a whole number") from None
    limits = np.resize([255] * (fields - 1) + [CLASSES - 1], len(flat))
    bad = np.flatnonzero((flat < 0) | (flat > limits))
    if len(bad):
        problem = f"{flat[bad[0]]} is outside 0 to {limits[bad[0]]}"
        raise _bad_field(path, int(bad[0]), problem)
    rows = flat.reshape(-1, fields).astype(np.uint8)
    return rows[:, :-1].reshape(-1, SIDE, SIDE), rows[:, -1]


def _bad_field(path: Path, place: int, problem: str) -> DataError:
    """The error for field number `place` of the whole file."""
    row, field = divmod(place, SIDE * SIDE + 1)
    return damage(path, problem, row + 1, "label" if field == SIDE**2 else f"pixel {field + 1}")


def _whole(word: str) -> bool:
    try:
        np.array([word], dtype=np.int32)
    except (ValueError, OverflowError):
        return False
    return True


def _unpacked(path: Path) -> bytes:
    """The bytes of a file, unpacked where it is gzipped."""
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path}: damaged or cut short (gzip: {error})") from error
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from error
