"""Source `planted`: vectors, a known linear map of them, and noise that nothing predicts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.options import refuse_unknown
from zoo.data.reference_scores import Scores, best_constant, value_scores
from zoo.data.registry import card

WIDTH = 32
NOISE_SD = 0.5  # the map itself gives each output a standard deviation of about 1
OFFSET_SD = 0.5
ROWS = {"train": 4_000, "validation": 1_000, "test": 2_000}


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Draw the map and the rows of dataset `linear_map`; `folder` is not used.

    Raises:
        UnknownNameError: an option; there are none.
    """
    refuse_unknown(name, options)
    rng = np.random.default_rng([seed, 0x11AE])
    weights = rng.normal(size=(WIDTH, WIDTH)) / np.sqrt(WIDTH)
    offset = rng.normal(scale=OFFSET_SD, size=WIDTH)
    splits: dict[str, dict[str, np.ndarray]] = {}
    oracle: dict[str, Scores] = {}
    for split, rows in ROWS.items():
        a = rng.normal(size=(rows, WIDTH)).astype(np.float32)
        clean = a @ weights + offset
        b = (clean + rng.normal(scale=NOISE_SD, size=clean.shape)).astype(np.float32)
        splits[split] = {"a": a, "b": b}
        oracle[split] = value_scores("b", b, clean)
    train = splits["train"]["b"]
    return Dataset(
        name=name,
        source="planted",
        splits=splits,
        card=card(name),
        sizes={"n_features": WIDTH, "units": WIDTH},
        truth={"weights": weights, "offset": offset, "noise_sd": np.array(NOISE_SD)},
        references={
            "oracle": oracle,
            "trivial": {
                split: best_constant("b", train, part["b"]) for split, part in splits.items()
            },
        },
        origin=f"data: planted (embedded, generated, seed {seed})",
    )
