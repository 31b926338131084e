"""Pictures and arrays in files that a person names, or that a cell of a table names."""

from __future__ import annotations

import csv
import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csv import as_number, damage, read_text

if TYPE_CHECKING:
    from PIL import Image

PICTURES = (".png", ".jpg", ".jpeg", ".gif")
ARRAYS = (".npy", ".csv")


@dataclass(frozen=True)
class Form:
    """What a model takes as a picture: its size, and the levels of black and white.

    Attributes:
        height, width: Pixels; None takes the file's.
        channels: 1 for gray, 3 for red, green and blue.
        black, white: Where levels begin and end.
    """

    height: int | None
    width: int | None
    channels: int
    black: float = 0.0
    white: float = 1.0


def names_a_file(text: str) -> bool:
    """Whether a text ends as the files do that this module reads."""
    return Path(text.strip()).suffix.lower() in (*PICTURES, *ARRAYS)


def below(folder: Path, name: str) -> Path:
    """The file that a cell of a table names, which must be below the table's folder.

    Raises:
        DataError: it is elsewhere, by `..`, a link or an absolute path.
    """
    try:
        path = (folder / name.strip()).resolve()
        inside = path.is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a loop of links, a zero byte
        inside = False
    if not inside:
        raise DataError(f"{name.strip()!r} is not below the table's folder, {folder}")
    return folder / name.strip()


def read_pictures(path: Path, form: Form) -> tuple[np.ndarray, str]:
    """The pictures of a PNG, JPEG or GIF file, and a note if their size was changed.

    A transparent picture is put on white.

    Returns:
        float32 (pictures, height, width, channels), from `form.black` to `form.white`; the note is
        empty if the size is as it should be.

    Raises:
        DataError: the file is missing, damaged or no picture, or has over 89 million pixels.
    """
    from PIL import Image, ImageSequence, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG", "JPEG", "GIF")) as image:
                frames = [_levels(each, form) for each in ImageSequence.Iterator(image)]
                width, height = image.size
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except UnidentifiedImageError:
        raise DataError(f"{path} is not a PNG, JPEG or GIF picture") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise DataError(f"{path} has more than {Image.MAX_IMAGE_PIXELS:,} pixels") from None
    except Exception as error:  # each decoder raises its own for a damaged file
        raise DataError(f"{path} cannot be read: {' '.join(str(error).split())}") from error
    wanted = (form.width or width, form.height or height)
    note = ""
    if (width, height) != wanted:
        note = f"{path} has {width} x {height} pixels, resized to {wanted[0]} x {wanted[1]}"
    black, white = np.float32(form.black), np.float32(form.white)
    return black + (white - black) * np.stack(frames), note


def _levels(image: Image.Image, form: Form) -> np.ndarray:
    """A picture as float32 (height, width, channels), 0 to 1."""
    from PIL import Image

    if image.mode[0] in "IF":  # 16 bits or more to a pixel; Pillow would cut them off
        deep = np.asarray(image, np.float32)
        image = Image.fromarray(np.uint8(np.clip(deep / 257 + 0.5, 0, 255)))
    if "A" in image.getbands() or "transparency" in image.info:
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image.convert("RGBA"))
    image = image.convert("L" if form.channels == 1 else "RGB")
    size = (form.width or image.width, form.height or image.height)
    if image.size != size:
        image = image.resize(size, Image.Resampling.BILINEAR)
    levels = np.asarray(image, np.float32) / np.float32(255)
    return levels.reshape(size[1], size[0], form.channels)


def read_array(path: Path) -> np.ndarray:
    """The numbers of an NPY file, or of a CSV file, whose header line is optional.

    Returns:
        The array; of a CSV file float64 (rows, columns).

    Raises:
        DataError: the file is missing, damaged or holds other things than numbers.
    """
    if path.suffix.lower() == ".csv":
        return _csv_numbers(path)
    try:  # mapped: a header that promises more than the file holds cannot claim the memory
        found = np.lib.format.open_memmap(path, mode="r")
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except (OSError, ValueError, EOFError, SyntaxError) as error:
        raise DataError(f"{path} is not an NPY file of numbers: {error}") from error
    if found.dtype.kind not in "biuf":
        raise DataError(f"{path} is not an NPY file of numbers")
    return np.array(found)


def _csv_numbers(path: Path) -> np.ndarray:
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    try:
        rows = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise damage(path, str(error), reader.line_num) from error
    if rows and all(as_number(cell) is None for cell in rows[0][1]):
        rows.pop(0)  # the header
    if not rows:
        raise DataError(f"{path} holds no numbers")
    width = len(rows[0][1])
    numbers = []
    for line, cells in rows:
        if len(cells) != width:
            raise damage(path, f"{width} cells are needed, not {len(cells)}", line)
        for cell in cells:
            if as_number(cell) is None:
                raise damage(path, f"{cell!r} is not a number", line)
        numbers.append([float(cell) for cell in cells])
    return np.array(numbers)
