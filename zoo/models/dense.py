"""Multi-layer perceptrons: Dense layers on a vector of numbers."""

from __future__ import annotations

from zoo._keras import keras, layers
from zoo.models.first import CATEGORY, FEATURES
from zoo.models.registry import register
from zoo.models.spec import TensorSpec, Variant

PIXELS = TensorSpec(
    "pixels",
    ("n_pixels",),
    "gray levels of a 28 x 28 picture, row by row",
    "0-1",
    picture=(0, 1),
)
DIGIT = TensorSpec("digit", ("n_classes",), "probability of each digit, 0 to 9", "probability")
LABEL = TensorSpec("label", (1,), "probability of class 1", "probability")


@register(
    documents="beyond-sequential",
    section="graphs of layers",
    inputs=(FEATURES,),
    outputs=(CATEGORY,),
    count=2_442,
    published=2_442,
    claim="A model is a graph of layers; the simplest is a chain from input to output.",
    recipe="softmax_mlp_32",
)
def softmax_mlp_32(n_features: int = 32, units: int = 32, n_classes: int = 10) -> keras.Model:
    """Classifier with two hidden layers on 32 inputs, as a chain of function calls.

    Args:
        n_features: Numbers in the input.
        units: Width of each hidden layer.
        n_classes: Classes to tell apart.
    """
    features = keras.Input((n_features,), name="features")  # (32)

    x = layers.Dense(units, activation="relu", name="hidden_1")(features)  # (32)
    x = layers.Dense(units, activation="relu", name="hidden_2")(x)
    category = layers.Dense(n_classes, activation="softmax", name="category")(x)  # (10)

    return keras.Model(features, category, name="softmax_mlp_32")


@register(
    documents="dlwp-7.1",
    section="7.1.1, Introduction to the functional API",
    inputs=(FEATURES,),
    outputs=(CATEGORY,),
    count=3_466,
    published=3_466,
    concepts=("sequential",),
    claim="The functional model is the Sequential one, written as calls from input to output.",
    recipe="softmax_mlp_64",
    variants={
        "sequential": Variant(
            {"sequential": True},
            count=3_466,
            published=3_466,
            note="the twin: the same layers under the same names, stacked in a Sequential model",
        )
    },
)
def softmax_mlp_64(
    n_features: int = 64, units: int = 32, n_classes: int = 10, sequential: bool = False
) -> keras.Model:
    """Classifier with two hidden layers on 64 inputs, in both styles: functional and Sequential.

    With the same weights the twins give the same outputs.

    Args:
        n_features, units, n_classes: As in `softmax_mlp_32`.
        sequential: Stack the layers in a `keras.Sequential` instead.
    """
    features = keras.Input((n_features,), name="features")  # (64)

    if sequential:
        return keras.Sequential(
            [
                features,
                layers.Dense(units, activation="relu", name="hidden_1"),  # (32)
                layers.Dense(units, activation="relu", name="hidden_2"),
                layers.Dense(n_classes, activation="softmax", name="category"),  # (10)
            ],
            name="softmax_mlp_64",
        )

    x = layers.Dense(units, activation="relu", name="hidden_1")(features)  # (32)
    x = layers.Dense(units, activation="relu", name="hidden_2")(x)
    category = layers.Dense(n_classes, activation="softmax", name="category")(x)  # (10)

    return keras.Model(features, category, name="softmax_mlp_64")


@register(
    documents="beyond-sequential",
    section="graphs of layers, with two inputs",
    inputs=(
        TensorSpec("a", ("n_features_a",), "first half of the features, standardized"),
        TensorSpec("b", ("n_features_b",), "second half of the features, standardized"),
    ),
    outputs=(CATEGORY,),
    count=6_602,
    concepts=("multi-input", "merge"),
    claim="A graph may have several inputs: each runs through its own branch, and Add joins them.",
    errata=(
        "The listing feeds both branches from the first input, so the second one is never used; "
        "the text says two inputs.",
    ),
    recipe="two_branch_add",
    variants={
        "as_printed": Variant(
            {"as_printed": True},
            count=6_602,
            note="both branches read a; Keras still asks for b, and whatever b holds is ignored",
        )
    },
)
def two_branch_add(
    n_features_a: int = 64,
    n_features_b: int = 64,
    units: int = 32,
    n_classes: int = 10,
    as_printed: bool = False,
) -> keras.Model:
    """Two inputs, a branch of two hidden layers for each, added and classified.

    Args:
        n_features_a, n_features_b: Numbers in each input.
        units: Width of each hidden layer.
        n_classes: Classes to tell apart.
        as_printed: Keep the document's misprint: both branches read `a`, none reads `b`.
    """
    a = keras.Input((n_features_a,), name="a")  # (64)
    b = keras.Input((n_features_b,), name="b")  # (64)

    x = layers.Dense(units, activation="relu", name="a_hidden_1")(a)  # (32)
    x = layers.Dense(units, activation="relu", name="a_hidden_2")(x)

    y = layers.Dense(units, activation="relu", name="b_hidden_1")(a if as_printed else b)  # (32)
    y = layers.Dense(units, activation="relu", name="b_hidden_2")(y)

    total = layers.Add(name="sum")([x, y])  # (32)
    category = layers.Dense(n_classes, activation="softmax", name="category")(total)  # (10)

    return keras.Model([a, b], category, name="two_branch_add")


