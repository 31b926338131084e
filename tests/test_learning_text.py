"""Every text recipe, at a reduced size, learns most of what there is to learn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from text_helpers import share_closed

# recipe, source, changed fields, (metric, column, least share of the gap closed)
CASES: list[tuple[str, str, dict[str, Any], dict[str, float]]] = [
    ("lstm_classifier", "opinions", {"epochs": 7}, {"accuracy": 0.85}),
    (
        "headline",
        "newsroom",
        {"dataset_options.rows": 8000, "epochs": 6},
        {"main_output_accuracy": 0.8},
    ),
    ("qa", "rooms", {"dataset_options.rows": 6000, "epochs": 16}, {"accuracy": 0.85}),
    ("novel", "library", {}, {"genre_accuracy": 0.95, "date_mae": 0.85}),
    ("posts", "topics", {}, {"age_mae": 0.8, "income_accuracy": 0.85, "gender_accuracy": 0.8}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("recipe", "source", "changes", "least"), CASES, ids=[c[0] for c in CASES])
def test_a_reduced_run_closes_most_of_the_gap(
    recipe: str,
    source: str,
    changes: dict[str, object],
    least: dict[str, float],
    tmp_path: Path,
) -> None:
    closed = share_closed(recipe, source, changes, tmp_path)
    for metric, bound in least.items():
        assert closed[metric] >= bound, closed
