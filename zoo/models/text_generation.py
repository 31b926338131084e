"""Models that write: they read a text and say, after every character, what may come next."""

from __future__ import annotations

from zoo._keras import keras, layers
from zoo.models.registry import register
from zoo.models.spec import TensorSpec


@register(
    documents="using-keras",
    section="more examples: text generation with stacked LSTMs",
    inputs=(
        TensorSpec(
            "text",
            ("length",),
            "character ids, 0 to n_characters - 1; 0 is any unknown character",
            "id",
            dtype="int32",
            vocabulary="character",
        ),
    ),
    outputs=(
        TensorSpec(
            "next_character",
            ("length", "n_characters"),
            "probability of each character to come next, after every character of the text",
            "probability",
            vocabulary="character",
        ),
    ),
    count=224_320,
    concepts=("embedding", "recurrent", "variable-length"),
    claim="Stacked LSTMs, each handing on its whole sequence, predict the next character at every "
    "step.",
    recipe="text_generator",
    tiny={"n_characters": 12, "width": 4, "units": (5, 6)},
)
def text_generator(
    n_characters: int = 64,
    width: int = 32,
    units: tuple[int, ...] = (128, 128),
    length: int | None = None,
) -> keras.Model:
    """The next character of a text: stacked LSTMs on character ids, a softmax at every step.

    Every LSTM returns its sequence, the last one too, and not its last step alone: a row of 50
    characters then has 50 targets instead of one, for the same computation. An LSTM reads from
    left to right, so no step sees the character that it shall say.

    Args:
        n_characters: Different characters, one row of the embedding each.
        width: Numbers in a character's vector.
        units: Width of each LSTM, first to last; its length is the depth of the stack.
        length: Characters in a text; None for any number.
    """
    text = keras.Input((length,), dtype="int32", name="text")  # (None)

    x = layers.Embedding(n_characters, width, name="embedding")(text)  # (None, 32)
    for i, size in enumerate(units, start=1):
        x = layers.LSTM(size, return_sequences=True, name=f"lstm_{i}")(x)  # (None, 128), twice
    next_character = layers.Dense(  # the same at every step
        n_characters, activation="softmax", name="next_character"
    )(x)  # (None, 64)

    return keras.Model(text, next_character, name="text_generator")
