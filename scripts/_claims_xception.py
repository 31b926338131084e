"""Claim: at equal size, depthwise separable convolutions score better and run faster."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from _claims import Axis, Claim, Scores
from _embedded import fitted, in_turns, load, quiet

import zoo
from zoo._keras import keras, layers
from zoo.data.dataset import Dataset
from zoo.models.blocks import MOMENTUM, conv_relu
from zoo.training import engine

STEM = 48  # filters of `inception_network`'s stem
FILTERS = (72, 72, 116)  # by block: together as many parameters as its three modules
RATE = 0.4  # its dropout
SMALL = {"dataset_options.rows": 1_500, "epochs": 5}
BATCH, ROUNDS = 64, 20
INCEPTION, XCEPTION = "inception network", "separable network"


def separable_block(x: Any, filters: int, name: str) -> Any:
    """Xception's block: two separable convolutions, and a shortcut that is added to them."""
    y = x
    for i in (1, 2):
        y = layers.Activation("relu", name=f"{name}_relu_{i}")(y)
        y = layers.SeparableConv2D(
            filters, 3, padding="same", use_bias=False, name=f"{name}_conv_{i}"
        )(y)
        y = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm_{i}")(y)
    if x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_shortcut")(x)
        x = layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_shortcut_norm")(x)
    return layers.Add(name=name)([y, x])


def separable_network() -> keras.Model:
    """`inception_network` with a block of Xception in the place of each inception module."""
    picture = keras.Input((28, 28, 1), name="picture")  # (28, 28, 1)

    x = conv_relu(picture, STEM, 3, batch_normalization=True, name="stem")  # (28, 28, 48)
    x = layers.MaxPooling2D(3, 2, padding="same", name="pool_3")(x)
    x = separable_block(x, FILTERS[0], "block_3a")  # (14, 14, 72)
    x = separable_block(x, FILTERS[1], "block_3b")
    x = layers.MaxPooling2D(3, 2, padding="same", name="pool_4")(x)
    x = separable_block(x, FILTERS[2], "block_4a")  # (7, 7, 116)
    x = layers.Activation("relu", name="block_4a_relu")(x)

    x = layers.GlobalAveragePooling2D(name="features")(x)  # (116)
    x = layers.Dropout(RATE, name="features_dropout")(x)
    label = layers.Dense(10, activation="softmax", name="label")(x)  # (10)

    return keras.Model(picture, label, name="separable_network")


def networks() -> dict[str, Any]:
    """Both small networks; the one that should win comes first."""
    return {XCEPTION: separable_network, INCEPTION: partial(zoo.build, "inception_network")}


def score(seed: int, **smaller: Any) -> Scores:
    """Test log-loss of the two small networks."""
    quiet()
    recipe = zoo.recipe("inception_network").override({**SMALL, **smaller})

    def built(_: Dataset, build: Any) -> Any:
        return build()

    return {
        name: fitted(recipe, partial(built, build=build), seed)["test"]["log_loss"]
        for name, build in networks().items()
    }


def step_time(seed: int, rounds: int = ROUNDS) -> Scores:
    """Time of a training step, as a multiple of the inception network's, steps taken in turns."""
    quiet()
    recipe = zoo.recipe("inception_network")
    rows = load(recipe).splits["train"]
    batch = rows["picture"][:BATCH], rows["label"][:BATCH]
    engine.set_seed(seed)
    calls = []
    for build in networks().values():
        model = build()
        model.compile("adam", recipe.loss["label"], jit_compile=False)
        calls.append(partial(model.train_on_batch, *batch))
    return in_multiples(calls, rounds, (XCEPTION, INCEPTION))


def full_size_time(seed: int, rounds: int = 10) -> Scores:
    """Time of a prediction for one picture by the two published networks."""
    quiet()
    engine.set_seed(seed)
    picture = np.random.default_rng(seed).uniform(-1, 1, (1, 299, 299, 3)).astype(np.float32)
    models: list[Any] = [zoo.build(name) for name in ("xception", "inception_v3")]
    calls = [partial(model.predict_on_batch, picture) for model in models]
    return in_multiples(calls, rounds, ("Xception", "Inception V3"))


def in_multiples(calls: Any, rounds: int, names: tuple[str, str]) -> Scores:
    """Median time of the first call over that of the second, taken round by round."""
    for call in calls:
        call()  # compiles the graph
    first, second = map(np.array, in_turns(calls, rounds))
    return {names[0]: float(np.median(first / second)), names[1]: 1.0}


EQUAL = "dlwp-7.1: Xception has roughly as many parameters as Inception V3, but"
TWIN = (
    "`inception_network` (61,482 parameters) and the same network with a residual block of two "
    "separable convolutions in the place of each module (61,318 parameters)"
)
CLAIMS = {
    "xception": Claim(
        f"{EQUAL} classifies better",
        Axis("log-loss, nats"),
        score,
        note=f"{TWIN}, on {SMALL['dataset_options.rows']:,} pictures.",
    ),
    "xception_time": Claim(
        f"{EQUAL} runs faster",
        Axis("time of a training step / that of the inception network"),
        step_time,
        note=f"The same two networks, {BATCH} pictures a step on CPU cores, {ROUNDS} steps of "
        "each in turns.",
    ),
    "xception_full_size": Claim(
        f"{EQUAL} runs faster",
        Axis("time of a prediction / that of Inception V3"),
        full_size_time,
        holds=False,
        note="The published networks, untrained, one picture of 299 x 299 pixels on CPU cores.",
    ),
}
