"""Source `presidents`: the tweets of two presidents, as headlines or in pairs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo.data.dataset import Dataset
from zoo.data.headline_columns import HEADS, aux_columns
from zoo.data.registry import card
from zoo.data.splits import PARTS, by_item, sizes_for
from zoo.data.text_options import Whole, settings
from zoo.data.text_scores import trivial_scores
from zoo.data.text_tables import needed
from zoo.data.tweet_columns import ROWS, alphabet_of, character_ids, one_hot
from zoo.data.tweets import AUTHORS, FILES, Tweet, read_tweets
from zoo.data.words import Vocabulary, tokens

WORDS = 32  # of a tweet; very few have more
OPTIONS = {
    "headlines": {"vocabulary": Whole(3_000, 10, 50_000)},
    "tweet_pairs": {
        "rows": ROWS,
        "length": Whole(100, 20, 280),
        "alphabet": Whole(64, 10, 256),
    },
}


def available(name: str, folder: Path, options: Mapping[str, Any]) -> bool:
    """Whether both authors' files are there."""
    return all((folder / file).is_file() for file in FILES)


def load(name: str, folder: Path, seed: int, options: dict[str, Any]) -> Dataset:
    """Read the tweets and make dataset `name` of them.

    Args:
        name: `headlines` or `tweet_pairs`.
        folder: The folder `tweets` of the data home.
        seed: Fixes the splits and the pairs.
        options: Of `headlines`: `vocabulary` (default 3,000 words). Of `tweet_pairs`: `rows` for
            training (default 3,000 pairs), `length` (the first 100 characters), `alphabet` (the
            64 commonest characters).

    Raises:
        DataError: a file is missing or damaged.
    """
    chosen = settings(name, options, OPTIONS[name])
    needed(folder, FILES, f"`zoo data fetch {name}` gets it; the embedded source needs none")
    tweets, notes = read_tweets(folder)
    rng = np.random.default_rng(seed)
    # Strata by author, so that both write in every split; a tweet is in one split only.
    parts = {part: np.zeros(0, np.int64) for part in PARTS}
    for author in range(len(AUTHORS)):
        own = np.array([row for row, tweet in enumerate(tweets) if tweet.author == author])
        for part, rows in by_item(own.tolist(), rng).items():
            parts[part] = np.concatenate([parts[part], own[rows]])
    make = _headlines if name == "headlines" else _pairs
    splits, sizes, labels, ports = make(tweets, parts, chosen, rng)
    return Dataset(
        name=name,
        source="presidents",
        splits=splits,
        card=card(name),
        sizes=sizes,
        labels=labels,
        references={"trivial": trivial_scores(splits, ports)},
        origin=f"data: presidents ({folder}); for the embedded data: "
        f"--data {'newsroom' if name == 'headlines' else 'authors'}",
        notes=notes,
    )


Made = tuple[
    dict[str, dict[str, np.ndarray]],
    dict[str, int],
    dict[str, tuple[str, ...]],
    dict[str, tuple[str, str]],
]


def _headlines(
    tweets: list[Tweet],
    parts: Mapping[str, np.ndarray],
    chosen: Mapping[str, int],
    rng: np.random.Generator,
) -> Made:
    """Success is more retweets than the median of the author's training tweets."""
    retweets = np.array([tweet.retweets for tweet in tweets])
    author = np.array([tweet.author for tweet in tweets])
    train = parts["train"]
    median = [np.median(retweets[train][author[train] == who]) for who in range(len(AUTHORS))]
    first = min(tweet.sent for tweet in tweets)
    texts = [tokens(tweet.text) for tweet in tweets]
    vocabulary = Vocabulary.of((texts[row] for row in train), chosen["vocabulary"], 2)
    columns = {
        "main_input": vocabulary.encode(texts, WORDS),
        **aux_columns(
            hour=np.array([tweet.sent.hour + tweet.sent.minute / 60 for tweet in tweets]),
            weekend=np.array([tweet.sent.weekday() >= 5 for tweet in tweets]),
            years=np.array([(tweet.sent - first).days / 365.25 for tweet in tweets]),
            characters=np.array([len(tweet.text) for tweet in tweets]),
        ),
        "success": (retweets > np.array(median)[author]).astype(np.float32)[:, None],
        "author": author.astype(np.int32)[:, None],
    }
    splits = {
        part: {column: array[rows] for column, array in columns.items()}
        for part, rows in parts.items()
    }
    labels = {**vocabulary.labels("main_input"), "author": AUTHORS}
    return splits, {"vocabulary": len(vocabulary), "length": WORDS}, labels, HEADS


def _pairs(
    tweets: list[Tweet],
    parts: Mapping[str, np.ndarray],
    chosen: Mapping[str, int],
    rng: np.random.Generator,
) -> Made:
    """Half of the pairs by one author, half by both; tweets of one split only."""
    texts = [tweet.text for tweet in tweets]
    alphabet = alphabet_of((texts[row] for row in parts["train"]), chosen["alphabet"])
    length = chosen["length"]
    ids = character_ids(texts, alphabet, length)
    author = np.array([tweet.author for tweet in tweets])
    splits = {}
    for part, rows in zip(PARTS, sizes_for(chosen["rows"]), strict=True):
        own = [parts[part][author[parts[part]] == who] for who in range(len(AUTHORS))]
        same = rng.random(rows) < 0.5
        who = rng.integers(2, size=rows)
        first = np.array([rng.choice(own[one]) for one in who])
        second = np.array([_another(rng, own[one], row) for one, row in
                           zip(np.where(same, who, 1 - who), first, strict=True)])  # fmt: skip
        splits[part] = {
            "tweet_a": one_hot(ids[first], len(alphabet)),
            "tweet_b": one_hot(ids[second], len(alphabet)),
            "same_author": same.astype(np.float32)[:, None],
            "row_a": first.astype(np.int32)[:, None],
            "row_b": second.astype(np.int32)[:, None],
        }
    return (
        splits,
        {"length": length, "alphabet": len(alphabet)},
        {"character": alphabet, "author": AUTHORS},
        {"same_author": ("same_author", "binary")},
    )


def _another(rng: np.random.Generator, rows: np.ndarray, but: int) -> int:
    """One of `rows`, but not `but`: a tweet is no pair with itself."""
    return int(rng.choice(rows[rows != but]))
