"""Test the documents' claims by experiment, on embedded data, over seeds.

    python scripts/claims.py [--seeds 3] [CLAIM...]
    python scripts/claims.py --check

Each claim compares variants on the same held-out rows. The scores go to results/claims.csv, tables
and verdicts to docs/claims.md, a picture of each to docs/claims/;
tests/scripts/test_claims_by_experiment.py asserts the sign of each difference.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from _claims_gradients import CLAIMS as GRADIENTS
from _claims_inventory import inventory
from _claims_page import arranged, picture, section
from _claims_recipes import CLAIMS as RECIPES
from _claims_width import CLAIMS as WIDTH
from _claims_xception import CLAIMS as XCEPTION
from _page import ROOT, Results, Script, fill

CLAIMS = {**RECIPES, **WIDTH, **GRADIENTS, **XCEPTION}
PICTURES = ROOT / "docs" / "claims"


def rows_of(name: str, seed: int, **smaller: Any) -> Iterator[dict[str, Any]]:
    """A row per variant and what it was measured at; `smaller` is the measure's."""
    for key, value in CLAIMS[name].measure(seed, **smaller).items():
        variant, at = key if isinstance(key, tuple) else (key, None)
        yield {"claim": name, "seed": seed, "variant": variant, "at": at, "score": value}


def measured(name: str, given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """The rows of every seed."""
    for seed in range(given.seeds):
        yield from rows_of(name, seed)


def measured_scores() -> dict[str, pd.DataFrame]:
    """The scores of every claim that was measured, a column per seed."""
    groups = dict(iter(RESULTS.read().groupby("claim")))
    return {name: arranged(claim, groups[name]) for name, claim in CLAIMS.items() if name in groups}


def files() -> dict[Path, str]:
    """The page and the pictures."""
    scores = measured_scores()
    sections = [section(name, CLAIMS[name], own) for name, own in scores.items()]
    blocks = {"claims": "\n".join(sections), "inventory": inventory(CLAIMS)}
    drawn = {PICTURES / f"{name}.svg": picture(CLAIMS[name], own) for name, own in scores.items()}
    return {**fill("docs/claims.md", blocks), **drawn}


RESULTS = Results("claims.csv", "claim", lambda: CLAIMS)
SCRIPT = Script(
    str(__doc__),
    files=files,
    results=RESULTS,
    rows=measured,
    folders=[PICTURES],
    options=lambda parser: parser.add_argument("--seeds", type=int, default=3),
)

if __name__ == "__main__":
    sys.exit(SCRIPT.main())