@register(
    documents="model-api",
    section="First example: a densely-connected network",
    inputs=(PIXELS,),
    outputs=(DIGIT,),
    count=55_050,
    claim="Once built, the model can be called on any tensor like a layer, and keeps its weights.",
    recipe="digit_mlp",
    tiny={"n_pixels": 16, "units": 8},
)
def digit_mlp(n_pixels: int = 784, units: int = 64, n_classes: int = 10) -> keras.Model:
    """Digit classifier: two hidden layers on the pixels of one picture.

    `video_classifier` calls it on every frame.

    Args:
        n_pixels: Pixels in the picture.
        units: Width of each hidden layer.
        n_classes: Classes to tell apart.
    """
    pixels = keras.Input((n_pixels,), name="pixels")  # (784)

    x = layers.Dense(units, activation="relu", name="hidden_1")(pixels)  # (64)
    x = layers.Dense(units, activation="relu", name="hidden_2")(x)
    digit = layers.Dense(n_classes, activation="softmax", name="digit")(x)  # (10)

    return keras.Model(pixels, digit, name="digit_mlp")


@register(
    documents="using-keras",
    section="the Sequential model",
    inputs=(PIXELS,),
    outputs=(DIGIT,),
    count=25_450,
    concepts=("sequential",),
    claim="A Sequential model is just a stack of layers, one after another.",
    recipe="shallow_mlp",
    tiny={"n_pixels": 16, "units": 8},
)
def shallow_mlp(n_pixels: int = 784, units: int = 32, n_classes: int = 10) -> keras.Model:
    """Digit classifier with one hidden layer, written as a Sequential model.

    Args:
        n_pixels: Pixels in the picture.
        units: Width of the hidden layer.
        n_classes: Classes to tell apart.
    """
    return keras.Sequential(
        [
            keras.Input((n_pixels,), name="pixels"),  # (784)
            layers.Dense(units, activation="relu", name="hidden"),  # (32)
            layers.Dense(n_classes, activation="softmax", name="digit"),  # (10)
        ],
        name="shallow_mlp",
    )


@register(
    documents="using-keras",
    section="training: two classes",
    inputs=(FEATURES,),
    outputs=(LABEL,),
    count=3_265,
    claim="Two classes need one sigmoid unit; a metric may be any function of y_true and y_pred.",
    recipe="binary_mlp",
)
def binary_mlp(n_features: int = 100, units: int = 32) -> keras.Model:
    """Two-class classifier with one hidden layer.

    Its custom metric, the mean prediction, is `zoo.training.metrics.mean_prediction`.

    Args:
        n_features: Numbers in the input.
        units: Width of the hidden layer.
    """
    features = keras.Input((n_features,), name="features")  # (100)

    x = layers.Dense(units, activation="relu", name="hidden")(features)  # (32)
    label = layers.Dense(1, activation="sigmoid", name="label")(x)  # (1)

    return keras.Model(features, label, name="binary_mlp")


@register(
    documents="using-keras",
    section="training: ten classes",
    inputs=(FEATURES,),
    outputs=(CATEGORY,),
    count=3_562,
    claim="Many classes need one softmax unit each, and one-hot targets.",
    recipe="multiclass_mlp",
)
def multiclass_mlp(n_features: int = 100, units: int = 32, n_classes: int = 10) -> keras.Model:
    """Classifier with one hidden layer: `binary_mlp` with a softmax in place of the sigmoid.

    Args:
        n_features: Numbers in the input.
        units: Width of the hidden layer.
        n_classes: Classes to tell apart.
    """
    features = keras.Input((n_features,), name="features")  # (100)

    x = layers.Dense(units, activation="relu", name="hidden")(features)  # (32)
    category = layers.Dense(n_classes, activation="softmax", name="category")(x)  # (10)

    return keras.Model(features, category, name="multiclass_mlp")


@register(
    documents="using-keras",
    section="Multilayer Perceptron (MLP) for multi-class softmax classification",
    inputs=(FEATURES,),
    outputs=(CATEGORY,),
    count=6_154,
    concepts=("dropout",),
    claim="Dropout after each hidden layer guards a multi-class perceptron against overfitting.",
    recipe="dropout_mlp",
)
def dropout_mlp(
    n_features: int = 20, units: int = 64, n_classes: int = 10, rate: float = 0.5
) -> keras.Model:
    """Classifier with two hidden layers, each followed by dropout.

    Args:
        n_features: Numbers in the input.
        units: Width of each hidden layer.
        n_classes: Classes to tell apart.
        rate: Share of the units that a training step leaves out, 0 to 1.
    """
    features = keras.Input((n_features,), name="features")  # (20)

    x = layers.Dense(units, activation="relu", name="hidden_1")(features)  # (64)
    x = layers.Dropout(rate, name="dropout_1")(x)
    x = layers.Dense(units, activation="relu", name="hidden_2")(x)
    x = layers.Dropout(rate, name="dropout_2")(x)
    category = layers.Dense(n_classes, activation="softmax", name="category")(x)  # (10)

    return keras.Model(features, category, name="dropout_mlp")


@register(
    documents="using-keras",
    section="functional basics: MLP",
    inputs=(FEATURES,),
    outputs=(LABEL,),
    count=551,
    published=551,
    claim="Three hidden layers, counted by hand: 110 + 220 + 210 + 11 parameters.",
    recipe="mlp",
)
def mlp(n_features: int = 10, hidden: tuple[int, ...] = (10, 20, 10)) -> keras.Model:
    """Two-class classifier whose hidden layers widen and narrow again: 10, 20, 10.

    Args:
        n_features: Numbers in the input.
        hidden: Width of each hidden layer, first to last; its length is the depth.
    """
    features = keras.Input((n_features,), name="features")  # (10)

    x = features
    for i, units in enumerate(hidden, start=1):
        x = layers.Dense(units, activation="relu", name=f"hidden_{i}")(x)  # (10), (20), (10)
    label = layers.Dense(1, activation="sigmoid", name="label")(x)  # (1)

    return keras.Model(features, label, name="mlp")
