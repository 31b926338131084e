"""What the documents say of text and Siamese models, and of all that read sequences."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from support import example_inputs, tiny

import zoo
from zoo._keras import keras, tf
from zoo.core.errors import BuildError
from zoo.models import sequence, siamese, text
from zoo.models.abstract_build import abstract_build

QUIET: Any = 0  # Keras annotates `verbose` as a string
WORDS = 20  # rows of a variable length; more than the tiny `posts` needs


def rows_for(model: keras.Model, rows: int = 4) -> dict[str, np.ndarray]:
    """Random ids or numbers for each input by name, `WORDS` steps where any length will do."""
    return example_inputs(model, rows, length=WORDS, ids=20)


def dense(n_in: int, n_out: int) -> int:
    return (n_in + 1) * n_out


def lstm(m: int, n: int) -> int:
    return 4 * (n * m + n**2 + n)


def conv(size: int, c_in: int, c_out: int) -> int:
    return (size * c_in + 1) * c_out


# Counts


@pytest.mark.parametrize(
    ("family", "names"),
    [
        (sequence, ["rnn", "shared_features", "sequence_tagger", "video_classifier"]),
        (text, ["lstm_classifier", "headline", "qa", "posts", "novel"]),
        (siamese, ["tweet_pair", "siamese_lstm"]),
    ],
)
def test_the_families_are_whole(family: ModuleType, names: list[str]) -> None:
    registered = [name for name in zoo.list_models() if hasattr(family, name)]
    assert [
        name for name in registered if zoo.spec(name).builder.__module__ == family.__name__
    ] == names


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("rnn", {"lstm": lstm(1, 10), "hidden": dense(10, 10), "label": dense(10, 1)}),
        (
            "shared_features",
            {
                "lstm": lstm(1, 10),
                "shallow": dense(10, 10),
                "deep_1": dense(10, 10),
                "deep_2": dense(10, 20),
                "deep_3": dense(20, 10),
                "label": dense(10 + 10, 1),
            },
        ),
        (
            "sequence_tagger",
            {
                "lstm": lstm(1, 10),
                "label_lstm": lstm(10, 10),
                "label_hidden": dense(10, 10),
                "label": dense(10, 1),
                "signal": dense(10, 1),
            },
        ),
        (
            "lstm_classifier",
            {"embedding": 1_024 * 256, "lstm": lstm(256, 128), "label": dense(128, 1)},
        ),
        ("video_classifier", {"digits": dense(784, 64) + dense(64, 64) + dense(64, 10)}),
        (
            "headline",
            {
                "embedding": 10_000 * 512,
                "lstm": lstm(512, 32),
                "aux_output": dense(32, 1),
                "hidden_1": dense(32 + 5, 64),
                "hidden_2": dense(64, 64),
                "hidden_3": dense(64, 64),
                "main_output": dense(64, 1),
            },
        ),
        ("tweet_pair", {"lstm": lstm(256, 64), "same_author": dense(64 + 64, 1)}),
        ("siamese_lstm", {"lstm": lstm(128, 32), "similarity": dense(32 + 32, 1)}),
        (
            "qa",
            {
                "text_embedding": 640_000,
                "text_lstm": lstm(64, 32),
                "question_embedding": 320_000,
                "question_lstm": lstm(32, 16),
                "answer": dense(32 + 16, 500),
            },
        ),
        (
            "posts",
            {
                "embedding": 50_000 * 256,
                "conv_1": conv(5, 256, 128),
                "conv_2": conv(5, 128, 256),
                "conv_3": conv(5, 256, 256),
                "conv_4": conv(5, 256, 256),
                "conv_5": conv(5, 256, 256),
                "author": dense(256, 128),
                "age": dense(128, 1),
                "income": dense(128, 10),
                "gender": dense(128, 1),
            },
        ),
        (
            "novel",
            {
                "embedding": 10_000 * 32,
                "conv": conv(5, 32, 64),
                "encoding": dense(64, 32),
                "genre": dense(32, 8),
                "date": dense(32, 1),
            },
        ),
    ],
)
def test_parameter_arithmetic(name: str, layers: dict[str, int]) -> None:
    """`using-keras`: Dense (n_in + 1) n_out, LSTM 4 (n m + n^2 + n), Embedding rows x width."""
    with abstract_build():
        model = zoo.build(name)
    counted = {layer.name: layer.count_params() for layer in model.layers if layer.weights}
    assert counted == layers
    assert model.count_params() == sum(layers.values()) == zoo.spec(name).count


@pytest.mark.parametrize(
    ("name", "published"), [("rnn", 601), ("shared_features", 1_151), ("sequence_tagger", 1_452)]
)
def test_published_counts(name: str, published: int) -> None:
    """`using-keras` prints these totals."""
    assert zoo.spec(name).published == published == zoo.build(name).count_params()


def test_published_embeddings_of_qa() -> None:
    """`dlwp-7.1` prints 640,000 and 320,000 parameters for the embeddings, and no total."""
    with abstract_build():
        model = zoo.build("qa")
    assert model.get_layer("text_embedding").count_params() == 640_000
    assert model.get_layer("question_embedding").count_params() == 320_000
    assert "640,000 and 320,000" in zoo.spec("qa").published_note


@pytest.mark.parametrize("name", ["qa", "posts", "sequence_tagger", "video_classifier"])
def test_unallocated_models_are_the_same_models(name: str) -> None:
    with abstract_build():
        weightless = tiny(name)
    assert weightless.get_config() == tiny(name).get_config()


# Misprints and published shapes


def test_misprint_of_posts() -> None:
    """`dlwp-7.1` swaps Embedding's arguments: 45,982,476 parameters, counted but not allocated."""
    with abstract_build():
        model = zoo.build("posts", as_printed=True)
    assert model.count_params() == 45_982_476
    assert model.get_layer("embedding").count_params() == 256 * 50_000
    assert model.get_layer("conv_1").count_params() == conv(5, 50_000, 128)


