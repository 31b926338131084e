"""Every image recipe, on fewer pictures and epochs, learns most of what can be learnt."""

from __future__ import annotations

from pathlib import Path

import pytest
from text_helpers import share_closed

# recipe -> training pictures and epochs, and the least share of the gap from trivial to oracle
REDUCED = {
    "cnn": (3_000, 7, 0.8),
    "shared_input": (2_000, 5, 0.8),
    "two_resolution": (1_500, 4, 0.8),
    "vgg_like": (4_000, 6, 0.8),
    "inception_network": (3_000, 6, 0.8),
    "residual_network": (3_000, 5, 0.8),
}

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("recipe", REDUCED)
def test_it_learns(recipe: str, tmp_path: Path) -> None:
    rows, epochs, share = REDUCED[recipe]
    changes = {"dataset_options.rows": rows, "epochs": epochs}
    assert share_closed(recipe, "drawn", changes, tmp_path)["accuracy"] >= share
