"""Dataset `stereo`: pairs of pictures as two eyes see them, and the depth.

Source `stereograms` is generated: random-dot stereograms, after Julesz. Both eyes see the same
dots on one plane, and the right eye sees all of them shifted to the left by the disparity. A
dot's own place is random, so neither picture alone says anything about it. Some dots are seen by
one eye only. The measured depth has an error, which limits the best possible score.

Source `motorcycle` is real: patches of one stereo pair whose disparity is known at each pixel. The
pair is scaled down to a quarter and cut into upright bands, one per split, so far apart that no
patch of one split shows anything that a patch of another one shows.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.images.drawing import noisy
from zoo.data.references import number_scores
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, Whole, source

SIDE = 32  # pixels of a picture

ROWS = Whole(2_500, 100, 100_000)
HELD_OUT = {"validation": 300, "test": 600}
DOTS = 12
MOST = 4.0  # pixels of disparity
UNSEEN = 0.02  # share of dots that an eye misses
NOISE_SD = 0.4  # pixels: error of the measured depth

FILES = ("motorcycle_left.png", "motorcycle_right.png", "motorcycle_disp.npz")
SCALE = 4  # pixels of the files to one of the patches
OFFSET = 8  # pixels by which the right patch lies further left: both eyes turn inwards
# Shares of the width. The gaps of 13 pixels are as wide as the largest shift between the views.
BANDS = {"train": (0.0, 0.508), "validation": (0.578, 0.757), "test": (0.827, 1.0)}
STEP = {"train": 3, "validation": 1, "test": 1}  # pixels down from one patch to the next
CORE = 8  # pixels: the depth of a patch is the median of its middle


@source(rows=ROWS)
def stereograms(request: Request) -> Content:
    splits: dict[str, dict[str, np.ndarray]] = {}
    truth: dict[str, np.ndarray] = {}
    best: dict[str, dict[str, float]] = {}
    for number, (split, rows) in enumerate({"train": request.options["rows"], **HELD_OUT}.items()):
        # A separate stream for each split: more training rows leave the others unchanged.
        rng = np.random.default_rng([request.seed, 0x57E2, number])
        views, disparity = draw(rng, rows)
        measured = disparity + NOISE_SD * rng.standard_normal(rows)
        splits[split] = {**views, "depth": measured[:, None].astype(np.float32)}
        truth[f"depth_{split}"] = disparity[:, None]
        best[split] = number_scores("depth", splits[split]["depth"], disparity[:, None])
    references = {"best possible": best}
    return Content(splits, truth=truth, targets={"depth": "number"}, references=references)


def draw(rng: np.random.Generator, rows: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """`left` and `right` (rows, 32, 32, 3) in -1 to 1, and the true disparity, (rows,) pixels."""
    disparity = rng.uniform(0, MOST, rows)
    color = rng.uniform(-0.2, 1, (rows, DOTS, 3)).astype(np.float32)
    across = rng.uniform(-1, SIDE + MOST, (rows, DOTS))
    down = rng.uniform(0, SIDE - 1, (rows, DOTS))
    views = {}
    for view, shift in (("left", 0.0), ("right", disparity[:, None])):
        seen = rng.random((rows, DOTS)) >= UNSEEN
        picture = _splatted(across - shift, down, color * seen[..., None])
        views[view] = 2 * noisy(rng, picture, 0.03) - 1
    return views, disparity


def _splatted(across: np.ndarray, down: np.ndarray, color: np.ndarray) -> np.ndarray:
    """Dots shared out among the four pixels around them, on black, (rows, 32, 32, 3)."""
    rows, _, channels = color.shape
    padded = np.zeros((rows, SIDE + 1, SIDE + 1, channels), np.float32)
    left, top = np.floor(across).astype(int), np.floor(down).astype(int)
    row = np.broadcast_to(np.arange(rows)[:, None], left.shape)
    for step_x in (0, 1):
        for step_y in (0, 1):
            part_x = 1 - np.abs(across - left - step_x)
            part_y = 1 - np.abs(down - top - step_y)
            x, y = left + step_x, top + step_y
            inside = (x >= 0) & (x < SIDE) & (y >= 0) & (y < SIDE)
            share = (part_x * part_y * inside)[..., None].astype(np.float32)
            place = (row, np.where(inside, y, SIDE), np.where(inside, x, SIDE))
            np.add.at(padded, place, color * share)
    return padded[:, :SIDE, :SIDE]


@source(*FILES)
def motorcycle(request: Request) -> Content:
    """Patches of the published pair, in one band of it for each split."""
    folder = request.folder
    left, right = (_quarter(_picture(folder / file)) for file in FILES[:2])
    disparity = _disparity(folder / FILES[2])
    if left.shape != right.shape or disparity.shape != left.shape[:2]:
        raise DataError(
            f"{folder}: the scaled pictures and the disparity differ in shape: "
            f"{left.shape}, {right.shape} and {disparity.shape}"
        )
    splits = {split: _patches(left, right, disparity, split) for split in BANDS}
    for split, columns in splits.items():
        if not len(columns["depth"]):
            raise DataError(f"{folder}: the pictures are too small to cut a patch for {split}")
    return Content(splits, targets={"depth": "number"})


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
    except (OSError, SyntaxError) as error:  # a damaged PNG is a SyntaxError
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
        raise DataError(f"{path}: {disparity.dtype} {disparity.shape}, not one number per pixel")
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


_SUMMARY = "pairs of pictures as two eyes see them, and the depth"
register(Entry("stereo", "depth", _SUMMARY, (motorcycle, stereograms)))
