"""Source `films`: 2,000 film reviews, good and bad, from one zip file."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.core.errors import DataError
from zoo.data.dataset import Dataset
from zoo.data.registry import card
from zoo.data.splits import by_item
from zoo.data.text_options import Whole, settings
from zoo.data.text_scores import trivial_scores
from zoo.data.text_tables import needed
from zoo.data.words import Vocabulary, tokens

FILE = "movie_reviews.zip"
OPTIONS = {"length": Whole(120, 10, 2_000), "vocabulary": Whole(5_000, 10, 50_000)}
FEWEST = 10  # reviews of each kind


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether the zip file is there."""
    return (folder / FILE).is_file()


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read the reviews and split them 70/10/20.

    Args:
        name: `reviews`.
        folder: The folder `imdb` of the data home.
        seed: Fixes the splits.
        options: `length` (default 120): the last words of each review, where the verdict
            mostly is; `vocabulary` (default 5,000): words told apart.

    Raises:
        DataError: the file is missing or damaged.
    """
    chosen = settings(name, options, OPTIONS)
    (path,) = needed(
        folder, [FILE], "`zoo data fetch reviews` gets it, and source opinions needs none"
    )
    texts, labels = read_reviews(path)
    # The same words twice are one review: both go into the same split.
    parts = by_item([" ".join(text) for text in texts], np.random.default_rng(seed))
    vocabulary = Vocabulary.of((texts[row] for row in parts["train"]), chosen["vocabulary"], 2)
    ids = vocabulary.encode(texts, chosen["length"], end=True)
    label = np.array(labels, np.float32)[:, None]
    splits = {part: {"text": ids[rows], "label": label[rows]} for part, rows in parts.items()}
    return Dataset(
        name=name,
        source="films",
        splits=splits,
        card=card(name),
        sizes={"vocabulary": len(vocabulary)},
        labels=vocabulary.labels("text"),
        references={"trivial": trivial_scores(splits, {"label": ("label", "binary")})},
        origin=f"data: films ({path}); for the embedded reviews: --data opinions",
    )


def read_reviews(path: Path) -> tuple[list[list[str]], list[int]]:
    """Words and label (1 is good) of each review, in the order of their file names.

    Raises:
        DataError: not a zip file, a damaged member, an empty review, or too few of a kind.
    """
    texts: list[list[str]] = []
    labels: list[int] = []
    try:
        with zipfile.ZipFile(path) as archive:
            for member in sorted(archive.namelist()):
                kind = Path(member).parent.name
                if kind not in ("pos", "neg") or not member.endswith(".txt"):
                    continue
                words = tokens(archive.read(member).decode("cp1252", errors="replace"))
                if not words:
                    raise DataError(f"{path}, {member}: the review is empty")
                texts.append(words)
                labels.append(int(kind == "pos"))
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise DataError(f"{path}: not a whole zip file ({error})") from error
    for label, kind in enumerate(("neg", "pos")):
        if labels.count(label) < FEWEST:
            raise DataError(
                f"{path}: {labels.count(label)} reviews in a folder {kind}/, at least {FEWEST} "
                "are needed"
            )
    return texts, labels
