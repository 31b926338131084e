"""Datasets `series` and `noisy_series`: only the order of the steps shows the class.

Source `pulses` is generated. Pulses come at random times; each has two steps above and two below
0: slow ones two and two, fast ones by turns, and either may begin above or below. Both kinds
occur in both classes, one more often. Every step has mean 0 and the same values whatever the
class, so a linear model is blind. The series is a hidden Markov chain with noise: filtering it
forwards gives the exact chance of the class, and the best guess of the clean value, at every step.

Source `gunpoint` is real: a hand's path across 150 pictures, drawing a gun or pointing a finger.
Two files of the UCR archive in its .ts form: a header of `@` lines, then one series per line, its
values separated by commas, a colon, and its class, 1 or 2.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csv import damage, parse_csv, read_text
from zoo.data.references import binary_scores, number_scores
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, source

TARGETS = {"label": "binary", "signal": "number"}

STEPS = 100  # of the pulses
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

FILES = ("GunPoint_TRAIN.ts", "GunPoint_TEST.ts")
CLASSES = {"1": 1, "2": 0}  # label 1 is drawing a gun
NAMES = ("pointing", "drawing a gun")
GUNPOINT_STEPS = 150
HELD_OUT = 5  # one training series in five for validation
ADDED_SD = 0.3  # noise of `noisy_series`; a series has a standard deviation of 1


def columns(sequence: np.ndarray, label: np.ndarray, signal: np.ndarray) -> dict[str, np.ndarray]:
    """Series (rows, steps), labels (rows,) and clean series as the columns of a split."""
    return {
        "sequence": sequence[:, :, None].astype(np.float32),
        "label": label[:, None].astype(np.float32),
        "signal": signal[:, :, None].astype(np.float32),
    }


@source()
def pulses(request: Request) -> Content:
    """The two datasets are the same here."""
    rng = np.random.default_rng([request.seed, 0x9015E])
    splits: dict[str, dict[str, np.ndarray]] = {}
    best: dict[str, dict[str, float]] = {}
    for split, rows in ROWS.items():
        label = rng.integers(0, 2, rows)
        signal = draw(rng, label, STEPS)
        sequence = signal + rng.normal(scale=NOISE_SD, size=signal.shape)
        splits[split] = columns(sequence, label, signal)
        chance, clean = estimates(sequence)
        best[split] = {
            **binary_scores("label", label, chance[:, -1]),
            "signal_mse": number_scores("signal", signal, clean)["signal_mse"],
        }
    return Content(
        splits, sizes={"length": STEPS}, targets=TARGETS, references={"best possible": best}
    )


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


def chains() -> tuple[np.ndarray, np.ndarray]:
    """`chain` of class 0 and of class 1, stacked."""
    pairs = [chain(share) for share in (1 - OWN_KIND, OWN_KIND)]
    return np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])


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


@source(*FILES)
def gunpoint(request: Request) -> Content:
    """Validation comes out of the training file, class by class.

    For `noisy_series`, noise is added to `sequence`, and `signal` is the series as measured.
    """
    known, known_label = read_series(request.folder / FILES[0])
    test, test_label = read_series(request.folder / FILES[1])
    rng = np.random.default_rng([request.seed, 0x6097])
    held = np.zeros(len(known), dtype=bool)
    for label in np.unique(known_label):
        of_class = rng.permutation(np.flatnonzero(known_label == label))
        held[of_class[: max(1, len(of_class) // HELD_OUT)]] = True
    parts = {
        "train": (known[~held], known_label[~held]),
        "validation": (known[held], known_label[held]),
        "test": (test, test_label),
    }
    splits: dict[str, dict[str, np.ndarray]] = {}
    noisy = request.dataset == "noisy_series"
    for split, (series, label) in parts.items():
        noise = rng.normal(scale=ADDED_SD, size=series.shape) if noisy else 0.0
        splits[split] = columns(series + noise, label, series)
    return Content(
        splits, sizes={"length": GUNPOINT_STEPS}, labels={"label": NAMES}, targets=TARGETS
    )


def read_series(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Series (rows, 150) and labels 0 or 1 (rows,) of a .ts file.

    Raises:
        DataError: the file cannot be read, has no `@data` line or no series, or a series is cut
            short or holds something that is not a number; the message names file, line and column.
    """
    text = read_text(path)
    data = re.search(r"^ *@data *$", text, re.IGNORECASE | re.MULTILINE)
    if not data:
        raise damage(path, "no line says @data; the series are expected after it", 1)
    # A CSV table once the header's lines are blank and the class has a comma before it.
    table = "\n" * text.count("\n", 0, data.end()) + text[data.end() :].replace(":", ",")
    steps = [f"step {step}" for step in range(1, GUNPOINT_STEPS + 1)]
    series = parse_csv(path, table, header=[*steps, "class"])
    words = series.words("class")
    series.refuse(~np.isin(words, list(CLASSES)), "class", "{value!r} is not 1 or 2")
    rows = np.stack([series.numbers(step) for step in steps], axis=1)
    if len(set(words)) < len(CLASSES):
        raise DataError(f"{path}: all {len(words)} series have the same class")
    return rows, np.array([CLASSES[word] for word in words])


_SUMMARIES = {
    "series": "series of two classes",
    "noisy_series": "series of two classes and their clean values",
}
for _name, _summary in _SUMMARIES.items():
    register(Entry(_name, "sequences", _summary, (gunpoint, pulses)))
