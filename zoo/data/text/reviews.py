"""Dataset `reviews`: film reviews, good or bad.

Source `films` reads 2,000 real reviews. Source `opinions` generates reviews in which "not" reverses
the adjective after it and "but" makes a clause count double, so that the same bag of words can mean
either.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from zoo.core.errors import DataError
from zoo.data.references import binary_scores, sigmoid
from zoo.data.registry import Entry, register
from zoo.data.source import ROWS, Content, Request, Whole, source
from zoo.data.splits import by_item, cut, parted, sizes_for
from zoo.data.text.encoding import Vocabulary, one_of, tokens

TARGETS = {"label": "binary"}

# Source `opinions`

LENGTH = 24  # words of the longest review
NEGATED = 0.4  # share of the clauses with a negation
SLOPE = 2.0  # log-odds of a good mark per point of a review's score
AFTER_BUT = 2  # points of a clause after "but"; any other clause has one

ASPECTS = tokens(
    "plot story cast music ending dialogue pace picture sound script opening hero villain set "
    "light humour"
)
GOOD = tokens(
    "good great fine lovely clever fresh moving funny bright subtle rich warm crisp bold neat "
    "sharp witty superb tender vivid"
)
BAD = tokens(
    "bad poor dull stale flat clumsy noisy weak cheap slow cold crude silly empty tired bland "
    "grim messy shallow awful"
)
NEGATIONS = ("not", "never", "hardly")
BOOSTS = ("very", "really", "quite", "so")
WORDS = ("the", "was", "and", "but", *NEGATIONS, *BOOSTS, *ASPECTS, *GOOD, *BAD)


@source(rows=ROWS)
def opinions(request: Request) -> Content:
    """Generate reviews, all different."""
    sizes = sizes_for(request.options["rows"])
    rng = np.random.default_rng([request.seed, 0x0F1])
    texts: dict[tuple[str, ...], int] = {}
    while len(texts) < sum(sizes):
        text, score = review(rng)
        texts.setdefault(tuple(text), score)
    vocabulary = Vocabulary(WORDS)
    scores = np.array(list(texts.values()), np.float64)[:, None]
    chance = sigmoid(SLOPE * scores)
    columns = {
        "text": vocabulary.encode(list(texts), LENGTH),
        "label": (rng.random(chance.shape) < chance).astype(np.float32),
    }
    parts = cut(len(scores), sizes)
    best = {
        part: binary_scores("label", columns["label"][rows], chance[rows])
        for part, rows in parts.items()
    }
    return Content(
        parted(columns, parts),
        sizes={"vocabulary": len(vocabulary)},
        labels=vocabulary.labels("text"),
        truth={"score": scores},
        targets=TARGETS,
        references={"best possible": best},
    )


def review(rng: np.random.Generator) -> tuple[list[str], int]:
    """Words of a review of one to three clauses, and its score in points."""
    words: list[str] = []
    score = 0
    for place in range(int(rng.integers(1, 4))):
        points = 1
        if place:
            turns = rng.random() < 0.5
            words.append("but" if turns else "and")
            points = AFTER_BUT if turns else 1
        good, negated = rng.random() < 0.5, rng.random() < NEGATED
        words += ["the", one_of(rng, ASPECTS), "was"]
        words += [one_of(rng, NEGATIONS)] if negated else []
        words += [one_of(rng, BOOSTS)] if rng.random() < 0.4 else []
        words.append(one_of(rng, GOOD if good else BAD))
        score += points if good != negated else -points
    return words, score


# Source `films`

FILE = "movie_reviews.zip"
FEWEST = 10  # reviews of each kind


@source(
    FILE,
    length=Whole(120, 10, 2_000),  # the last words: the verdict is there
    vocabulary=Whole(5_000, 10, 50_000),  # different words
)
def films(request: Request) -> Content:
    """Read the reviews and split them 70/10/20."""
    texts, labels = read_reviews(request.folder / FILE)
    # Reviews with the same words are one item, so both go into the same split.
    rng = np.random.default_rng(request.seed)
    parts = by_item([" ".join(text) for text in texts], rng)
    train = (texts[row] for row in parts["train"])
    vocabulary = Vocabulary.of(train, request.options["vocabulary"], 2)
    columns = {
        "text": vocabulary.encode(texts, request.options["length"], end=True),
        "label": np.array(labels, np.float32)[:, None],
    }
    return Content(
        parted(columns, parts),
        sizes={"vocabulary": len(vocabulary)},
        labels=vocabulary.labels("text"),
        targets=TARGETS,
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
        raise DataError(f"{path}: not a complete zip file ({error})") from error
    for label, kind in enumerate(("neg", "pos")):
        if labels.count(label) < FEWEST:
            raise DataError(
                f"{path}: {labels.count(label)} reviews in a folder {kind}/, at least {FEWEST} "
                "are needed"
            )
    return texts, labels


register(Entry("reviews", "imdb", "film reviews, good or bad", (films, opinions)))
