"""Source `gunpoint`: a hand's path across 150 pictures, drawing a gun or pointing a finger.

Two files of the UCR archive in its .ts form: a header of `@` lines, then a series a line, its
values parted by commas, a colon, and its class, 1 or 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csvtext import damage, read_text
from zoo.data.dataset import Dataset
from zoo.data.options import refuse_unknown
from zoo.data.reference_scores import best_constant, flag_scores
from zoo.data.registry import card

FILES = ("GunPoint_TRAIN.ts", "GunPoint_TEST.ts")
CLASSES = {"1": 1, "2": 0}  # label 1 is drawing a gun
NAMES = ("pointing", "drawing a gun")
STEPS = 150
HELD_OUT = 5  # one training series in five for validation
NOISE_SD = 0.3  # added for `noisy_series`; a series has a standard deviation of 1


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether both files are there."""
    return all((folder / file).is_file() for file in FILES)


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read both files; validation comes out of the training file, class by class.

    Args:
        name: `series`, or `noisy_series` where noise is added to `sequence` and `signal` is the
            series as measured.
        folder: The folder `sequences` of the data home.
        seed: Fixes which series validate, and the noise.
        options: None.

    Raises:
        UnknownNameError: an option; there are none.
        DataError: a file is missing or damaged.
    """
    refuse_unknown(name, options)
    if not available(name, folder, options):
        raise DataError(
            f"{name}: no series in {folder}; needs {' and '.join(FILES)}; `zoo data fetch {name}` "
            "gets them, and source pulses needs none"
        )
    known, known_label = read_series(folder / FILES[0])
    test, test_label = read_series(folder / FILES[1])
    rng = np.random.default_rng([seed, 0x6097])
    held = np.zeros(len(known), dtype=bool)
    for label in np.unique(known_label):
        of_class = rng.permutation(np.flatnonzero(known_label == label))
        held[of_class[: max(1, len(of_class) // HELD_OUT)]] = True
    parts = {
        "train": (known[~held], known_label[~held]),
        "validation": (known[held], known_label[held]),
        "test": (test, test_label),
    }
    splits: dict[str, dict[str, np.ndarray]] = {}
    for split, (series, label) in parts.items():
        noise = rng.normal(scale=NOISE_SD, size=series.shape) if name == "noisy_series" else 0.0
        splits[split] = {
            "sequence": (series + noise)[:, :, None].astype(np.float32),
            "label": label[:, None].astype(np.float32),
            "signal": series[:, :, None].astype(np.float32),
        }
    train = splits["train"]
    return Dataset(
        name=name,
        source="gunpoint",
        splits=splits,
        card=card(name),
        sizes={"length": STEPS},
        labels={"label": NAMES},
        references={
            "trivial": {
                split: {
                    **flag_scores("label", part["label"], train["label"].mean()),
                    **best_constant("signal", train["signal"], part["signal"]),
                }
                for split, part in splits.items()
            }
        },
        origin=f"data: gunpoint ({folder}); for the embedded series: --data pulses",
    )


def read_series(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Series (rows, 150) and labels 0 or 1 (rows,) of a .ts file.

    Raises:
        DataError: the file cannot be read, has no `@data` line or no series, or a series is cut
            short or holds what is no number; the message names file, line and column.
    """
    lines = read_text(path).split("\n")
    begun = [number for number, line in enumerate(lines) if line.strip().lower() == "@data"]
    if not begun:
        what = "the file is empty" if not any(map(str.strip, lines)) else "no line says @data"
        raise damage(path, f"{what}; series are looked for after that line", 1)
    rows, labels = [], []
    for number, line in enumerate(lines[begun[0] + 1 :], start=begun[0] + 2):
        if not line.strip():
            continue
        values, colon, label = line.rpartition(":")
        if not colon:
            raise damage(path, "no colon and class after the values; cut short?", number)
        if label.strip() not in CLASSES:
            raise damage(path, f"{label.strip()!r} is not 1 or 2", number, "class")
        rows.append(_numbers(path, number, values.split(",")))
        labels.append(CLASSES[label.strip()])
    if not rows:
        raise damage(path, "no series after the line @data", begun[0] + 2)
    if len(set(labels)) < len(CLASSES):
        raise DataError(f"{path}: all {len(rows)} series have the same class")
    return np.array(rows), np.array(labels)


def _numbers(path: Path, line: int, words: list[str]) -> list[float]:
    if len(words) != STEPS:
        raise damage(path, f"{len(words)} values instead of {STEPS}", line)
    numbers = []
    for column, word in enumerate(words, start=1):
        try:
            numbers.append(float(word))
        except ValueError:
            raise damage(
                path, f"{word.strip()!r} is not a number", line, f"step {column}"
            ) from None
        if not np.isfinite(numbers[-1]):
            raise damage(path, f"{word.strip()!r} is not finite", line, f"step {column}")
    return numbers
