"""Dataset `tweet_pairs`: pairs of tweets, letter by letter; did the same author write both?

Source `presidents` pairs the tweets of two presidents. Source `authors` invents authors, each with
character habits of their own. Four numbers make an author: they decide how much the author likes
each character, in one way after vowels and in another after anything else (a Markov chain). Some of
that shows in character counts, the rest in their order. No author writes in two splits, so a model
must learn what habits look like, not who has them.
"""

from __future__ import annotations

import numpy as np

from zoo.data.references import Scores, binary_scores, softmax
from zoo.data.registry import Entry, register
from zoo.data.source import Content, Request, Whole, source
from zoo.data.splits import PARTS, by_item, sizes_for
from zoo.data.text import tweets as two_authors
from zoo.data.text.encoding import character_ids, most_frequent, one_hot

TARGETS = {"same_author": "binary"}

# Source `authors`

ALPHABET = "aeirstnlodhcumpg!# .,"
VOWELS = "aeiou"
AUTHORS = 4_000  # who write
IMAGINED = 3_000  # other authors; the best possible score averages over who may have written
TRAITS = 4  # numbers that make an author
STRENGTH = 0.5  # of a trait in the logarithm of how much a character is liked
AT_A_TIME = 1_000  # rows whose chances are computed at once


@source(rows=Whole(12_000, 60, 20_000), length=Whole(48, 20, 280))  # pairs, characters
def authors(request: Request) -> Content:
    """Generate pairs."""
    length = request.options["length"]
    rng = np.random.default_rng([request.seed, 0xA07])
    habits = np.random.default_rng([request.seed, 0xAB])
    loadings = make_loadings(habits)
    chains = make_chains(habits, loadings, AUTHORS)
    imagined = make_chains(habits, loadings, IMAGINED)
    places = by_item(list(range(len(chains))), rng)
    splits: dict[str, dict[str, np.ndarray]] = {}
    best: dict[str, Scores] = {}
    for part, size in zip(PARTS, sizes_for(request.options["rows"]), strict=True):
        writers = pick(rng, places[part], size)
        texts = [write(rng, chains[who], length) for who in writers.T]
        same = (writers[:, 0] == writers[:, 1]).astype(np.float32)[:, None]
        splits[part] = {
            "tweet_a": one_hot(texts[0], len(ALPHABET)),
            "tweet_b": one_hot(texts[1], len(ALPHABET)),
            "same_author": same,
            "author_a": writers[:, :1].astype(np.int32),
            "author_b": writers[:, 1:].astype(np.int32),
        }
        best[part] = binary_scores("same_author", same, same_author(imagined, *texts))
    return Content(
        splits,
        sizes={"length": length, "alphabet": len(ALPHABET)},
        labels={"character": tuple(ALPHABET)},
        targets=TARGETS,
        references={"best possible": best},
    )


def make_loadings(rng: np.random.Generator) -> np.ndarray:
    """What each trait does to each character after vowels and after others: (2, traits, size)."""
    shape = (TRAITS, len(ALPHABET))
    return STRENGTH * (rng.normal(size=shape) + rng.normal(size=(2, *shape)))


def make_chains(rng: np.random.Generator, loadings: np.ndarray, authors: int) -> np.ndarray:
    """Chance of each character after each other: (authors, characters, characters)."""
    traits = rng.normal(size=(authors, TRAITS))
    after = softmax(np.einsum("at,ktc->akc", traits, loadings))
    return after[:, [int(letter not in VOWELS) for letter in ALPHABET]]


def pick(rng: np.random.Generator, authors: np.ndarray, size: int) -> np.ndarray:
    """Writers (size, 2), half of the pairs by one author, half by two."""
    first = rng.integers(len(authors), size=size)
    step = rng.integers(1, len(authors), size=size)
    second = np.where(rng.random(size) < 0.5, first, (first + step) % len(authors))
    return authors[np.stack([first, second], axis=1)]


