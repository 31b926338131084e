"""The documents' claims on the embedded data: the sign of each difference over three seeds."""

from __future__ import annotations

import claims
import numpy as np
import pytest

SEEDS = range(3)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name for name, claim in claims.CLAIMS.items() if claim.holds is not None]
)
def test_claim(name: str) -> None:
    """Trains each variant three times: minutes. `scripts/claims.py` prints the numbers."""
    claim = claims.CLAIMS[name]
    scores = [claim.measure(seed) for seed in SEEDS]
    better, *worse = scores[0]
    for other in worse:
        gains = [score[other] - score[better] for score in scores]
        assert (np.mean(gains) > 0) == claim.holds, (other, scores)
