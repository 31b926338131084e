"""How much of the way from the trivial to the best reachable score a short training goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import zoo


def closed(recipe: str, source: str, metric: str, rows: int, epochs: int, logdir: Path) -> float:
    """Share of the gap that closes on the test split; 1 is the oracle's score."""
    overrides: dict[str, Any] = {"dataset_options.rows": rows, "epochs": epochs, "baseline": ""}
    run = zoo.fit(recipe, data=source, logdir=logdir, **overrides)
    references = run.record["references"]
    trivial, oracle = (references[name]["test"][metric] for name in ("trivial", "oracle"))
    return (run.metrics["test"][metric] - trivial) / (oracle - trivial)
