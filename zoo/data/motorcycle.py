"""Source `motorcycle`: patches of one real stereo pair, whose disparity is known at each pixel.

The pair is scaled down to a quarter and cut into upright bands, one per split, so far apart that
no patch of one split shows anything that a patch of another one shows.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.dataset import Dataset
from zoo.data.options import refuse_unknown
from zoo.data.registry import card
from zoo.data.regression import value_scores

FILES = ("motorcycle_left.png", "motorcycle_right.png", "motorcycle_disp.npz")
SCALE = 4  # pixels of the files to one of the patches
SIDE = 32  # pixels of a patch
OFFSET = 8  # pixels by which the right patch lies further left: both eyes turn inwards
# Shares of the width. The gaps of 13 pixels are as wide as the eyes' views of one place are apart.
BANDS = {"train": (0.0, 0.508), "validation": (0.578, 0.757), "test": (0.827, 1.0)}
STEP = {"train": 3, "validation": 1, "test": 1}  # pixels down from one patch to the next
CORE = 8  # pixels: the depth of a patch is the median of its middle


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether the folder holds the pair and its disparity."""
    return all((folder / file).is_file() for file in FILES)


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read the pair in `folder` and cut it into patches.

    Args:
        name: `stereo`.
        folder: The folder `depth` of the data home.
        seed: Not used: the splits are bands of the picture.
        options: None.

    Raises:
        UnknownNameError: an option is given.
        DataError: a file is missing or damaged, or the three do not fit together.
    """
    refuse_unknown(name, options)
    missing = [file for file in FILES if not (folder / file).is_file()]
    if missing:
        raise DataError(
            f"{name}: {', '.join(missing)} not in {folder}; `zoo data fetch {name}` gets the "
            "pair, and source stereograms needs no file"
        )
    left, right = (_quarter(_picture(folder / file)) for file in FILES[:2])
    disparity = _disparity(folder / FILES[2])
    if left.shape != right.shape or disparity.shape != left.shape[:2]:
        raise DataError(
            f"{folder}: the scaled pictures and the disparity have unequal shapes "
            f"{left.shape}, {right.shape} and {disparity.shape}"
        )
    splits = {split: _patches(left, right, disparity, split) for split in BANDS}
    for split, columns in splits.items():
        if not len(columns["depth"]):
            raise DataError(f"{folder}: the pictures are too small for a patch to {split}")
    targets = {split: columns["depth"] for split, columns in splits.items()}
    return Dataset(
        name=name,
        source="motorcycle",
        splits=splits,
        card=card(name),
        references=value_scores("depth", targets),
        origin=f"data: motorcycle ({folder}); for embedded pairs: --data stereograms",
    )


def _picture(path: Path) -> np.ndarray:
    """Levels of a color picture, uint8 (height, width, 3)."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            if image.mode != "RGB":
                raise DataError(f"{path}: mode {image.mode}, not a color picture (RGB)")
            return np.asarray(image)
    except UnidentifiedImageError as error:
        raise DataError(f"{path}: not a picture") from error
    except (OSError, SyntaxError) as error:  # Pillow's word for a damaged PNG is SyntaxError
        raise DataError(f"{path}: damaged or cut short ({error})") from error


def _disparity(path: Path) -> np.ndarray:
    """Disparity at the patches' scale in their pixels, NaN where it is not known."""
    try:
        with np.load(path) as content:
            disparity = content["arr_0"]
    except KeyError as error:
        raise DataError(f"{path}: no array 'arr_0'") from error
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: not an NPZ file, or damaged ({error})") from error
    if disparity.ndim != 2 or disparity.dtype.kind != "f":
        raise DataError(f"{path}: {disparity.dtype} {disparity.shape}, not one number a pixel")
    known = np.isfinite(disparity)
    total = _blocks(np.where(known, disparity, 0)).sum(axis=(1, 3))
    count = _blocks(known).sum(axis=(1, 3))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan) / SCALE


def _quarter(levels: np.ndarray) -> np.ndarray:
    """Means of blocks of 4 x 4 pixels, -1 to 1, float32."""
    return (_blocks(levels).mean(axis=(1, 3)) / 127.5 - 1).astype(np.float32)


def _blocks(values: np.ndarray) -> np.ndarray:
    """(height, width, ...) as (rows, 4, columns, 4, ...); an incomplete edge is left out."""
    height, width = values.shape[0] // SCALE, values.shape[1] // SCALE
    kept = values[: height * SCALE, : width * SCALE]
    return kept.reshape(height, SCALE, width, SCALE, *values.shape[2:])


def _patches(
    left: np.ndarray, right: np.ndarray, disparity: np.ndarray, split: str
) -> dict[str, np.ndarray]:
    """Every patch of a band whose middle has a known depth."""
    height, width = disparity.shape
    first, last = (round(share * width) for share in BANDS[split])
    columns: dict[str, list[Any]] = {"left": [], "right": [], "depth": []}
    middle = (SIDE - CORE) // 2
    for x in range(max(first, OFFSET), last - SIDE + 1):
        for y in range(0, height - SIDE + 1, STEP[split]):
            core = disparity[y + middle :, x + middle :][:CORE, :CORE]
            if np.isnan(core).mean() > 0.5:
                continue
            columns["left"].append(left[y : y + SIDE, x : x + SIDE])
            columns["right"].append(right[y : y + SIDE, x - OFFSET :][:, :SIDE])
            columns["depth"].append([np.nanmedian(core)])
    return {name: np.array(values, np.float32) for name, values in columns.items()}
