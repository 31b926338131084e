"""First graphs: one Dense layer, and the perceptron that a guide to Keras begins with."""

from __future__ import annotations

from zoo._keras import keras, layers
from zoo.models.registry import register
from zoo.models.spec import TensorSpec, Variant

FEATURES = TensorSpec(
    "features", ("n_features",), "numbers that describe one example, standardized"
)
CATEGORY = TensorSpec("category", ("n_classes",), "probability of each class", "probability")


@register(
    documents="model-api",
    section="a Model from an input and an output tensor",
    inputs=(TensorSpec("a", ("n_features",), "any vector"),),
    outputs=(TensorSpec("b", ("units",), "a linear map of a, plus a bias"),),
    count=1_056,
    claim="Model(a, b) holds every layer needed to compute b from a.",
    recipe="single_dense",
)
def single_dense(n_features: int = 32, units: int = 32) -> keras.Model:
    """The smallest functional model: one input, one Dense layer.

    Args:
        n_features: Numbers in the input.
        units: Numbers in the output.
    """
    a = keras.Input((n_features,), name="a")  # (32)

    b = layers.Dense(units, name="b")(a)  # (32)

    return keras.Model(a, b, name="single_dense")


@register(
    documents="using-keras",
    section="functional API: an input and a layer that is called on it",
    inputs=(TensorSpec("a", ("n_features",), "two numbers"),),
    outputs=(TensorSpec("b", ("units",), "a linear map of a, plus a bias"),),
    count=6,
    claim="An input says its shape, and a layer is called on it: a model is what lies between.",
    recipe="tiny_dense",
)
def tiny_dense(n_features: int = 2, units: int = 2) -> keras.Model:
    """Two numbers in, two out: `single_dense` at a size whose parameters one can read.

    Args:
        n_features: Numbers in the input.
        units: Numbers in the output.
    """
    a = keras.Input((n_features,), name="a")  # (2)

    b = layers.Dense(units, name="b")(a)  # (2)

    return keras.Model(a, b, name="tiny_dense")


@register(
    documents="using-keras",
    section="30 seconds to Keras",
    inputs=(FEATURES,),
    outputs=(CATEGORY,),
    count=7_114,
    concepts=("sequential",),
    claim="Stack layers, compile, fit, evaluate, predict: a network in thirty seconds.",
    recipe="first_mlp",
    variants={
        "sequential": Variant(
            {"sequential": True},
            count=7_114,
            note="as printed: the same layers under the same names, given to a Sequential model "
            "by `.add()`",
        )
    },
)
def first_mlp(
    n_features: int = 100, units: int = 64, n_classes: int = 10, sequential: bool = False
) -> keras.Model:
    """Classifier with one hidden layer, the guide's first, in both styles.

    With the same weights the functional and the Sequential model give the same outputs.

    Args:
        n_features: Numbers in the input.
        units: Width of the hidden layer.
        n_classes: Classes to tell apart.
        sequential: Add the layers to a `keras.Sequential` one by one instead.
    """
    features = keras.Input((n_features,), name="features")  # (100)

    if sequential:
        model = keras.Sequential(name="first_mlp")
        model.add(features)
        model.add(layers.Dense(units, activation="relu", name="hidden"))  # (64)
        model.add(layers.Dense(n_classes, activation="softmax", name="category"))  # (10)
        return model

    x = layers.Dense(units, activation="relu", name="hidden")(features)  # (64)
    category = layers.Dense(n_classes, activation="softmax", name="category")(x)  # (10)

    return keras.Model(features, category, name="first_mlp")
