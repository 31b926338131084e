"""Source `stsb`: the STS benchmark, its sentences as sequences of fixed word vectors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.csvtext import damage
from zoo.data.dataset import Dataset
from zoo.data.registry import card
from zoo.data.text_options import Whole, settings
from zoo.data.text_scores import Arrays, trivial_scores
from zoo.data.text_tables import needed, number, read_rows
from zoo.data.word_vectors import sentence_vectors
from zoo.data.words import tokens

FILES = {
    "train": "stsb-en-train.csv",
    "validation": "stsb-en-dev.csv",
    "test": "stsb-en-test.csv",
}
COLUMNS = {name: (name,) for name in ("sentence_1", "sentence_2", "score")}
SAME = 3.0  # from here on, of 5, the sentences are "roughly equivalent" by the judges' scale
OPTIONS = {"length": Whole(24, 4, 60)}
Pair = tuple[tuple[str, ...], tuple[str, ...], float]  # words of both sentences, score 0-5


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether the three files are there."""
    return all((folder / file).is_file() for file in FILES.values())


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read the benchmark in its own splits, less what these share.

    A pair of the training file with a sentence of the development or test file is left out, and
    one of the development file with a sentence of the test file.

    Args:
        name: `sentence_pairs`.
        folder: The folder `sentence_pairs` of the data home.
        seed: Not used: splits and vectors are fixed.
        options: `length` (default 24): the first words of each sentence, zeros on the left.

    Raises:
        DataError: a file is missing or damaged.
    """
    length = settings(name, options, OPTIONS)["length"]
    paths = needed(
        folder,
        tuple(FILES.values()),
        "`zoo data fetch sentence_pairs` gets it, and source paraphrases needs none",
    )
    pairs = {part: read_pairs(path) for part, path in zip(FILES, paths, strict=True)}
    seen: set[tuple[str, ...]] = set()
    notes = []
    for part in ("test", "validation", "train"):
        kept = [pair for pair in pairs[part] if seen.isdisjoint(pair[:2])]
        if len(kept) < len(pairs[part]):
            gone = len(pairs[part]) - len(kept)
            notes.append(f"{part}: {gone} pairs left out: a held-out split has their sentences")
        pairs[part] = kept
        seen.update(sentence for pair in kept for sentence in pair[:2])
    splits: dict[str, Arrays] = {part: _columns(kept, length) for part, kept in pairs.items()}
    return Dataset(
        name=name,
        source="stsb",
        splits=splits,
        card=card(name),
        references={
            "trivial": trivial_scores(splits, {"similarity": ("similarity", "binary")}),
        },
        origin=f"data: stsb ({folder}); for the embedded pairs: --data paraphrases",
        notes=tuple(notes),
    )


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file without header: sentence, sentence, score.

    Raises:
        DataError: a row is damaged, has an empty sentence, or a score outside 0 to 5.
    """
    pairs = []
    for row in read_rows(path, COLUMNS, header=False):
        line, cells = row
        left, right = (tuple(tokens(cells[column])) for column in ("sentence_1", "sentence_2"))
        for column, words in (("sentence_1", left), ("sentence_2", right)):
            if not words:
                raise damage(path, "no words in this sentence", line, column)
        pairs.append((left, right, number(path, row, "score", 0, 5)))
    return pairs


def _columns(pairs: list[Pair], length: int) -> dict[str, np.ndarray]:
    score = np.array([score for *_, score in pairs], np.float32)[:, None]
    return {
        "left": sentence_vectors([left for left, *_ in pairs], length),
        "right": sentence_vectors([right for _, right, _ in pairs], length),
        "similarity": (score >= SAME).astype(np.float32),
        "score": score,
    }
