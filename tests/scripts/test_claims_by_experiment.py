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
    for other in claim.worse:
        gains = [score[other] - score[claim.better] for score in scores]
        assert (np.mean(gains) > 0) == claim.holds, (other, scores)


def test_convex_weights_find_the_better_column() -> None:
    truth = np.arange(20.0)
    noise = np.tile([3.0, -3.0], 10)
    columns = np.stack([truth, truth + noise, noise], axis=1)
    np.testing.assert_allclose(claims._convex_weights(columns, truth), [1, 0, 0])
    opposite = np.stack([truth + noise, truth - noise, 0 * truth], axis=1)
    np.testing.assert_allclose(claims._convex_weights(opposite, truth), [0.5, 0.5, 0])
