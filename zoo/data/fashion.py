"""Source `fashion`: Fashion-MNIST, ten kinds of garment, from four IDX files.

They are looked for in the data home; asked for by name, the source also reads those of the
Debian package dataset-fashion-mnist.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zoo.core.errors import DataError
from zoo.data.dataset import Dataset
from zoo.data.published_pictures import Pictures, assembled, read_pair

SYSTEM = Path("/usr/share/datasets/fashion-mnist")
IDX = tuple(
    f"{part}-{what}-ubyte.gz"
    for part in ("train", "t10k")
    for what in ("images-idx3", "labels-idx1")
)
GARMENTS = (
    "T-shirt or top",
    "trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether the data home holds the garments; `auto` takes no data from outside it."""
    return _complete(folder)


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read the garments and make dataset `name` of them.

    Args:
        name: One of `zoo.data.published_pictures.FORMS` with ten classes.
        folder: The folder `images` of the data home.
        seed: Fixes which of the 60,000 pictures train and validate.
        options: `rows`, the most training pictures (default 6,000).

    Raises:
        UnknownNameError: an option that there is not.
        DataError: files are missing or damaged.
    """
    place = folder if _complete(folder) else SYSTEM
    if not _complete(place):
        raise DataError(
            f"{name}: no garments in {folder} or {SYSTEM}; needs {', '.join(IDX)}; "
            f"`zoo data fetch {name}` gets them, and source drawn needs none"
        )
    train_images, train_labels, test_images, test_labels = (place / file for file in IDX)
    content = Pictures(read_pair(train_images, train_labels), read_pair(test_images, test_labels))
    origin = f"data: fashion ({place}); for the embedded pictures: --data drawn"
    return assembled(name, "fashion", content, GARMENTS, seed, options, origin)


def _complete(folder: Path) -> bool:
    return all((folder / file).is_file() for file in IDX)
