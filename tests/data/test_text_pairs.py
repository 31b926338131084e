"""The pair datasets: what makes a pair the same, and what must not give it away."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from text_helpers import assert_apart, log_loss, real, refused, row_sets

import zoo.data
from zoo.core.errors import DataError, UnknownNameError
from zoo.data.text import sentence_pairs, tweet_pairs
from zoo.data.text.encoding import word_vector
from zoo.data.text.tweets import cleaned, read_tweets

EMBEDDED = [("sentence_pairs", "paraphrases"), ("tweet_pairs", "authors")]


@pytest.mark.parametrize(("name", "source"), EMBEDDED)
def test_a_seed_fixes_everything(name: str, source: str) -> None:
    first, again, other = (zoo.data.load(name, source, seed=seed, rows=300) for seed in (3, 3, 4))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert first.references == again.references
    assert zoo.data.load(name, rows=300).source == source
    with pytest.raises(UnknownNameError, match="row"):
        zoo.data.load(name, source, row=3)
    with pytest.raises(DataError, match="rows takes a whole number from 60 to"):
        zoo.data.load(name, source, rows=3)


@pytest.mark.parametrize(("name", "source"), EMBEDDED)
def test_the_best_possible_score_beats_every_constant(name: str, source: str) -> None:
    dataset = zoo.data.load(name, source, rows=900)
    for split, best in dataset.references["best possible"].items():
        trivial = dataset.references["trivial"][split]
        for metric, value in best.items():
            better = value > trivial[metric]
            assert better if metric.endswith("accuracy") else value < trivial[metric]


def test_no_author_writes_in_two_splits() -> None:
    dataset = zoo.data.load("tweet_pairs", "authors", rows=900)
    found = {
        split: set(np.concatenate([arrays["author_a"], arrays["author_b"]]).ravel().tolist())
        for split, arrays in dataset.splits.items()
    }
    assert sum(map(len, found.values())) == len(set().union(*found.values())) > 100
    for arrays in dataset.splits.values():
        same = arrays["author_a"] == arrays["author_b"]
        np.testing.assert_array_equal(arrays["same_author"] == 1, same)
        np.testing.assert_array_equal(arrays["tweet_a"].sum(axis=2), 1)


def test_the_chance_of_one_author_is_bayes_rule_over_pairs_of_authors() -> None:
    rng = np.random.default_rng(0)
    chains = tweet_pairs.make_chains(rng, tweet_pairs.make_loadings(rng), 40)
    n = len(chains)
    assert chains.sum(axis=2) == pytest.approx(1)
    first, second = (tweet_pairs.write(rng, chains[[7, 7, 3]], 30) for _ in range(2))
    second[1] = tweet_pairs.write(rng, chains[[20]], 30)[0]
    found = tweet_pairs.same_author(chains, first, second)
    for row in range(3):
        likely = [
            [np.prod(chain[text[row, :-1], text[row, 1:]]) for chain in chains]
            for text in (first, second)
        ]
        table = np.outer(likely[0], likely[1])
        same = np.trace(table) / n
        apart = (table.sum() - np.trace(table)) / (n * (n - 1))
        assert found[row] == pytest.approx(same / (same + apart))


def test_written_text_follows_its_chain() -> None:
    rng = np.random.default_rng(0)
    chains = tweet_pairs.make_chains(rng, tweet_pairs.make_loadings(rng), 1)
    text = tweet_pairs.write(np.random.default_rng(1), np.repeat(chains, 400, axis=0), 200)
    counts = np.zeros(chains.shape[1:])
    np.add.at(counts, (text[:, :-1].ravel(), text[:, 1:].ravel()), 1)
    times = counts.sum(axis=1, keepdims=True)
    error = np.sqrt(chains[0] * (1 - chains[0]) / times)
    assert (np.abs(counts / times - chains[0]) < 5 * error + 1 / times).all()


def test_labels_follow_meanings_but_for_the_stated_errors() -> None:
    dataset = zoo.data.load("sentence_pairs", "paraphrases", rows=3_000)
    words = dataset.labels["word"]
    wrong = swapped = false = 0
    items: dict[str, set[bytes]] = {}
    for split, arrays in dataset.splits.items():
        items[split] = set()
        for row, label in enumerate(arrays["similarity"].ravel()):
            left, right = (
                _meaning([str(words[i]) for i in arrays[side][row] if i])
                for side in ("left_words", "right_words")
            )
            for agent, verb, patient in (left, right):
                items[split].add(f"{sorted((agent, patient))} {verb}".encode())
            wrong += (left == right) != bool(label)
            false += left != right
            swapped += left == (right[2], right[1], right[0])
    assert_apart(items)
    rows = sum(dataset.rows.values())
    assert wrong / rows == pytest.approx(sentence_pairs.FLIPPED, abs=0.01)
    assert swapped / false == pytest.approx(sentence_pairs.SWAPPED, abs=0.06)
    assert dataset.references["best possible"]["train"]["similarity_accuracy"] == pytest.approx(
        1 - sentence_pairs.FLIPPED, abs=0.015
    )
    arrays = dataset.splits["test"]
    np.testing.assert_array_equal((arrays["left"] == 0).all(axis=2), arrays["left_words"] == 0)


def _meaning(words: list[str]) -> tuple[str, str, str]:
    """Who does what to whom, without the letter of the synonym."""
    nouns = [word[:-1] for word in words if word.startswith("noun")]
    (verb,) = (word[:-1] for word in words if word.startswith("verb"))
    return (nouns[1], verb, nouns[0]) if "by" in words else (nouns[0], verb, nouns[1])


TWEETS = "created_at,text,url,replies,retweets,favorites,user\n"


def write_tweets(folder: Path, **rows: list[str]) -> None:
    folder.mkdir(exist_ok=True)
    for name in ("BarackObama", "realDonaldTrump"):
        lines = rows.get(name) or [
            f"{1 + n % 12}/3/17 {n % 24}:30,{name} says number {n} {'x' * n},u,1,{n},1,{name}"
            for n in range(40)
        ]
        (folder / f"{name}.csv").write_bytes((TWEETS + "\n".join(lines) + "\n").encode("cp1252"))


def test_tweets_are_cleaned_of_what_gives_the_author_away() -> None:
    assert cleaned("We\x89Û\x9dre  in &amp; out ä\xf3_ https://t.co/abc") == "We're in & out '"
    for text in ("don‰Ûªt", "donäó»t"):
        assert cleaned(text) == "don't"


def test_tweets_of_others_and_repetitions_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "tweets"
    more = ["1/2/17 3:40,RT @a: words,u,1,2,3,x", '1/2/17 3:40,"""@b: words""",u,1,2,3,x']
    more += ["1/2/17 3:40,https://t.co/x,u,1,2,3,x", "1/2/17 3:40,Say so.,u,1,2,3,x"]
    more += ["1/2/17 3:41,say SO https://t.co/y,u,1,2,3,x"]
    more += [f"1/2/17 3:4{n % 10},Own words {n},u,1,2,3,x" for n in range(25)]
    write_tweets(folder, BarackObama=more)
    tweets, notes = read_tweets(folder)
    assert sum(tweet.author == 0 for tweet in tweets) == 26
    assert notes[0] == (
        "BarackObama.csv: 3 retweets, quotes or bare links and 1 repeats left out of 30"
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("yesterday,a,u,1,2,3,x", "line 2, column 'created_at': 'yesterday' is not a time such as"),
        ("1/2/17 3:40,a,u,1,many,3,x", "line 2, column 'retweets': 'many' is not a number"),
        ("1/2/17 3:40,a,u,1,-2,3,x", "line 2, column 'retweets': -2 is outside 0 to 1e+09"),
        ("1/2/17 3:40,a,u,1,2", "line 2, column 'favorites': 7 cells are needed, not 5"),
        ('1/2/17 3:40,"a,u,1,2,3,x', "line 2: a cell opens with a quote that is never closed"),
    ],
)
def test_damaged_tweets_are_named(row: str, message: str, tmp_path: Path) -> None:
    folder = tmp_path / "tweets"
    write_tweets(folder, BarackObama=[row])
    path = folder / "BarackObama.csv"
    assert refused(lambda: read_tweets(folder), path).startswith(f"BarackObama.csv, {message}")


def test_pairs_of_tweets_stay_within_a_split(tmp_path: Path) -> None:
    write_tweets(tmp_path / "tweets")
    dataset = zoo.data.load("tweet_pairs", home=tmp_path, rows=60, length=30)
    assert dataset.source == "presidents"
    used = {
        split: {bytes(row) for name in ("row_a", "row_b") for row in arrays[name]}
        for split, arrays in dataset.splits.items()
    }
    assert_apart(used)
    for arrays in dataset.splits.values():
        assert (arrays["row_a"] != arrays["row_b"]).all()
    assert dataset.sizes["length"] == 30
    headlines = zoo.data.load("headlines", home=tmp_path)
    assert headlines.source == "presidents"
    assert_apart(row_sets(headlines, "years", "hour_sin", "characters"))
    success = headlines.splits["train"]["success"]
    assert 0.4 < success.mean() < 0.6


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "a b,c d",
            "line 1, column 'score': 3 cells are needed, not 2",
        ),
        ("a b,c d,high", "line 1, column 'score': 'high' is not a number"),
        ("a b,c d,7", "line 1, column 'score': 7 is outside 0 to 5"),
        ("a b,--,3", "line 1, column 'sentence_2': no words in this sentence"),
        ("", "line 1: the file is empty"),
    ],
)
def test_damaged_sentence_pairs_are_named(line: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(line)
    found = refused(lambda: sentence_pairs.read_pairs(path), path)
    assert found.removesuffix("; the file seems to be cut short") == f"x.csv, {message}"


def test_pairs_that_share_a_sentence_with_a_held_out_split_go(tmp_path: Path) -> None:
    folder = tmp_path / "sentence_pairs"
    folder.mkdir()
    (folder / "stsb-en-test.csv").write_text("a b,c d,3.0\n")
    (folder / "stsb-en-dev.csv").write_text("a b,e f,5\ng h,i j,0\n")
    (folder / "stsb-en-train.csv").write_text("k l,c d,5\ng h,m n,0\no p,q r,2.9\n")
    dataset = zoo.data.load("sentence_pairs", home=tmp_path)
    assert dataset.rows == {"train": 1, "validation": 1, "test": 1}
    assert len(dataset.notes) == 2
    assert dataset.splits["test"]["similarity"].item() == 1
    assert dataset.splits["train"]["similarity"].item() == 0
    assert dataset.splits["train"]["left"].shape == (1, 24, 128)


def test_words_with_common_parts_have_like_vectors() -> None:
    def cosine(one: str, two: str) -> float:
        a, b = word_vector(one), word_vector(two)
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    assert cosine("dancing", "dancer") > 0.3
    assert abs(cosine("dancing", "plough")) < 0.3
    assert cosine("man", "man") == pytest.approx(1)


def test_the_best_log_loss_of_paraphrases_is_that_of_the_error_rate() -> None:
    dataset = zoo.data.load("sentence_pairs", "paraphrases", rows=300)
    scores = dataset.references["best possible"]["train"]
    right = np.zeros(300)
    right[: round(300 * scores["similarity_accuracy"])] = 1
    chance = np.full(300, 1 - sentence_pairs.FLIPPED)
    assert scores["similarity_log_loss"] == pytest.approx(log_loss(right, chance))


@pytest.mark.slow
@pytest.mark.realdata
def test_the_real_pairs_are_read() -> None:
    pairs = real("sentence_pairs", "stsb")
    assert pairs.rows == {"train": 5_088, "validation": 1_398, "test": 1_379}
    assert_apart(row_sets(pairs, "left", "right"))
    tweets = real("tweet_pairs", "presidents", rows=300)
    assert tweets.rows["train"] == 300
    assert tweets.labels["author"] == ("BarackObama", "realDonaldTrump")
    assert all(ord(letter) < 128 for letter in tweets.labels["character"])
