"""The documents' claims on the embedded data: the sign of each difference, over seeds."""

from __future__ import annotations

from typing import Any

import claims
import numpy as np
import pytest
from _embedded import train

# Changes with which a claim shows in less time, as clearly as on all rows: see `test_claim`.
SMALLER: dict[str, dict[str, Any]] = {
    "clothing_price": {"dataset_options.rows": 800, "epochs": 4},
    "residual_network": {"dataset_options.rows": 1_000, "epochs": 3},
    "memory_qa": {"epochs": 6},
    "siamese_lstm": {"dataset_options.rows": 5_000, "epochs": 6, "engine": "resident"},
}
# The differences between these variants are many times those between seeds.
ONE_SEED = ("clothing_price", "memory_qa", "residual_network", "siamese_lstm")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name for name, claim in claims.CLAIMS.items() if claim.holds is not None]
)
def test_claim(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trains each variant. `scripts/claims.py` does so on all rows and prints the numbers."""

    def smaller(recipe: str, seed: int, **changes: Any) -> Any:
        return train(recipe, seed, **{**changes, **SMALLER.get(name, {})})

    monkeypatch.setattr(claims, "train", smaller)
    claim = claims.CLAIMS[name]
    scores = [claim.measure(seed) for seed in range(1 if name in ONE_SEED else 2)]
    better, *worse = scores[0]
    for other in worse:
        gains = [score[other] - score[better] for score in scores]
        assert (np.mean(gains) > 0) == claim.holds, (other, scores)
