"""Every Siamese recipe learns; the document's own head cannot compare two encodings."""

from __future__ import annotations

from pathlib import Path

import pytest
from text_helpers import share_closed

CASES = [
    ("siamese_lstm", "paraphrases", {"dataset_options.rows": 8000}, {"accuracy": 0.85}),
    ("tweet_pair", "authors", {}, {"accuracy": 0.9, "log_loss": 0.8}),
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


@pytest.mark.slow
def test_encodings_side_by_side_cannot_be_compared(tmp_path: Path) -> None:
    changes = {"dataset_options.rows": 4000, "arguments.merge": "concatenate"}
    closed = share_closed("siamese_lstm", "paraphrases", changes, tmp_path)
    assert closed["accuracy"] < 0.3, closed
