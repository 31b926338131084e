"""What the tests of ensembles share: outputs by name, and the mixture that they should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from support import fed

from zoo.training import inference


def answers(model: Any, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Outputs by port, in evaluation mode."""
    given = outputs = model(fed(inputs), training=False)
    if not isinstance(given, dict):
        listed = given if isinstance(given, list | tuple) else [given]
        outputs = dict(zip(inference.output_names(model), listed, strict=True))
    return {port: np.asarray(value) for port, value in outputs.items()}


def assert_weighted(
    joint: Any, models: Sequence[Any], shares: Sequence[float], inputs: dict[str, np.ndarray]
) -> None:
    each = [answers(model, inputs) for model in models]
    for port, value in answers(joint, inputs).items():
        expected = sum(share * one[port] for share, one in zip(shares, each, strict=True))
        np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-6, err_msg=port)
