"""Models that read text as word ids: classify it, answer from it, tell who wrote it and when.

A word id is a row of the model's embedding: 0 to vocabulary - 1. No id is masked; where the rows
of a batch differ in length, the data says which id fills them up.
"""

from __future__ import annotations

from typing import Any

from zoo._keras import keras, layers
from zoo.models.dense import LABEL
from zoo.models.registry import register
from zoo.models.spec import TensorSpec, Variant

ANSWER = TensorSpec("answer", ("n_answers",), "probability of each one-word answer", "probability")


def word_ids(name: str, length: str, meaning: str, **options: Any) -> TensorSpec:
    """An input of word ids; `length` is the builder argument that says how many."""
    return TensorSpec(
        name, (length,), meaning, "id", dtype="int32", vocabulary="word", text="words", **options
    )


def _shortest(kernel: int, pool: int, **_: object) -> int:
    """Words of which the convolutions and pools of `posts` leave one place."""
    return ((2 * kernel - 1) * pool + 2 * kernel - 2) * pool + kernel - 1


@register(
    documents="using-keras",
    section="Sequence classification with LSTM",
    inputs=(word_ids("text", "length", "word ids, 0 to 1,023"),),
    outputs=(LABEL,),
    count=459_393,
    concepts=("embedding", "recurrent", "dropout", "variable-length"),
    claim="Embedding, LSTM, Dropout, sigmoid: the pattern of a sequence classifier.",
    recipe="lstm_classifier",
    tiny={"vocabulary": 40, "width": 8, "units": 4},
)
def lstm_classifier(
    vocabulary: int = 1_024,
    width: int = 256,
    units: int = 128,
    rate: float = 0.5,
    length: int | None = None,
) -> keras.Model:
    """Two-class classifier of a text: embedding, LSTM, dropout, sigmoid.

    Args:
        vocabulary: Different words, one row of the embedding each.
        width: Numbers in a word's vector.
        units: Width of the LSTM.
        rate: Share of the LSTM's outputs that a training step leaves out, 0 to 1.
        length: Words in a text; None for any number.
    """
    text = keras.Input((length,), dtype="int32", name="text")  # (None)

    x = layers.Embedding(vocabulary, width, name="embedding")(text)  # (None, 256)
    x = layers.LSTM(units, name="lstm")(x)  # (128)
    x = layers.Dropout(rate, name="dropout")(x)
    label = layers.Dense(1, activation="sigmoid", name="label")(x)  # (1)

    return keras.Model(text, label, name="lstm_classifier")


@register(
    documents="model-api",
    section="Multi-input and multi-output models",
    inputs=(
        word_ids("main_input", "length", "word ids, 0 to 9,999"),
        TensorSpec("aux_input", ("n_aux",), "other features, such as the time of day"),
    ),
    outputs=(
        TensorSpec("main_output", (1,), "probability of success, from both inputs", "probability"),
        TensorSpec("aux_output", (1,), "probability of success, from the text", "probability"),
    ),
    count=5_200_610,
    concepts=(
        "multi-input",
        "multi-output",
        "embedding",
        "recurrent",
        "merge",
        "auxiliary-output",
        "loss-weights",
    ),
    claim="A second loss right after the LSTM, at weight 0.2, helps the LSTM train smoothly. "
    "Measured (docs/claims.md): on 2,000 headlines it lowers the test log-loss by 5% in the mean, "
    "on one of three seeds hardly at all; on 16,000 there is no clear difference at 0.2, and a "
    "weight of 0.5 or more raises the log-loss.",
    errata=(
        "The listing compiles with one loss name and two loss weights; Keras 3 wants one loss for "
        "each output, and the first fit fails.",
        "The text says integers between 1 and 100000; the embedding has 10,000 rows, ids 0 to "
        "9,999.",
    ),
    recipe="headline",
    tiny={"vocabulary": 40, "length": 12, "width": 8, "units": 4, "hidden": 8},
)
def headline(
    vocabulary: int = 10_000,
    length: int | None = 100,
    n_aux: int = 5,
    width: int = 512,
    units: int = 32,
    hidden: int = 64,
) -> keras.Model:
    """Will a headline be shared? Text and metadata in; a main and an auxiliary answer out.

    Args:
        vocabulary: Different words, one row of the embedding each.
        length: Words in a headline; None for any number.
        n_aux: Numbers in the metadata.
        width: Numbers in a word's vector.
        units: Width of the LSTM.
        hidden: Width of each of the three hidden layers.
    """
    main_input = keras.Input((length,), dtype="int32", name="main_input")  # (100)
    aux_input = keras.Input((n_aux,), name="aux_input")  # (5)

    x = layers.Embedding(vocabulary, width, name="embedding")(main_input)  # (100, 512)
    lstm_out = layers.LSTM(units, name="lstm")(x)  # (32)
    aux_output = layers.Dense(1, activation="sigmoid", name="aux_output")(lstm_out)  # (1)

    x = layers.Concatenate(name="merged")([lstm_out, aux_input])  # (37)
    x = layers.Dense(hidden, activation="relu", name="hidden_1")(x)  # (64)
    x = layers.Dense(hidden, activation="relu", name="hidden_2")(x)
    x = layers.Dense(hidden, activation="relu", name="hidden_3")(x)
    main_output = layers.Dense(1, activation="sigmoid", name="main_output")(x)  # (1)

    return keras.Model([main_input, aux_input], [main_output, aux_output], name="headline")


