"""Source `pulses`: series in which the order of the steps tells the class, and nothing else does.

Pulses come at random times. Each has two steps above and two below 0: slow ones two and two,
fast ones by turns, and either may begin above or below. Both kinds occur in both classes, one
more often. Every step has mean 0 and the same values whatever the class, so a linear model is
blind. The series is a hidden Markov chain with noise: filtering it forwards gives the exact
chance of the class, and the best guess of the clean value, at every step.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.options import refuse_unknown
from zoo.data.reference_scores import Scores, best_constant, flag_scores, value_scores
from zoo.data.registry import card

STEPS = 100
HEIGHT = 1.5
KINDS = HEIGHT * np.array([[1, 1, -1, -1], [-1, -1, 1, 1], [1, -1, 1, -1], [-1, 1, -1, 1]])
START = 0.2  # chance that a step outside pulses is the first of one
OWN_KIND = 0.7  # share of the class's own speed among its pulses: fast for class 1
NOISE_SD = 0.5
ROWS = {"train": 6_000, "validation": 1_000, "test": 2_000}

# Hidden states: 0 between pulses, then the steps of each kind of pulse in turn.
LEVELS = np.concatenate([[0.0], KINDS.ravel()])
_FIRST = 1 + KINDS.shape[1] * np.arange(len(KINDS))
_LAST = np.concatenate([[0], _FIRST + KINDS.shape[1] - 1])  # after these something new begins


def chain(fast: float) -> tuple[np.ndarray, np.ndarray]:
    """Distribution of states at any step, and transition matrix (from, to).

    Args:
        fast: Share of fast pulses among all.
    """
    begin = np.zeros(len(LEVELS))
    begin[0] = 1 - START
    begin[_FIRST] = START * np.array([1 - fast, 1 - fast, fast, fast]) / 2
    move = np.eye(len(LEVELS), k=1)
    move[_LAST] = begin
    # In the long run every step of a pulse is as frequent as its first one.
    always = begin.copy()
    for first in _FIRST:
        always[first : first + KINDS.shape[1]] = begin[first]
    return always / always.sum(), move


def chains() -> tuple[np.ndarray, np.ndarray]:
    """`chain` of class 0 and of class 1, stacked."""
    pairs = [chain(share) for share in (1 - OWN_KIND, OWN_KIND)]
    return np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])


def draw(rng: np.random.Generator, label: np.ndarray, steps: int) -> np.ndarray:
    """Clean series of the given classes (rows,): (rows, steps)."""
    always, move = chains()
    state = _choice(rng, always[label])
    states = [state]
    for _ in range(steps - 1):
        state = _choice(rng, move[label, state])
        states.append(state)
    return LEVELS[np.stack(states, axis=1)]


def _choice(rng: np.random.Generator, chance: np.ndarray) -> np.ndarray:
    """One column of each row, drawn with the row's chances."""
    return (rng.random((len(chance), 1)) > np.cumsum(chance, axis=1)[:, :-1]).sum(axis=1)


def estimates(sequence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What can be known of noisy series (rows, steps) from all steps so far.

    Returns:
        Chance of class 1 and mean of the clean value, each after each step, (rows, steps).
    """
    always, move = chains()
    belief = np.broadcast_to(always / 2, (len(sequence), *always.shape))  # rows, classes, states
    chance, clean = [], []
    for step, value in enumerate(sequence.astype(np.float64).T):
        if step:
            belief = np.einsum("rcs,cst->rct", belief, move)
        belief = belief * np.exp(-np.square((value[:, None, None] - LEVELS) / NOISE_SD) / 2)
        belief = belief / belief.sum(axis=(1, 2), keepdims=True)
        chance.append(belief[:, 1].sum(axis=1))
        clean.append(belief.sum(axis=1) @ LEVELS)
    return np.stack(chance, axis=1), np.stack(clean, axis=1)


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Always: it needs no file."""
    return True


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Draw the series of dataset `series` or `noisy_series`, which are the same.

    Args:
        name: Which of the two.
        folder: Not used.
        seed: Fixes labels, pulses and noise.
        options: None.

    Raises:
        UnknownNameError: an option; there are none.
    """
    refuse_unknown(name, options)
    rng = np.random.default_rng([seed, 0x9015E])
    splits: dict[str, dict[str, np.ndarray]] = {}
    oracle: dict[str, Scores] = {}
    for split, rows in ROWS.items():
        label = rng.integers(0, 2, rows)
        signal = draw(rng, label, STEPS)
        sequence = signal + rng.normal(scale=NOISE_SD, size=signal.shape)
        splits[split] = {
            "sequence": sequence[:, :, None].astype(np.float32),
            "label": label[:, None].astype(np.float32),
            "signal": signal[:, :, None].astype(np.float32),
        }
        chance, clean = estimates(sequence)
        oracle[split] = {
            **flag_scores("label", label, chance[:, -1]),
            "signal_mse": value_scores("signal", signal, clean)["signal_mse"],
        }
    train = splits["train"]
    trivial = {
        split: {
            **flag_scores("label", columns["label"], train["label"].mean()),
            **best_constant("signal", train["signal"], columns["signal"]),
        }
        for split, columns in splits.items()
    }
    return Dataset(
        name=name,
        source="pulses",
        splits=splits,
        card=card(name),
        sizes={"length": STEPS},
        references={"oracle": oracle, "trivial": trivial},
        origin=f"data: pulses (embedded, generated, seed {seed})",
    )