def write(rng: np.random.Generator, chains: np.ndarray, length: int) -> np.ndarray:
    """Characters (rows, length) of tweets by the chains (rows, characters, characters)."""
    rows = np.arange(len(chains))
    upto = np.cumsum(chains, axis=2)
    upto[:, :, -1] = 1.0
    text = np.zeros((len(chains), length), np.int64)
    text[:, 0] = rng.integers(chains.shape[1], size=len(chains))
    for place in range(1, length):
        drawn = rng.random((len(chains), 1))
        text[:, place] = (upto[rows, text[:, place - 1]] < drawn).sum(axis=1)
    return text


def same_author(chains: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Probability that one author wrote both texts (rows, length), from their likelihoods.

    The authors of the chains count as equally likely, and as all there are.
    """
    logs = np.log(chains).reshape(len(chains), -1).T  # (steps, authors)
    parts = [slice(start, start + AT_A_TIME) for start in range(0, len(first), AT_A_TIME)]
    return np.concatenate([_same_author(logs, first[part], second[part]) for part in parts])


def _same_author(logs: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    steps, authors = logs.shape
    one, two = (softmax(_steps(text, steps) @ logs) for text in (first, second))
    together = (one * two).sum(axis=1) * authors  # likelihood ratios to independent authors
    apart = (authors - together) / (authors - 1)
    return together / (together + apart)


def _steps(text: np.ndarray, steps: int) -> np.ndarray:
    """How often each character follows each other in the texts: (rows, steps)."""
    pairs = text[:, :-1] * len(ALPHABET) + text[:, 1:]
    return np.stack([np.bincount(row, minlength=steps) for row in pairs]).astype(np.float64)


# Source `presidents`


@source(
    *two_authors.FILES,
    rows=Whole(3_000, 60, 20_000),  # pairs; each takes 50 kB
    length=Whole(100, 20, 280),  # the first characters of a tweet
    alphabet=Whole(64, 10, 256),  # the most frequent characters
)
def presidents(request: Request) -> Content:
    """Read the tweets: half of the pairs by one author, half by both, each within one split."""
    tweets, notes = two_authors.read_tweets(request.folder)
    rng = np.random.default_rng(request.seed)
    parts = two_authors.split_by_author(tweets, rng)
    texts = [tweet.text for tweet in tweets]
    train = (texts[row] for row in parts["train"])
    alphabet = most_frequent(train, request.options["alphabet"])
    length = request.options["length"]
    ids = character_ids(texts, alphabet, length)
    author = np.array([tweet.author for tweet in tweets])
    splits = {}
    for part, rows in zip(PARTS, sizes_for(request.options["rows"]), strict=True):
        own = [parts[part][author[parts[part]] == who] for who in range(2)]
        same = rng.random(rows) < 0.5
        who = rng.integers(2, size=rows)
        first = np.array([rng.choice(own[one]) for one in who])
        others = zip(np.where(same, who, 1 - who), first, strict=True)
        second = np.array([_another(rng, own[one], row) for one, row in others])
        splits[part] = {
            "tweet_a": one_hot(ids[first], len(alphabet)),
            "tweet_b": one_hot(ids[second], len(alphabet)),
            "same_author": same.astype(np.float32)[:, None],
            "row_a": first.astype(np.int32)[:, None],
            "row_b": second.astype(np.int32)[:, None],
        }
    return Content(
        splits,
        sizes={"length": length, "alphabet": len(alphabet)},
        labels={"character": alphabet, "author": two_authors.AUTHORS},
        targets=TARGETS,
        notes=notes,
    )


def _another(rng: np.random.Generator, rows: np.ndarray, but: int) -> int:
    """One of `rows`, but not `but`: no tweet is paired with itself."""
    return int(rng.choice(rows[rows != but]))


_SUMMARY = "pairs of tweets, letter by letter: the same author?"
register(Entry("tweet_pairs", "tweets", _SUMMARY, (presidents, authors)))
