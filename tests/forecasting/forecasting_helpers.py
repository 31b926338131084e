"""Small brackets and chances for the tests of forecasts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zoo.forecasting.bracket import Bracket, bracket_of


def field(regions: str = "WXYZ", each: int = 16, play_ins: tuple[str, ...] = ()) -> dict[str, int]:
    """Label -> team id, from 1101 in the order of the labels."""
    places = [f"{region}{seed:02}" for region in regions for seed in range(1, each + 1)]
    labels: list[str] = []
    for place in places:
        labels += [place + "a", place + "b"] if place in play_ins else [place]
    return {label: 1101 + number for number, label in enumerate(labels)}


def bracket(regions: str = "WXYZ", each: int = 16, play_ins: tuple[str, ...] = ()) -> Bracket:
    return bracket_of(field(regions, each, play_ins), 2016)


def some_chances(count: int, seed: int = 0) -> NDArray[np.float64]:
    """Chances from random strengths and noise, shape (count, count)."""
    rng = np.random.default_rng(seed)
    strength = rng.normal(size=count)
    ahead = strength[:, None] - strength + rng.normal(0, 0.5, (count, count))
    chance = 1 / (1 + np.exp(-ahead))
    upper = np.triu(chance, 1)
    return upper + np.tril(1 - upper.T, -1) + np.eye(count) / 2
