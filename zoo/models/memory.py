"""A model with a memory: the sentences of a story, which a question reads in several hops."""

from __future__ import annotations

from zoo._keras import keras, layers
from zoo.models.blocks import Tensor
from zoo.models.registry import register
from zoo.models.spec import TensorSpec
from zoo.models.text import ANSWER

SPREAD = 0.1  # standard deviation of new vectors of words and times, as in the paper


def _normal() -> keras.Initializer:
    """Draws new vectors; one initializer would draw the same ones for every layer."""
    return keras.initializers.RandomNormal(stddev=SPREAD)


def _sentences(words: Tensor, name: str) -> Tensor:
    """A vector for each sentence: its words' vectors, weighted by place, and one for its time.

    The places' weights begin at 1, so the sentence begins as a bag of words.
    """
    return layers.EinsumDense(
        "bswd,wd->bsd",
        words.shape[1::2],
        bias_axes="sd",
        kernel_initializer="ones",
        bias_initializer=_normal(),
        name=name,
    )(words)


@register(
    documents=("using-keras", "arXiv:1503.08895"),
    section="more examples: question answering with memory networks",
    inputs=(
        TensorSpec(
            "story",
            ("sentences", "words"),
            "word ids by sentence, 0 to 176; the last sentence last, 0 where there is no word",
            "id",
            dtype="int32",
            vocabulary="word",
            text="sentences",
        ),
        TensorSpec(
            "question",
            ("question_words",),
            "word ids, 0 to 176, padded the same way",
            "id",
            dtype="int32",
            vocabulary="word",
            text="sentences",
        ),
    ),
    outputs=(ANSWER,),
    count=35_550,
    concepts=("multi-input", "shared-layers", "embedding", "attention", "merge"),
    claim="A hop reads the sentences that match the question, and asks on with what it has read; "
    "several hops chain facts that are sentences apart.",
    recipe="memory_qa",
    tiny={
        "vocabulary": 40,
        "n_answers": 10,
        "width": 6,
        "sentences": 7,
        "words": 5,
        "question_words": 4,
    },
)
def memory_qa(
    vocabulary: int = 177,
    n_answers: int = 177,
    width: int = 50,
    hops: int = 3,
    sentences: int = 50,
    words: int = 10,
    question_words: int = 10,
) -> keras.Model:
    """Answer a question about a story with one word: an end-to-end memory network.

    All hops have the same weights (layer-wise sharing). The default sizes of vocabulary, vectors
    and memory are the paper's.

    Args:
        vocabulary: Different words, one row of each embedding.
        n_answers: Words to answer with.
        width: Numbers in the vector of a word, a sentence, a question.
        hops: How often the story is read.
        sentences, words: Sentences in a story, words in each.
        question_words: Words in a question.
    """
    if hops < 1:
        raise ValueError(f"hops must be at least 1, not {hops}")
    story = keras.Input((sentences, words), dtype="int32", name="story")  # (50, 10)
    question = keras.Input((question_words,), dtype="int32", name="question")  # (10)

    largest = layers.GlobalMaxPooling1D("channels_first", name="largest_id")  # 0: no sentence
    told = largest(story)  # (50)

    key_embedding = layers.Embedding(vocabulary, width, _normal(), name="key_embedding")
    value_embedding = layers.Embedding(vocabulary, width, _normal(), name="value_embedding")
    keys = _sentences(key_embedding(story), "keys")  # (50, 10, 50) -> (50, 50): to be found by
    values = _sentences(value_embedding(story), "values")  # (50, 50): what is read

    x = key_embedding(question)  # (10, 50), the same table of words
    state = layers.EinsumDense("bwd,wd->bd", width, kernel_initializer="ones", name="asked")(x)

    # Made once, called by every hop; at first it hands on the question as it is.
    update = layers.Dense(width, use_bias=False, kernel_initializer="identity", name="update")
    for hop in range(1, hops + 1):
        scores = layers.Dot((2, 1), name=f"hop_{hop}_scores")([keys, state])  # (50)
        attention = layers.Softmax(name=f"hop_{hop}_attention")(scores, mask=told)  # (50), sum 1
        read = layers.Dot((1, 1), name=f"hop_{hop}_read")([values, attention])  # (50)
        state = layers.Add(name=f"hop_{hop}")([update(state), read])  # (50), the next question

    answer = layers.Dense(n_answers, activation="softmax", use_bias=False, name="answer")(state)

    return keras.Model([story, question], answer, name="memory_qa")
