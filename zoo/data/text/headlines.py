"""Dataset `headlines`: titles with their time, and whether readers shared them.

Source `presidents` reads the tweets of two presidents. Source `newsroom` generates headlines whose
success depends on their words and on the hour: the person named first helps and the one named last
hurts, so word order matters; each topic has its own best hour, so title and time matter together.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zoo.data.references import Scores, binary_scores, sigmoid
from zoo.data.registry import Entry, register
from zoo.data.source import ROWS, Content, Request, Whole, source
from zoo.data.splits import cut, parted, sizes_for
from zoo.data.text.encoding import Vocabulary, one_of, tokens
from zoo.data.text.tweets import AUTHORS, FILES, read_tweets, split_by_author

AUX = ("hour_sin", "hour_cos", "weekend", "years", "characters")
# Both outputs answer the same question: one from both inputs, one from the title alone.
OUTPUTS = ("main_output", "aux_output")


def aux_columns(
    *, hour: np.ndarray, weekend: np.ndarray, years: np.ndarray, characters: np.ndarray
) -> dict[str, np.ndarray]:
    """The numbers beside the title as columns (rows, 1), each of the order of 1.

    The hour becomes two numbers, so that 23 h is next to 0 h; years count from the first title.
    """
    turn = 2 * np.pi * hour / 24
    values = (np.sin(turn), np.cos(turn), weekend, years, characters / 100)
    return {
        column: np.asarray(value, np.float32)[:, None]
        for column, value in zip(AUX, values, strict=True)
    }


def trivial(splits: dict[str, dict[str, np.ndarray]]) -> dict[str, Scores]:
    """Scores of the training rows' share of successes, for both outputs."""
    share = float(splits["train"]["success"].mean())
    return {
        part: {
            metric: value
            for output in OUTPUTS
            for metric, value in binary_scores(output, columns["success"], share).items()
        }
        for part, columns in splits.items()
    }


# Source `newsroom`

LENGTH = 12  # words of the longest title
HOURS = np.arange(24)
SHARE_WEEKEND = 2 / 7
PEAKS = {"politics": 8.0, "sport": 20.0, "science": 13.0, "stars": 2.0}  # hour of most readers
CLOCK = 1.8  # log-odds at a topic's best hour; minus as much twelve hours later
WEEKEND = {"politics": -0.8, "sport": 0.8, "science": 0.0, "stars": 0.4}
FAME_SD = 1.5  # log-odds per person named

PEOPLE = tokens(
    "adler banks castro dietz evans farrow gomez hale iverson jonas keller lang moreno nash olsen "
    "porter quinn reyes sato turner"
)
VERBS = tokens("beats meets praises mocks sues hires joins warns thanks blames")
TOPICS = {
    "politics": tokens("senate budget treaty election tax minister law summit veto border"),
    "sport": tokens("final league goal coach stadium match title record striker medal"),
    "science": tokens("planet vaccine robot fossil comet gene reactor telescope virus laser"),
    "stars": tokens("album premiere wedding gala remix sequel rumour fashion award tour"),
}
FILLERS = tokens("today breaking live exclusive again finally reportedly now")
WORDS = (*PEOPLE, *VERBS, *(word for words in TOPICS.values() for word in words), *FILLERS)