def test_misprint_of_posts_knows_too_few_words() -> None:
    """With the arguments swapped, a word id beyond the *width* fails (`dlwp-7.1`)."""
    model = tiny("posts", width=6, as_printed=True)  # 6 words, each a vector of 40 numbers
    known = np.full((2, WORDS), 5)
    assert all(np.isfinite(head).all() for head in model.predict(known, verbose=QUIET))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"is not in \[0, 6\)"):
        model.predict(known + 1, verbose=QUIET)


def test_posts_needs_269_words() -> None:
    """The pools of `posts` leave nothing of a shorter text."""
    with abstract_build():
        shortest = zoo.build("posts", length=269)
        as_commented = zoo.build("posts", length=500)
    assert shortest.get_layer("conv_5").output.shape == (None, 1, 256)
    assert as_commented.get_layer("pool_1").output.shape == (None, 99, 128)
    assert as_commented.get_layer("conv_5").output.shape == (None, 10, 256)
    with pytest.raises(BuildError, match="at least 269, not 268"):
        zoo.build("posts", length=268)


def test_shapes_of_headline() -> None:
    """`model-api`: 100 words, 5 numbers, and the main output before the auxiliary one."""
    with abstract_build():
        model = zoo.build("headline")
    assert model.input_shape == [(None, 100), (None, 5)]
    assert model.output_names == ["main_output", "aux_output"]
    assert model.get_layer("embedding").output.shape == (None, 100, 512)


# Shared layers and models as layers


