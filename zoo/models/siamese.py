"""Siamese models: one encoder reads both items of a pair, with one set of weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from zoo._keras import keras, layers
from zoo.models.registry import register
from zoo.models.spec import TensorSpec, Variant

MERGES = ("concatenate", "compare")
TWEET = TensorSpec(
    "tweet_a", ("length", "alphabet"), "one row per character, one-hot", "0, 1", text="characters"
)
SENTENCE = TensorSpec(
    "left", ("length", "n_features"), "first sentence, one vector per word", text="vectors"
)


def _merged(merge: str, left: Any, right: Any) -> Any:
    """Both vectors side by side; for `compare`, their squared difference and their product.

    A sigmoid of the vectors side by side adds a score of one item to a score of the other, so no
    weights let it see whether the two agree. The product that `compare` adds is large if they do.
    """
    if merge == "concatenate":
        return layers.Concatenate(name="merged")([left, right])
    if merge != "compare":
        raise ValueError(f"merge must be one of {', '.join(MERGES)}, not {merge!r}")
    difference = layers.Subtract(name="difference")([left, right])
    distance = layers.Multiply(name="distance")([difference, difference])
    product = layers.Multiply(name="product")([left, right])
    return layers.Concatenate(name="merged")([distance, product])


@register(
    documents="model-api",
    section="Shared layers",
    inputs=(TWEET, replace(TWEET, name="tweet_b", meaning="the other tweet, encoded the same way")),
    outputs=(
        TensorSpec("same_author", (1,), "probability that one person wrote both", "probability"),
    ),
    count=82_305,
    concepts=("multi-input", "shared-layers", "recurrent", "merge"),
    claim="What gives an author away is the same in both tweets, so one LSTM should read both.",
    recipe="tweet_pair",
    tiny={"length": 12, "alphabet": 8, "units": 4},
)
def tweet_pair(
    length: int | None = 280, alphabet: int = 256, units: int = 64, merge: str = "concatenate"
) -> keras.Model:
    """Did the same author write both tweets? One shared LSTM reads them letter by letter.

    Args:
        length: Characters in a tweet; None for any number.
        alphabet: Different characters, one column each.
        units: Width of the LSTM.
        merge: `concatenate` the two vectors, as the document does, or `compare` them.
    """
    tweet_a = keras.Input((length, alphabet), name="tweet_a")  # (280, 256)
    tweet_b = keras.Input((length, alphabet), name="tweet_b")  # (280, 256)

    lstm = layers.LSTM(units, name="lstm")  # one layer, called twice: one set of weights
    vector_a = lstm(tweet_a)  # (64)
    vector_b = lstm(tweet_b)  # (64)

    merged = _merged(merge, vector_a, vector_b)  # (128)
    same_author = layers.Dense(1, activation="sigmoid", name="same_author")(merged)  # (1)

    return keras.Model([tweet_a, tweet_b], same_author, name="tweet_pair")


@register(
    documents="dlwp-7.1",
    section="7.1.5, Layer weight sharing",
    inputs=(
        SENTENCE,
        replace(SENTENCE, name="right", meaning="second sentence, one vector per word"),
    ),
    outputs=(TensorSpec("similarity", (1,), "how close in meaning the sentences are", "0-1"),),
    count=20_673,
    concepts=("multi-input", "shared-layers", "recurrent", "merge", "variable-length"),
    claim="Similarity is symmetric, so two encoders would learn the same thing twice.",
    errata=("The listing calls fit on a model that was never compiled, which Keras refuses.",),
    recipe="siamese_lstm",
    tiny={"n_features": 8, "units": 4},
    variants={
        "separate": Variant(
            {"shared": False},
            count=41_281,
            note="for comparison: a separate LSTM for each sentence, 20,608 more parameters",
        )
    },
)
def siamese_lstm(
    length: int | None = None,
    n_features: int = 128,
    units: int = 32,
    shared: bool = True,
    merge: str = "concatenate",
) -> keras.Model:
    """Semantic similarity of two sentences, both read by one LSTM.

    Args:
        length: Words in a sentence; None for any number.
        n_features: Numbers in a word's vector.
        units: Width of the LSTM.
        shared: False gives the right sentence an LSTM of its own, to compare with.
        merge: `concatenate` the two vectors, as the document does, or `compare` them.
    """
    left = keras.Input((length, n_features), name="left")  # (None, 128)
    right = keras.Input((length, n_features), name="right")  # (None, 128)

    lstm = layers.LSTM(units, name="lstm")  # one layer, called twice: one set of weights
    left_vector = lstm(left)  # (32)
    right_vector = (lstm if shared else layers.LSTM(units, name="right_lstm"))(right)  # (32)

    merged = _merged(merge, left_vector, right_vector)  # (64)
    similarity = layers.Dense(1, activation="sigmoid", name="similarity")(merged)  # (1)

    return keras.Model([left, right], similarity, name="siamese_lstm")
