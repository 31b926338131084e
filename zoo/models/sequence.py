"""Models that read a series of numbers or frames step by step."""

from __future__ import annotations

from zoo._keras import keras, layers
from zoo.models.dense import digit_mlp
from zoo.models.registry import register
from zoo.models.spec import TensorSpec

SEQUENCE = TensorSpec(
    "sequence", ("length", "n_features"), "one measured value per time step, standardized"
)
LABEL = TensorSpec("label", (1,), "probability that the series is of class 1", "probability")


@register(
    documents="using-keras",
    section="functional basics: RNN",
    inputs=(SEQUENCE,),
    outputs=(LABEL,),
    count=601,
    published=601,
    concepts=("recurrent",),
    claim="An LSTM turns a series into a vector, which Dense layers classify: 480 + 110 + 11.",
    recipe="rnn",
    tiny={"length": 12},
)
def rnn(
    length: int | None = 100, n_features: int = 1, units: int = 10, hidden: int = 10
) -> keras.Model:
    """Two-class classifier of a series: LSTM, then Dense.

    Args:
        length: Time steps; None for any number.
        n_features: Values per time step.
        units: Width of the LSTM.
        hidden: Width of the hidden layer.
    """
    sequence = keras.Input((length, n_features), name="sequence")  # (100, 1)

    x = layers.LSTM(units, name="lstm")(sequence)  # (10)
    x = layers.Dense(hidden, activation="relu", name="hidden")(x)  # (10)
    label = layers.Dense(1, activation="sigmoid", name="label")(x)  # (1)

    return keras.Model(sequence, label, name="rnn")


@register(
    documents="using-keras",
    section="shared feature extractor",
    inputs=(SEQUENCE,),
    outputs=(LABEL,),
    count=1_151,
    published=1_151,
    concepts=("recurrent", "branches", "merge"),
    claim="A shallow and a deep interpretation can share the features of one LSTM.",
    recipe="shared_features",
    tiny={"length": 12},
)
def shared_features(
    length: int | None = 100,
    n_features: int = 1,
    units: int = 10,
    shallow: int = 10,
    deep: tuple[int, ...] = (10, 20, 10),
) -> keras.Model:
    """Two-class classifier of a series: a shallow and a deep branch read the same LSTM.

    Args:
        length, n_features, units: As in `rnn`.
        shallow: Width of the shallow branch's only layer.
        deep: Width of each layer of the deep branch, first to last.
    """
    sequence = keras.Input((length, n_features), name="sequence")  # (100, 1)

    extracted = layers.LSTM(units, name="lstm")(sequence)  # (10), read by both branches

    x = layers.Dense(shallow, activation="relu", name="shallow")(extracted)  # (10)

    y = extracted
    for i, width in enumerate(deep, start=1):
        y = layers.Dense(width, activation="relu", name=f"deep_{i}")(y)  # (10), (20), (10)

    merged = layers.Concatenate(name="merged")([x, y])  # (20)
    label = layers.Dense(1, activation="sigmoid", name="label")(merged)  # (1)

    return keras.Model(sequence, label, name="shared_features")


@register(
    documents="using-keras",
    section="multiple outputs: a two-headed LSTM",
    inputs=(SEQUENCE,),
    outputs=(
        LABEL,
        TensorSpec("signal", ("length", 1), "a number per time step, such as the clean series"),
    ),
    count=1_452,
    published=1_452,
    concepts=("recurrent", "multi-output", "branches", "time-distributed"),
    claim="One model can label the series and, from the same features, give a value per time step.",
    recipe="sequence_tagger",
    tiny={"length": 12},
)
def sequence_tagger(
    length: int | None = 100, n_features: int = 1, units: int = 10, hidden: int = 10
) -> keras.Model:
    """Two heads on one LSTM: a class for the whole series and a number for each time step.

    Args:
        length, n_features: As in `rnn`.
        units: Width of both LSTMs.
        hidden: Width of the classifying head's hidden layer.
    """
    sequence = keras.Input((length, n_features), name="sequence")  # (100, 1)

    steps = layers.LSTM(units, return_sequences=True, name="lstm")(sequence)  # (100, 10)

    x = layers.LSTM(units, name="label_lstm")(steps)  # (10)
    x = layers.Dense(hidden, activation="relu", name="label_hidden")(x)  # (10)
    label = layers.Dense(1, activation="sigmoid", name="label")(x)  # (1)

    value = layers.Dense(1, name="value")  # linear, the same at every time step
    signal = layers.TimeDistributed(value, name="signal")(steps)  # (100, 1)

    return keras.Model(sequence, [label, signal], name="sequence_tagger")


@register(
    documents="model-api",
    section="All models are callable, just like layers",
    inputs=(
        TensorSpec(
            "frames",
            ("n_frames", "n_pixels"),
            "pictures of 28 x 28 gray levels, in order",
            "0-1",
            picture=(0, 1),
        ),
    ),
    outputs=(
        TensorSpec(
            "digits",
            ("n_frames", "n_classes"),
            "probability of each digit, by frame",
            "probability",
        ),
    ),
    count=55_050,
    concepts=("time-distributed", "model-as-layer", "shared-layers"),
    claim="A model is a layer: TimeDistributed makes an image model a video model in one line.",
    recipe="video_classifier",
    tiny={"n_frames": 3, "n_pixels": 16, "units": 8},
)
def video_classifier(
    n_frames: int | None = 20, n_pixels: int = 784, units: int = 64, n_classes: int = 10
) -> keras.Model:
    """The digit classifier `digit_mlp`, applied to every frame of a video.

    Args:
        n_frames: Pictures in the video; None for any number.
        n_pixels, units, n_classes: As in `digit_mlp`.
    """
    frames = keras.Input((n_frames, n_pixels), name="frames")  # (20, 784)

    image_model = digit_mlp(n_pixels, units, n_classes)  # (784) -> (10)
    digits = layers.TimeDistributed(image_model, name="digits")(frames)  # (20, 10)

    return keras.Model(frames, digits, name="video_classifier")
