"""Reading the tweets of two presidents: their own words only, with the same punctuation in both."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from zoo.core.errors import DataError
from zoo.data.csv import read_csv
from zoo.data.splits import PARTS, by_item

FILES = ("BarackObama.csv", "realDonaldTrump.csv")
AUTHORS = tuple(name.removesuffix(".csv") for name in FILES)
COLUMNS = {name: name for name in ("created_at", "text", "retweets")}
FORM = "%m/%d/%y %H:%M"
FEWEST = 20  # tweets of an author

# Quotes, dashes and dots were damaged before publication, into other characters in each file,
# which would give the author away: every run of them becomes one apostrophe.
_DAMAGED = re.compile(r"[^\x00-\x7f]+_?")
_LINK = re.compile(r"https?:\S*|\bpic\.twitter\.com\S*")
_REPEATED = re.compile(r"^(?:RT\s*@|['\"]+\s*@)")  # someone else's words


@dataclass(frozen=True)
class Tweet:
    """One tweet: the number of its author, its text, when it was sent (UTC), its retweets."""

    author: int
    text: str
    sent: datetime
    retweets: int

    @property
    def key(self) -> str:
        """The same for tweets that differ in links, marks or case only."""
        return re.sub(r"[^a-z0-9]+", " ", self.text.lower()).strip()


def read_tweets(folder: Path) -> tuple[list[Tweet], tuple[str, ...]]:
    """The tweets of both authors, and notes on what was left out.

    Retweets, quoted tweets, empty ones and repetitions are left out.

    Raises:
        DataError: a file is missing or damaged (file, line and column are named), or holds too
            few tweets.
    """
    kept: dict[str, Tweet] = {}
    notes = []
    for author, name in enumerate(FILES):
        table = read_csv(folder / name, COLUMNS, encoding="cp1252")
        times, retweets = table.words("created_at"), table.numbers("retweets", 0, 1e9)
        others = repeats = 0
        before = len(kept)
        for row, cell in enumerate(table.texts("text")):
            try:
                sent = datetime.strptime(times[row], FORM)
            except ValueError:
                problem = f"{times[row]!r} is not a time such as 10/16/17 22:59"
                raise table.wrong(row, "created_at", problem) from None
            text = cleaned(cell)
            tweet = Tweet(author, text, sent, int(retweets[row]))
            if _REPEATED.match(text) or not tweet.key:
                others += 1
            elif tweet.key in kept:
                repeats += 1
            else:
                kept[tweet.key] = tweet
        if len(kept) - before < FEWEST:
            raise DataError(
                f"{table.path}: {len(kept) - before} tweets, at least {FEWEST} are needed"
            )
        notes.append(
            f"{name}: {others} retweets, quotes or bare links and {repeats} repeats left "
            f"out of {len(table):,}"
        )
    return list(kept.values()), tuple(notes)


def cleaned(text: str) -> str:
    """The text without links, entities and damaged marks, on one line."""
    plain = _LINK.sub(" ", _DAMAGED.sub("'", html.unescape(text)))
    return " ".join(plain.split())


def split_by_author(tweets: list[Tweet], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Row numbers of each part, 70/10/20 of each author's tweets."""
    parts = {part: np.zeros(0, np.int64) for part in PARTS}
    for author in range(len(AUTHORS)):
        own = np.array([row for row, tweet in enumerate(tweets) if tweet.author == author])
        for part, rows in by_item(own.tolist(), rng).items():
            parts[part] = np.concatenate([parts[part], own[rows]])
    return parts
