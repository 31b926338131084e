"""Source `mnist`: handwritten digits, from files in the data home.

Either the whole set, four IDX files as `zoo data fetch` names them, or five thousand digits in
mnist_5k.csv.gz; the whole set goes first.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zoo.core.errors import DataError
from zoo.data.dataset import Dataset
from zoo.data.mnist_files import read_mnist_csv
from zoo.data.published_pictures import DIGITS, Pictures, assembled, read_pair

CSV = "mnist_5k.csv.gz"
IDX = tuple(
    f"mnist-{part}-{what}-ubyte.gz"
    for part in ("train", "t10k")
    for what in ("images-idx3", "labels-idx1")
)


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether the folder holds the digits."""
    return (folder / CSV).is_file() or _whole(folder)


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read the digits in `folder` and make dataset `name` of them.

    Args:
        name: One of `zoo.data.published_pictures.FORMS`.
        folder: The folder `images` of the data home.
        seed: Fixes the splits.
        options: `rows`, the most training pictures (default 6,000).

    Raises:
        UnknownNameError: an option that there is not.
        DataError: files are missing or damaged.
    """
    if _whole(folder):
        train_images, train_labels, test_images, test_labels = (folder / file for file in IDX)
        content = Pictures(
            read_pair(train_images, train_labels), read_pair(test_images, test_labels)
        )
    elif (folder / CSV).is_file():
        content = Pictures(read_mnist_csv(folder / CSV), None)
    else:
        raise DataError(
            f"{name}: no digits in {folder}; needs {CSV} or {', '.join(IDX)}; "
            f"`zoo data fetch {name}` gets the latter, and source drawn needs none"
        )
    origin = f"data: mnist ({folder}); for the embedded pictures: --data drawn"
    return assembled(name, "mnist", content, DIGITS, seed, options, origin)


def _whole(folder: Path) -> bool:
    return all((folder / file).is_file() for file in IDX)
