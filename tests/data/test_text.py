"""The generated texts: they come from the seed alone, and their references are worked out again."""

from __future__ import annotations

import numpy as np
import pytest
from text_helpers import assert_apart, log_loss, row_sets

import zoo.data
from zoo.core.errors import DataError, UnknownNameError
from zoo.data.references import median_of
from zoo.data.registry import choose_source
from zoo.data.text import headlines, novels, posts, questions_story, reviews
from zoo.data.text.encoding import PADDING, UNKNOWN, Vocabulary, sentences, tokens

EMBEDDED = [
    ("reviews", "opinions", ("text",)),
    ("headlines", "newsroom", ("main_input",)),
    ("questions", "rooms", ("text", "question")),
    ("posts", "topics", ("posts",)),
    ("novels", "library", ("novel",)),
]


@pytest.mark.parametrize(("name", "source", "item"), EMBEDDED, ids=[case[1] for case in EMBEDDED])
def test_a_seed_fixes_everything_and_no_item_is_in_two_splits(
    name: str, source: str, item: tuple[str, ...]
) -> None:
    first, again, other = (zoo.data.load(name, source, seed=seed, rows=600) for seed in (3, 3, 4))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    assert first.references == again.references
    assert_apart(row_sets(first, *item))
    assert choose_source(name, "auto", None, {}) == source, "the empty data home has nothing better"
    for scores in first.references["best possible"].values():
        assert all(np.isfinite(value) and value >= 0 for value in scores.values())
    for column, array in first.splits["train"].items():
        assert array.dtype in (np.int32, np.float32), column
        if array.dtype == np.int32:
            assert array.min() >= 0


@pytest.mark.parametrize(("name", "source", "item"), EMBEDDED, ids=[case[1] for case in EMBEDDED])
def test_the_best_possible_score_beats_every_constant(
    name: str, source: str, item: tuple[str, ...]
) -> None:
    dataset = zoo.data.load(name, source, rows=600)
    for split, best in dataset.references["best possible"].items():
        for metric, value in best.items():
            trivial = dataset.references["trivial"][split][metric]
            assert value > trivial if metric.endswith("accuracy") else value < trivial, metric


@pytest.mark.parametrize("source", [case[1] for case in EMBEDDED])
def test_options_are_checked(source: str) -> None:
    name = next(case[0] for case in EMBEDDED if case[1] == source)
    with pytest.raises(UnknownNameError, match="row"):
        zoo.data.load(name, source, row=600)
    with pytest.raises(DataError, match="rows takes a whole number"):
        zoo.data.load(name, source, rows="many")
    with pytest.raises(DataError, match="rows takes a whole number from 60 to"):
        zoo.data.load(name, source, rows=3)


def test_opinions_are_scored_as_they_read() -> None:
    dataset = zoo.data.load("reviews", "opinions", rows=300)
    words = dataset.labels["word"]
    scores = dataset.truth["score"].ravel()
    row = 0
    chances = []
    for arrays in dataset.splits.values():
        for ids in arrays["text"]:
            score, points, sign = 0, 1, 1
            for word in (words[i] for i in ids if i != PADDING):
                if word in ("and", "but"):
                    points, sign = (reviews.AFTER_BUT if word == "but" else 1), 1
                elif word in reviews.NEGATIONS:
                    sign = -1
                elif word in reviews.GOOD or word in reviews.BAD:
                    score += sign * points * (1 if word in reviews.GOOD else -1)
            assert score == scores[row]
            chances.append(1 / (1 + np.exp(-reviews.SLOPE * score)))
            row += 1
    train = dataset.splits["train"]["label"]
    best = dataset.references["best possible"]["train"]["label_log_loss"]
    assert best == pytest.approx(log_loss(train, np.array(chances[: len(train)])))