@source(rows=replace(ROWS, default=16_000))
def newsroom(request: Request) -> Content:
    """Generate headlines, all different."""
    sizes = sizes_for(request.options["rows"])
    rng = np.random.default_rng([request.seed, 0x4EAD])
    fame = rng.normal(0, FAME_SD, len(PEOPLE))
    titles: dict[tuple[str, ...], tuple[float, int]] = {}
    while len(titles) < sum(sizes):
        words, pull, topic = title(rng, fame)
        titles.setdefault(tuple(words), (pull, topic))
    rows = len(titles)
    pulls = np.array([pull for pull, _ in titles.values()])
    topics = np.array([topic for _, topic in titles.values()])
    hour, weekend = rng.integers(24, size=rows), rng.random(rows) < SHARE_WEEKEND
    chance = success(pulls, topics, hour, weekend)
    from_text = np.zeros(rows)
    for at, share in ((True, SHARE_WEEKEND), (False, 1 - SHARE_WEEKEND)):
        at_all_hours = success(pulls[:, None], topics[:, None], HOURS[None], at)
        from_text += share * at_all_hours.mean(axis=1)
    vocabulary = Vocabulary((*WORDS, "over", "and"))
    columns = {
        "main_input": vocabulary.encode(list(titles), LENGTH),
        **aux_columns(
            hour=hour,
            weekend=weekend,
            years=rng.uniform(0, 5, rows),
            characters=np.array([len(" ".join(words)) for words in titles]),
        ),
        "success": (rng.random(rows) < chance).astype(np.float32)[:, None],
    }
    parts = cut(rows, sizes)
    splits = parted(columns, parts)
    best: dict[str, Scores] = {part: {} for part in parts}
    for part, where in parts.items():
        for output, known in zip(OUTPUTS, (chance, from_text), strict=True):
            best[part] |= binary_scores(output, splits[part]["success"], known[where])
    return Content(
        splits,
        sizes={"vocabulary": len(vocabulary), "length": LENGTH},
        labels=vocabulary.labels("main_input"),
        truth={"chance": chance[:, None], "chance_from_text": from_text[:, None], "fame": fame},
        references={"best possible": best, "trivial": trivial(splits)},
    )


def title(rng: np.random.Generator, fame: np.ndarray) -> tuple[list[str], float, int]:
    """Words of a title, its log-odds at a middling time, and its topic's number."""
    first, last = rng.choice(len(PEOPLE), 2, replace=False)
    topic = int(rng.integers(len(TOPICS)))
    about = rng.permutation(list(TOPICS.values())[topic]).tolist()
    words = [one_of(rng, FILLERS)] if rng.random() < 0.4 else []
    words += [PEOPLE[first], one_of(rng, VERBS), PEOPLE[last], "over", about[0]]
    words += ["and", about[1]] if rng.random() < 0.5 else []
    words += [one_of(rng, FILLERS)] if rng.random() < 0.3 else []
    return words, float(fame[first] - fame[last]), topic


def success(
    pull: np.ndarray, topic: np.ndarray, hour: np.ndarray, weekend: np.ndarray | bool
) -> np.ndarray:
    """Probability of success; the arrays broadcast."""
    peak, extra = (np.array(list(table.values()))[topic] for table in (PEAKS, WEEKEND))
    clock = CLOCK * np.cos(2 * np.pi * (hour - peak) / 24)
    return sigmoid(pull + clock + extra * weekend)


# Source `presidents`

TWEET_WORDS = 32  # of a tweet; very few have more


@source(*FILES, vocabulary=Whole(3_000, 10, 50_000))  # different words
def presidents(request: Request) -> Content:
    """Read the tweets; success is more retweets than the median of the author's training tweets."""
    tweets, notes = read_tweets(request.folder)
    parts = split_by_author(tweets, np.random.default_rng(request.seed))
    retweets = np.array([tweet.retweets for tweet in tweets])
    author = np.array([tweet.author for tweet in tweets])
    train = parts["train"]
    median = [np.median(retweets[train][author[train] == who]) for who in range(len(AUTHORS))]
    first = min(tweet.sent for tweet in tweets)
    texts = [tokens(tweet.text) for tweet in tweets]
    vocabulary = Vocabulary.of((texts[row] for row in train), request.options["vocabulary"], 2)
    columns = {
        "main_input": vocabulary.encode(texts, TWEET_WORDS),
        **aux_columns(
            hour=np.array([tweet.sent.hour + tweet.sent.minute / 60 for tweet in tweets]),
            weekend=np.array([tweet.sent.weekday() >= 5 for tweet in tweets]),
            years=np.array([(tweet.sent - first).days / 365.25 for tweet in tweets]),
            characters=np.array([len(tweet.text) for tweet in tweets]),
        ),
        "success": (retweets > np.array(median)[author]).astype(np.float32)[:, None],
        "author": author.astype(np.int32)[:, None],
    }
    splits = parted(columns, parts)
    return Content(
        splits,
        sizes={"vocabulary": len(vocabulary), "length": TWEET_WORDS},
        labels={**vocabulary.labels("main_input"), "author": AUTHORS},
        references={"trivial": trivial(splits)},
        notes=notes,
    )


_SUMMARY = "titles with their time, and whether they were shared"
register(Entry("headlines", "tweets", _SUMMARY, (presidents, newsroom)))
