"""A document's claim: how it is measured, and what the numbers say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from _embedded import train

# Variant, or variant and what it was measured at, such as a width -> score.
Scores = Mapping[str, float] | Mapping[tuple[str, float], float]


# Scores of one seed: takes it, and what makes the measure cheaper: a recipe's fields, or its own.
Measure = Callable[..., Scores]


@dataclass(frozen=True)
class Axis:
    """A quantity on a picture's axis.

    Attributes:
        label: Its name, and its unit where it has one.
        log: Whether the scale is logarithmic.
        form: How a value is written in a table.
    """

    label: str
    log: bool = False
    form: str = ".4f"


@dataclass(frozen=True)
class Finding:
    """What the numbers say of a claim.

    Attributes:
        holds: True as claimed, False the contrary, None no clear difference.
        text: One sentence with the numbers, the title of the picture.
    """

    holds: bool | None
    text: str


CLEAR = 0.01  # a difference of less than this share of the score is none


def sign(differences: pd.Series, score: float) -> bool | None:
    """Whether the difference is positive on every seed; None if they disagree or it is small.

    Args:
        differences: By seed.
        score: What they are differences of.
    """
    if abs(differences.mean()) < CLEAR * abs(score) or (differences > 0).nunique() > 1:
        return None
    return bool(differences.iloc[0] > 0)


def by_seed(scores: pd.DataFrame, variant: str, at: float) -> pd.Series:
    """The scores of a variant at one value."""
    rows: Any = scores.loc
    return rows[variant, at]


def ends(scores: pd.DataFrame) -> tuple[float, float]:
    """The least and the largest value that the variants were measured at."""
    values: Any = scores.index.unique("at")
    return values.min(), values.max()


def first_is_best(scores: pd.DataFrame) -> Finding:
    """Of variants that are compared as they are: the first should have the lowest score."""
    first, others = scores.iloc[0], scores.iloc[1:]
    means = scores.mean(axis=1)
    best: Any = means.idxmin()
    rest = scores.drop(index=best)
    wins = int((scores.loc[best] < rest.min()).sum())
    difference = rest.mean(axis=1).min() - means[best]
    return Finding(
        sign(others.min() - first, first.mean()),
        f"lowest score: {best}, on {wins} of {len(first)} seeds, by {difference:.4f} in the mean",
    )


@dataclass(frozen=True)
class Claim:
    """What a document says, and how it is put to the test.

    Attributes:
        text: The claim, with its document.
        score: What the numbers are.
        measure: Scores of one seed; without `over`, the variant that should win comes first.
        judge: What the scores say: a row per variant, or per variant and what it was measured
            at; a column per seed.
        over: What the variants are measured at, if they are measured at several values.
        holds: What was found. The tests assert it, of results/claims.csv and at a smaller size.
        shows: Architectures whose own claim this is.
        note: How it was measured, and what explains the outcome.
    """

    text: str
    score: Axis
    measure: Measure
    judge: Callable[[pd.DataFrame], Finding] = first_is_best
    over: Axis | None = None
    holds: bool | None = True
    shows: tuple[str, ...] = ()
    note: str = ""


def compared(
    recipe: str, variants: Mapping[str, Mapping[str, Any]], metric: str = "log_loss"
) -> Measure:
    """Measures a recipe's test score with the changes of each variant."""

    def measure(seed: int, **smaller: Any) -> Scores:
        return {
            variant: train(recipe, seed, **{**changes, **smaller}).metrics["test"][metric]
            for variant, changes in variants.items()
        }

    return measure
