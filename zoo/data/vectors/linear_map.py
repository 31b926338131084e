"""Dataset `linear_map`: vectors, a known linear map of them, and noise that nothing predicts."""

from __future__ import annotations

import numpy as np

from zoo.data.references import Scores, number_scores
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, Whole, source

NOISE_SD = 0.5  # the map itself gives each output a standard deviation of about 1
OFFSET_SD = 0.5
ROWS = {"train": 4_000, "validation": 1_000, "test": 2_000}


@source(width=Whole(32, 1, 1_000))  # numbers of a, and of b
def planted(request: Request) -> Content:
    """The map and the rows of the seed."""
    rng = np.random.default_rng([request.seed, 0x11AE])
    width = request.options["width"]
    weights = rng.normal(size=(width, width)) / np.sqrt(width)
    offset = rng.normal(scale=OFFSET_SD, size=width)
    splits: dict[str, dict[str, np.ndarray]] = {}
    best: dict[str, Scores] = {}
    for split, rows in ROWS.items():
        a = rng.normal(size=(rows, width)).astype(np.float32)
        clean = a @ weights + offset
        b = (clean + rng.normal(scale=NOISE_SD, size=clean.shape)).astype(np.float32)
        splits[split] = {"a": a, "b": b}
        best[split] = number_scores("b", b, clean)
    return Content(
        splits,
        sizes={"n_features": width, "units": width},
        truth={"weights": weights, "offset": offset, "noise_sd": np.array(NOISE_SD)},
        targets={"b": "number"},
        references={"best possible": best},
    )


_SUMMARY = "vectors and a noisy linear map of them"
register(Entry("linear_map", "vectors", _SUMMARY, (planted,)))
