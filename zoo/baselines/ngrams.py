"""A baseline for the next character of a text: what followed the last few characters before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from zoo.baselines.estimators import Scores, Task

MOST = 6  # characters of the longest n-gram: five that are read, and the one that follows
AT_A_TIME = 500  # rows whose chances are in memory together


@dataclass(frozen=True)
class Level:
    """What followed contexts of one length in the training rows.

    Attributes:
        context: Characters of a context.
        known: Every context as a number, ascending, shape (contexts,).
        counts: How often each character followed it, shape (contexts, characters).
    """

    context: int
    known: np.ndarray
    counts: np.ndarray

    def mixed(self, text: np.ndarray, shorter: np.ndarray) -> np.ndarray:
        """Chances (rows, steps, characters) from those that the next shorter contexts give.

        A context that was followed by `kinds` different characters leaves as many counts to the
        shorter one (the smoothing of Witten and Bell). One that is not known, or that begins
        before the row does, leaves everything to it.
        """
        codes = _codes(text, self.context, shorter.shape[-1])
        at = np.searchsorted(self.known, codes).clip(max=len(self.known) - 1)
        here = (self.known[at] == codes)[..., None]
        counts = np.where(here, self.counts[at], 0)
        kinds = np.where(here, np.count_nonzero(counts, axis=-1, keepdims=True), 1)
        mixed = shorter.copy()
        before = shorter[:, text.shape[1] - codes.shape[1] :]
        mixed[:, text.shape[1] - codes.shape[1] :] = (counts + kinds * before) / (
            counts.sum(axis=-1, keepdims=True) + kinds
        )
        return mixed


def character_ngrams(task: Task) -> tuple[str, Scores]:
    """N-grams of characters, of the length with the least log-loss on the validation rows.

    Like the model, they see nothing before a row's first character.
    """
    (output,) = task.losses
    pairs = {
        split: (next(iter(inputs.values())), targets[output])
        for split, (inputs, targets) in task.splits.items()
    }
    size = 1 + max(int(array.max()) for pair in pairs.values() for array in pair)
    levels = [_counted(*pairs["train"], context, size) for context in range(MOST)]
    judge = replace(task, metrics={output: ("log_loss",)})
    held = pairs.get("validation", pairs["train"])
    losses = [
        sum(_scores(judge, output, *held, levels[:n], size).values()) for n in range(1, MOST + 1)
    ]
    best = 1 + int(np.argmin(losses))
    scores = {
        split: _scores(task, output, *pair, levels[:best], size) for split, pair in pairs.items()
    }
    return f"character {best}-grams", scores


def _codes(text: np.ndarray, context: int, size: int) -> np.ndarray:
    """The last `context` ids at each step as one number, (rows, steps that have so many)."""
    if not context:
        return np.zeros(text.shape, np.int64)
    windows = np.lib.stride_tricks.sliding_window_view(text, context, axis=1)
    return windows.astype(np.int64) @ (size ** np.arange(context))


def _counted(text: np.ndarray, following: np.ndarray, context: int, size: int) -> Level:
    codes = _codes(text, context, size)
    known, at = np.unique(codes, return_inverse=True)
    then = following[:, text.shape[1] - codes.shape[1] :]
    counts = np.bincount(at.ravel() * size + then.ravel(), minlength=len(known) * size)
    return Level(context, known, counts.reshape(-1, size).astype(np.float32))


def _scores(
    task: Task,
    output: str,
    text: np.ndarray,
    following: np.ndarray,
    levels: Sequence[Level],
    size: int,
) -> dict[str, float]:
    """The task's metrics, some rows at a time: all are means over rows of one length."""
    total: dict[str, float] = {}
    for start in range(0, len(text), AT_A_TIME):
        part = slice(start, start + AT_A_TIME)
        chance = np.full((*text[part].shape, size), 1 / size)
        for level in levels:
            chance = level.mixed(text[part], chance)
        share = len(chance) / len(text)
        for metric, value in task.scores(output, following[part], chance).items():
            total[metric] = total.get(metric, 0.0) + share * value
    return total
