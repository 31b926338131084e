"""Sources `mnist` and `fashion`: published pictures of 28 x 28 gray levels, of ten classes.

The digits of MNIST are four IDX files, as `zoo data fetch` names them, or five thousand in
mnist_5k.csv.gz (784 pixels and the digit, no header); the whole set goes first. The garments of
Fashion-MNIST are four IDX files in the data home or, if the source is asked for by name, those
of the Debian package dataset-fashion-mnist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csv import read_bytes, read_csv
from zoo.data.images.drawn import label_columns, labeled
from zoo.data.source import Content, Request, Source, Whole

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
        columns = {split: self._columns(*pair) for split, pair in splits.items()}
        return labeled(columns, self.names or classes)

    def _columns(self, pictures: np.ndarray, classes: np.ndarray) -> dict[str, np.ndarray]:
        margin = (self.side - SIDE) // 2
        framed = np.pad(pictures, ((0, 0), (margin, margin), (margin, margin)))
        gray = framed.astype(np.float32)[..., None] / np.float32(255)
        labels = np.isin(classes, self.positive) if self.positive else classes
        columns = label_columns(labels, 2 if self.positive else CLASSES, self.mapped)
        return {"picture": np.repeat(gray, self.channels, axis=-1), **columns}


Maker = Callable[[Request, Splits, tuple[str, ...]], Content]  # the last: names of the classes


def mnist(make: Maker) -> Source:
    """Source `mnist` of a dataset that `make` forms."""

    def load(request: Request) -> Content:
        if request.missing(CSV) or not request.missing(*MNIST):
            train, test = _read_pairs(*request.need(*MNIST))
        else:
            train, test = read_mnist_csv(request.folder / CSV), None
        return make(request, _split(request, train, test), DIGITS)

    def there(request: Request) -> bool:
        return not request.missing(CSV) or not request.missing(*MNIST)

    return Source("mnist", load, options={"rows": ROWS}, available=there)


def fashion(make: Maker) -> Source:
    """Source `fashion` of a dataset that `make` forms.

    `auto` takes no data from outside the data home; asked for by name, the source does.
    """

    def load(request: Request) -> Content:
        system = replace(request, folder=SYSTEM)
        if request.missing(*FASHION) and not system.missing(*FASHION):
            request = system
        splits = _split(request, *_read_pairs(*request.need(*FASHION)))
        return replace(make(request, splits, GARMENTS), origin=str(request.folder))

    def there(request: Request) -> bool:
        return not request.missing(*FASHION)

    return Source("fashion", load, options={"rows": ROWS}, available=there)


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


def _read_pairs(*paths: Path) -> tuple[Pair, Pair]:
    """Training and test pictures with their classes."""
    return _read_pair(*paths[:2]), _read_pair(*paths[2:])


def _read_pair(images: Path, labels: Path) -> Pair:
    pictures, classes = read_idx(images), read_idx(labels)
    if pictures.ndim != 3 or pictures.shape[1:] != (SIDE, SIDE):
        raise DataError(f"{images}: shape {pictures.shape} instead of pictures of {SIDE} x {SIDE}")
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
    content = read_bytes(path)
    if len(content) < 4 or content[:2] != b"\0\0":
        raise DataError(f"{path}: not an IDX file (it begins with {content[:4].hex(' ')!r})")
    number_type, axes = content[2], content[3]
    if number_type != 0x08:
        problem = f"IDX type {number_type:#04x}, where unsigned bytes (0x08) are needed"
        raise DataError(f"{path}: {problem}")
    start = 4 + 4 * axes
    if axes == 0 or len(content) < start:
        raise DataError(f"{path}: the IDX header is cut short")
    shape = tuple(np.frombuffer(content[4:start], dtype=">u4").tolist())
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
    pixels = [f"pixel {number}" for number in range(1, SIDE * SIDE + 1)]
    table = read_csv(path, header=[*pixels, "label"])
    levels = np.stack([table.whole(pixel, 0, 255) for pixel in pixels], axis=1)
    digits = table.whole("label", 0, CLASSES - 1)
    return levels.astype(np.uint8).reshape(-1, SIDE, SIDE), digits.astype(np.uint8)
