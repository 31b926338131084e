"""The multi-modal recipes, on fewer rows and epochs, learn most of what can be learnt."""

from __future__ import annotations

from pathlib import Path

import pytest
from text_helpers import share_closed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("recipe", "source", "rows", "epochs", "share"),
    [
        ("siamese_xception", "stereograms", 2_500, 6, 0.8),
        ("clothing_price", "wardrobe", 3_000, 8, 0.85),
    ],
)
def test_it_learns(
    recipe: str, source: str, rows: int, epochs: int, share: float, tmp_path: Path
) -> None:
    changes = {"dataset_options.rows": rows, "epochs": epochs}
    assert share_closed(recipe, source, changes, tmp_path)["mae"] >= share