@register(
    documents="dlwp-7.1",
    section="7.1.2, Multi-input models, listings 7.1 and 7.2",
    inputs=(
        word_ids("text", "text_length", "word ids, 0 to 9,999"),
        word_ids("question", "question_length", "word ids, 0 to 9,999"),
    ),
    outputs=(ANSWER,),
    count=1_000_052,
    published_note="the document prints the two embeddings only: 640,000 and 320,000",
    concepts=("multi-input", "embedding", "recurrent", "merge", "variable-length"),
    claim="Each input has its own encoder; fit takes both as a list or as a dict by name.",
    errata=(
        "One listing asks for the metric 'acc', which the history then calls so, and for one-hot "
        "answers: with 500 of them, ids and sparse categorical cross-entropy give the same loss "
        "for less memory.",
    ),
    recipe="qa",
    tiny={
        "text_vocabulary": 40,
        "question_vocabulary": 30,
        "n_answers": 10,
        "text_width": 8,
        "text_units": 4,
        "question_width": 6,
        "question_units": 3,
    },
)
def qa(
    text_vocabulary: int = 10_000,
    question_vocabulary: int = 10_000,
    n_answers: int = 500,
    text_width: int = 64,
    text_units: int = 32,
    question_width: int = 32,
    question_units: int = 16,
    text_length: int | None = None,
    question_length: int | None = None,
) -> keras.Model:
    """Answer a question about a text with one word: two encoders, concatenated.

    Args:
        text_vocabulary, question_vocabulary: Different words, one row of the embedding each.
        n_answers: Words to answer with.
        text_width, question_width: Numbers in a word's vector.
        text_units, question_units: Width of the LSTM.
        text_length, question_length: Words; None for any number.
    """
    text = keras.Input((text_length,), dtype="int32", name="text")  # (None)
    question = keras.Input((question_length,), dtype="int32", name="question")  # (None)

    x = layers.Embedding(text_vocabulary, text_width, name="text_embedding")(text)  # (None, 64)
    encoded_text = layers.LSTM(text_units, name="text_lstm")(x)  # (32)

    x = layers.Embedding(question_vocabulary, question_width, name="question_embedding")(question)
    encoded_question = layers.LSTM(question_units, name="question_lstm")(x)  # (None, 32) -> (16)

    merged = layers.Concatenate(name="merged")([encoded_text, encoded_question])  # (48)
    answer = layers.Dense(n_answers, activation="softmax", name="answer")(merged)  # (500)

    return keras.Model([text, question], answer, name="qa")


