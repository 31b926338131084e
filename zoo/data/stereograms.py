"""Source `stereograms`: random-dot stereograms of known depth, drawn from a seed in a second.

Every pair is drawn afresh and belongs to one split. The measured depth has an error of its own,
which is all that the oracle cannot know.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.drawn import row_option
from zoo.data.pictures import stereograms as painter
from zoo.data.registry import card
from zoo.data.regression import value_scores

ROWS = 2_500
HELD_OUT = {"validation": 300, "test": 600}


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: the pairs need no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Draw the pairs.

    Args:
        name: `stereo`.
        folder: Not used.
        seed: Fixes every pair and its measured depth.
        options: `rows`, the number of training pairs, 100 to 100,000.

    Raises:
        UnknownNameError: an option that there is not.
        DataError: `rows` out of its range.
    """
    sizes = {"train": row_option(name, options, ROWS), **HELD_OUT}
    splits: dict[str, dict[str, np.ndarray]] = {}
    truth: dict[str, np.ndarray] = {}
    for number, (split, rows) in enumerate(sizes.items()):
        rng = np.random.default_rng([seed, 0x57E2, number])
        views, disparity = painter.draw(rng, rows)
        measured = disparity + painter.NOISE_SD * rng.standard_normal(rows)
        splits[split] = {**views, "depth": measured[:, None].astype(np.float32)}
        truth[split] = disparity[:, None]
    targets = {split: columns["depth"] for split, columns in splits.items()}
    return Dataset(
        name=name,
        source="stereograms",
        splits=splits,
        card=card(name),
        truth={f"depth_{split}": values for split, values in truth.items()},
        references=value_scores("depth", targets, truth),
        origin=(
            f"data: stereograms (embedded, generated, seed {seed}); "
            "the card tells of a real pair of pictures"
        ),
    )
