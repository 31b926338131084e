"""Source `mnist` of the datasets `digits` and `digit_videos`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zoo.data import mnist
from zoo.data.dataset import Dataset
from zoo.data.written_digits import FORM, load_from


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether the pictures are in the folder `images` of the data home."""
    return mnist.available(FORM, folder, options)


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read the published pictures and make dataset `name` of them.

    Args:
        name: `digits` or `digit_videos`.
        folder: The folder `images` of the data home.
        seed: Fixes the splits and the videos.
        options: `rows`, the most training pictures (default 6,000).

    Raises:
        UnknownNameError: an option that there is not.
        DataError: files are missing or damaged.
    """
    return load_from(mnist.load, name, folder, seed, options)