def test_the_best_newsroom_score_without_the_time_is_the_mean_over_all_times() -> None:
    dataset = zoo.data.load("headlines", "newsroom", rows=300)
    rng = np.random.default_rng(0)
    pull, topic = np.array(0.7), np.array(2)
    hours, weekend = rng.integers(24, size=200_000), rng.random(200_000) < headlines.SHARE_WEEKEND
    drawn = headlines.success(pull, np.full(200_000, topic), hours, weekend).mean()
    exact = sum(
        share * float(headlines.success(pull, topic, np.arange(24), at).mean())
        for at, share in ((True, headlines.SHARE_WEEKEND), (False, 1 - headlines.SHARE_WEEKEND))
    )
    assert drawn == pytest.approx(exact, abs=0.003)
    success = dataset.splits["train"]["success"]
    for output, truth in (("main_output", "chance"), ("aux_output", "chance_from_text")):
        chance = dataset.truth[truth][: len(success)]
        found = dataset.references["best possible"]["train"][f"{output}_log_loss"]
        assert found == pytest.approx(log_loss(success, chance))


@pytest.mark.parametrize("facts", [1, 2])
def test_stories_answer_their_questions(facts: int) -> None:
    rng = np.random.default_rng(1)
    for _ in range(300):
        story = questions_story.tell(rng, facts=facts, shared=bool(rng.integers(2)))
        at: dict[str, set[str]] = {}
        holder: dict[str, str] = {}
        for sentence in " ".join(story.text).split(" . "):
            words = sentence.replace(" .", "").split()
            if "took" in words:
                holder[words[-1]] = words[0]
                at.pop(words[-1], None)
            elif "dropped" in words:
                at[words[-1]] = at[holder.pop(words[-1])]
            else:
                at[words[0]] = {word for word in words if word in questions_story.PLACES}
        asked = story.question[-1]
        assert set(story.chance) == at[holder.get(asked, asked)]
        assert sum(story.chance.values()) == pytest.approx(1)


@pytest.mark.parametrize("facts", [1, 2])
def test_a_story_is_its_text_sentence_by_sentence(facts: int) -> None:
    data = zoo.data.load("questions", "rooms", rows=600, facts=facts)
    words = data.labels["word"]
    for arrays in data.splits.values():
        for text, story in zip(arrays["text"], arrays["story"], strict=True):
            told = [
                [words[int(each)] for each in sentence if each != PADDING] for sentence in story
            ]
            written = "".join(f"{' '.join(each)} . " for each in told if each)
            end = "".join(f"{words[int(each)]} " for each in text if each != PADDING)
            assert written.endswith(end), "a long text has lost its beginning"
            assert told[-1], "the last sentence is the last"
            assert sorted(map(bool, told)) == list(map(bool, told)), "padding comes first"
    shape = data.splits["train"]["story"].shape[1:]
    assert shape == (data.sizes["sentences"], data.sizes["words"])
    assert data.splits["train"]["question"].shape[1] == data.sizes["question_words"]


def test_people_have_places_of_their_own_unless_they_share() -> None:
    own, shared = (
        zoo.data.load("questions", "rooms", rows=600, shared_places=flag) for flag in (0, 1)
    )
    words, answers = own.labels["word"], own.labels["answer"]
    for dataset, most in ((own, 3), (shared, 12)):
        arrays = dataset.splits["train"]
        places = {
            answers[answer]
            for question, answer in zip(arrays["question"], arrays["answer"].ravel(), strict=True)
            if words[question[-1]] == "mary"
        }
        assert len(places) == most
    hot = own.splits["test"]["answer_one_hot"]
    np.testing.assert_array_equal(hot.argmax(axis=1), own.splits["test"]["answer"].ravel())