@register(
    documents="dlwp-7.1",
    section="7.1.3, Multi-output models, listings 7.3 to 7.6",
    inputs=(word_ids("posts", "length", "269 word ids or more, 0 to 49,999", least=_shortest),),
    outputs=(
        TensorSpec("age", (1,), "the author's age", "years"),
        TensorSpec("income", ("n_incomes",), "probability of each income group", "probability"),
        TensorSpec("gender", (1,), "probability of gender 1", "probability"),
    ),
    count=14_146_316,
    concepts=(
        "multi-output",
        "embedding",
        "convolution",
        "branches",
        "loss-weights",
        "variable-length",
    ),
    claim="Losses of different size need weights, here 0.25 (age), 1 (income), 10 (gender).",
    errata=(
        "The listing swaps Embedding's arguments (input 256, output 50,000): 45,982,476 "
        "parameters, and a failure on any word id above 255.",
        "The loss 'categorical_cross_entropy' does not exist; it is 'categorical_crossentropy'.",
        "One listing lacks its closing parenthesis and does not parse.",
    ),
    recipe="posts",
    tiny={
        "vocabulary": 40,
        "width": 4,
        "filters": 4,
        "wide_filters": 6,
        "kernel": 2,
        "pool": 2,
        "units": 8,
    },
    variants={
        "as_printed": Variant(
            {"as_printed": True},
            count=45_982_476,
            note="Embedding(256, 50_000): knows 256 words, each a vector of 50,000 numbers",
        )
    },
)
def posts(
    vocabulary: int = 50_000,
    width: int = 256,
    filters: int = 128,
    wide_filters: int = 256,
    kernel: int = 5,
    pool: int = 5,
    units: int = 128,
    n_incomes: int = 10,
    length: int | None = None,
    as_printed: bool = False,
) -> keras.Model:
    """Age, income group and gender of an author from what they posted: one trunk, three heads.

    Args:
        vocabulary, width: Rows of the embedding (different words) and numbers in each.
        filters, wide_filters: Width of the first convolution and of the four after it.
        kernel, pool: Words that a convolution sees, and that a pool makes one of.
        units, n_incomes: Width of the Dense layer; income groups.
        length: Words; None for any number that the pools leave something of (269 or more).
        as_printed: Keep the document's misprint: vocabulary and width swapped.
    """
    posts = keras.Input((length,), dtype="int32", name="posts")  # (500), say

    table = (width, vocabulary) if as_printed else (vocabulary, width)
    x = layers.Embedding(*table, name="embedding")(posts)  # (500, 256)

    x = layers.Conv1D(filters, kernel, activation="relu", name="conv_1")(x)  # (496, 128)
    x = layers.MaxPooling1D(pool, name="pool_1")(x)  # (99, 128)

    x = layers.Conv1D(wide_filters, kernel, activation="relu", name="conv_2")(x)  # (95, 256)
    x = layers.Conv1D(wide_filters, kernel, activation="relu", name="conv_3")(x)  # (91, 256)
    x = layers.MaxPooling1D(pool, name="pool_2")(x)  # (18, 256)

    x = layers.Conv1D(wide_filters, kernel, activation="relu", name="conv_4")(x)  # (14, 256)
    x = layers.Conv1D(wide_filters, kernel, activation="relu", name="conv_5")(x)  # (10, 256)
    x = layers.GlobalMaxPooling1D(name="pool_3")(x)  # (256)

    author = layers.Dense(units, activation="relu", name="author")(x)  # (128), read by all heads

    age = layers.Dense(1, name="age")(author)  # (1)
    income = layers.Dense(n_incomes, activation="softmax", name="income")(author)  # (10)
    gender = layers.Dense(1, activation="sigmoid", name="gender")(author)  # (1)

    return keras.Model(posts, [age, income, gender], name="posts")


@register(
    documents="beyond-sequential",
    section="multi-output text",
    inputs=(word_ids("text", "length", "word ids, 0 to 9,999"),),
    outputs=(
        TensorSpec(
            "genre", ("n_genres",), "probability of each genre", "probability", when="heads"
        ),
        TensorSpec(
            "date",
            (1,),
            "when it was written, in decades since 1900",
            "decades",
            when="heads",
            scale=10,
            origin=1900,
        ),
    ),
    count=332_681,
    concepts=("multi-output", "embedding", "convolution", "branches", "variable-length"),
    claim="Genre and date are correlated, so one joint model beats two separate ones.",
    recipe="novel",
    tiny={"vocabulary": 40, "width": 8, "filters": 8, "units": 6, "n_genres": 3},
    variants={
        "genre_alone": Variant({"heads": ("genre",)}, 332_648, "one of the two separate models"),
        "date_alone": Variant({"heads": ("date",)}, 332_417, "the other of the two models"),
    },
)
def novel(
    vocabulary: int = 10_000,
    width: int = 32,
    filters: int = 64,
    kernel: int = 5,
    units: int = 32,
    n_genres: int = 8,
    length: int | None = None,
    heads: tuple[str, ...] = ("genre", "date"),
) -> keras.Model:
    """Genre and date of a novel from its text: one encoder, two heads.

    Args:
        vocabulary, width: Rows of the embedding (different words) and numbers in each.
        filters, kernel: Width of the convolution, and words that it sees.
        units, n_genres: Width of the encoding; genres to tell apart.
        length: Words; None for any number.
        heads: Which outputs to build; one alone is a separate model to compare with.
    """
    if tuple(heads) not in (("genre", "date"), ("genre",), ("date",)):
        raise ValueError(f"heads must be ('genre', 'date'), ('genre',) or ('date',), not {heads!r}")
    text = keras.Input((length,), dtype="int32", name="text")  # (None)

    x = layers.Embedding(vocabulary, width, name="embedding")(text)  # (None, 32)
    x = layers.Conv1D(filters, kernel, padding="same", activation="relu", name="conv")(x)
    x = layers.GlobalAveragePooling1D(name="pool")(x)  # (None, 64) -> (64)
    encoding = layers.Dense(units, activation="relu", name="encoding")(x)  # (32), read by both

    outputs = {
        "genre": layers.Dense(n_genres, activation="softmax", name="genre")(encoding),  # (8)
        "date": layers.Dense(1, name="date")(encoding),  # (1)
    }

    return keras.Model(text, [outputs[head] for head in heads], name="novel")