@pytest.mark.slow
@pytest.mark.claim("tweet_pair", "siamese_lstm")
@pytest.mark.parametrize("name", ["tweet_pair", "siamese_lstm"])
def test_one_lstm_reads_both_items(name: str) -> None:
    """`model-api`, `dlwp-7.1`: the LSTM is created once, called twice, and its weights are reused.

    So there is one set of variables, both items pass through it alike, and the gradient of its
    kernel is the sum of what each branch gives on its own.
    """
    model = tiny(name)
    shared, head = model.get_layer("lstm"), model.layers[-1]
    assert len(model.trainable_variables) == 3 + 2  # one LSTM, one Dense

    first, second = (tf.constant(item) for item in rows_for(model).values())
    vectors = keras.Model(model.inputs, model.get_layer("merged").output)
    one_way, other_way = vectors([first, second]), vectors([second, first])
    np.testing.assert_array_equal(one_way, np.roll(other_way, one_way.shape[1] // 2, axis=1))

    def gradient(first_learns: bool, second_learns: bool) -> np.ndarray:
        with tf.GradientTape() as tape:
            a, b = shared(first), shared(second)
            a = a if first_learns else tf.stop_gradient(a)
            b = b if second_learns else tf.stop_gradient(b)
            loss = tf.reduce_mean(tf.square(head(tf.concat([a, b], axis=1)) - 1.0))
        return tape.gradient(loss, shared.cell.kernel.value).numpy()

    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model([first, second]) - 1.0))
    whole = tape.gradient(loss, shared.cell.kernel.value).numpy()
    through_first, through_second = gradient(True, False), gradient(False, True)
    assert np.abs(through_first).max() > 0
    assert np.abs(through_second).max() > 0
    np.testing.assert_allclose(whole, through_first + through_second, atol=1e-7)


def test_separate_encoders_for_comparison() -> None:
    """`shared=False` doubles the encoder of `siamese_lstm`, and nothing else."""
    model = zoo.build("siamese_lstm", shared=False)
    assert model.count_params() - zoo.build("siamese_lstm").count_params() == lstm(128, 32)
    assert len(model.trainable_variables) == 3 + 3 + 2


# Variable length and separate heads


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lstm_classifier", "qa", "posts", "novel", "siamese_lstm"])
def test_any_length(name: str) -> None:
    """A port whose length is None takes batches of different lengths."""
    model = tiny(name)
    short = list(rows_for(model).values())
    long = [np.concatenate([rows, rows], axis=1) for rows in short]
    shapes = [
        [np.shape(output) for output in tf.nest.flatten(model(rows if len(rows) > 1 else rows[0]))]
        for rows in (short, long)
    ]
    assert shapes[0] == shapes[1]


def test_novel_has_a_separate_model_for_each_head() -> None:
    """`beyond-sequential` compares one joint model with two separate ones."""
    assert tiny("novel").output_names == ["genre", "date"]
    for head, shape in (("genre", (4, 3)), ("date", (4, 1))):
        alone = tiny("novel", heads=(head,))
        assert alone.output_names == [head]
        assert alone.predict(rows_for(alone)["text"], verbose=QUIET).shape == shape


# Impossible arguments


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("rnn", {"units": 0}, "units"),
        ("rnn", {"length": 0}, "length must be None, for any length, or a whole number"),
        ("rnn", {"n_features": 0}, "n_features"),
        ("shared_features", {"deep": (10, -1)}, "deep"),
        ("sequence_tagger", {"length": -5}, "length"),
        ("video_classifier", {"n_frames": 0}, "n_frames"),
        ("lstm_classifier", {"vocabulary": 0}, "input_dim"),
        ("lstm_classifier", {"rate": 2}, "rate"),
        ("headline", {"vocabulary": -1}, "input_dim"),
        ("headline", {"n_aux": 0}, "n_aux"),
        ("tweet_pair", {"alphabet": 0}, "alphabet"),
        ("siamese_lstm", {"length": 1.5}, "length"),
        ("qa", {"n_answers": 0}, "units"),
        ("qa", {"question_length": 0}, "question_length"),
        ("posts", {"filters": 0, "vocabulary": 9}, "filters"),
        ("posts", {"pool": 0, "vocabulary": 9}, "pool_size"),
        ("novel", {"heads": ()}, "heads"),
        ("novel", {"heads": ("genre", "author")}, "heads"),
        ("novel", {"kernel": 0, "vocabulary": 9}, "kernel_size"),
    ],
)
def test_impossible_arguments(name: str, arguments: dict, message: str) -> None:
    with pytest.raises(BuildError, match=message):
        zoo.build(name, **arguments)