def test_the_posterior_of_a_post_is_that_of_a_plain_sum() -> None:
    world = posts.make_world()
    rng = np.random.default_rng(5)
    style, income, gender = np.array([10, 50]), np.array([2, 8]), np.array([1, 0])
    drawn = posts.draw(rng, world.chance(style, income, gender))
    counts = np.stack([np.bincount(row, minlength=2 * posts.PHRASES_KNOWN) for row in drawn])
    one = {"age": np.array([[30.0], [68.0]]), "income": income[:, None], "gender": gender[:, None]}
    found = posts.posterior_scores(world, counts, one, {"all": slice(0, 2)})["all"]
    prior = posts.income_prior()
    assert prior.sum(axis=1) == pytest.approx(1)
    joint = np.zeros((2, len(posts.STYLES), 10, 2))
    for s in range(len(posts.STYLES)):
        for i in range(10):
            for g in range(2):
                logs = np.log(world.chance(np.array(s), np.array(i), np.array(g)) + 1e-300)
                joint[:, s, i, g] = counts @ logs + np.log(prior[s, i])
    joint = np.exp(joint - joint.max(axis=(1, 2, 3), keepdims=True))
    joint /= joint.sum(axis=(1, 2, 3), keepdims=True)
    by_income = joint.sum(axis=(1, 3))
    expected = -np.mean(np.log(by_income[[0, 1], income]))
    assert found["income_log_loss"] == pytest.approx(expected, rel=1e-6, abs=1e-6)
    voice = joint.sum(axis=(1, 2))[:, 1]
    by_gender = voice * (1 - posts.UNLIKE) + (1 - voice) * posts.UNLIKE
    assert found["gender_log_loss"] == pytest.approx(
        -np.mean([np.log(by_gender[0]), np.log(1 - by_gender[1])]), rel=1e-6, abs=1e-6
    )
    mean = joint.sum(axis=(2, 3)) @ posts.STYLES  # the error added to it has mean 0
    assert found["age_mse"] == pytest.approx(np.mean((mean - [30, 68]) ** 2), rel=1e-6)


def test_phrases_of_a_novel_are_spelled_in_the_order_of_their_school() -> None:
    chance = novels.unit_chances()
    assert chance.sum(axis=1) == pytest.approx(1)
    half = novels.SCHOOLS // 2
    assert (novels.GENRE_OF[:half] != novels.GENRE_OF[half:]).all()
    assert (np.abs(novels.MEANS[:half] - novels.MEANS[half:]) > 2 * novels.SPREAD).all()
    units = novels.draw(np.random.default_rng(2), np.array([0, half]))
    spelled = np.stack([novels.spell(row) for row in units])
    pairs = 2 * novels.PAIRS
    for row, order in ((0, 1), (1, -1)):
        words = spelled[row][(spelled[row] >= 2) & (spelled[row] < 2 + pairs)].reshape(-1, 2)
        assert len(words)
        assert (words[:, 1] - words[:, 0] == order).all()
    common = np.arange(60)[None, :] % novels.COMMON + pairs
    found = novels.posterior(np.concatenate([units, common]))
    assert found[[0, 1], [0, half]] == pytest.approx(1)
    np.testing.assert_allclose(found[2], 1 / novels.SCHOOLS)


def test_words_marks_and_unknown_words() -> None:
    assert tokens("It's not GOOD, is it?") == ["it's", "not", "good", ",", "is", "it", "?"]
    vocabulary = Vocabulary.of([["b", "a", "b"], ["a", "b", "c"]], most=4)
    assert vocabulary.words == ("<padding>", "<unknown>", "b", "a")
    np.testing.assert_array_equal(
        vocabulary.encode([["a", "c", "b"], ["b"]], 2), [[3, UNKNOWN], [PADDING, 2]]
    )
    np.testing.assert_array_equal(vocabulary.encode([["a", "c", "b"]], 2, end=True), [[1, 2]])


def test_a_story_keeps_its_last_sentences_and_their_first_words() -> None:
    story = tokens("A a. B? ! A b a! B a")
    assert sentences(story) == [["a", "a"], ["b"], ["a", "b", "a"], ["b", "a"]]
    vocabulary = Vocabulary(["a", "b"])
    found = vocabulary.encode_sentences([story, ["c", "."], []], 3, 2)
    assert found.dtype == np.int32
    empty = [PADDING, PADDING]
    np.testing.assert_array_equal(
        found,
        [
            [[PADDING, 3], [2, 3], [3, 2]],
            [empty, empty, [PADDING, UNKNOWN]],
            [empty, empty, empty],
        ],
    )


def test_the_median_is_the_value_that_half_lies_below() -> None:
    chance = np.array([[0.2, 0.2, 0.6], [0.5, 0.4, 0.1]])
    assert median_of(np.array([1.0, 2.0, 9.0]), chance).tolist() == [9.0, 1.0]
