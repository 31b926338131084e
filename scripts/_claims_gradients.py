"""Claims on vanishing gradients: through many layers, and through many steps of a series."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
from _claims import Axis, Claim, Finding, Scores, by_seed, ends, sign
from _embedded import compiled, quiet, run_epochs

import zoo
from zoo._keras import keras, layers, tf
from zoo.data.dataset import Dataset
from zoo.recipes.recipe import Recipe
from zoo.training import inference

ROWS = 64  # that a gradient is taken on
BLOCKS = (0, 1, 4, 8)
STEPS = 20
STATES = ("untrained", f"{STEPS} steps")
FILTERS = (8, 8)


def gradient(model: keras.Model, recipe: Recipe, rows: Any, layer: str = "") -> float:
    """Norm of the loss's gradient with respect to a layer's kernel, or to the first time step.

    Args:
        rows: Inputs and targets by name.
        layer: The layer; without one, the time step.
    """
    ((given,), ((output, truth),)) = (rows[0].values(), rows[1].items())
    inputs, targets = tf.constant(given[:ROWS]), tf.constant(truth[:ROWS])
    watched = model.get_layer(layer).kernel.value if layer else inputs
    with tf.GradientTape() as tape:
        tape.watch(watched)
        loss = keras.losses.get(recipe.loss[output])(targets, model(inputs, training=True))
        mean = tf.reduce_mean(loss)
    found = tape.gradient(mean, watched)
    return float(tf.norm(found if layer else found[:, 0]))


def depth_of(model: Any) -> int:
    """Convolutions and dense layers from input to output, shortcuts left out."""
    kinds = (keras.layers.Conv2D, keras.layers.Dense)
    return sum(isinstance(e, kinds) and "shortcut" not in e.name for e in model.layers)


def residual(data: Dataset, blocks: int, skip: bool) -> Any:
    """`residual_network` of `blocks` identity blocks a stage, without batch normalization."""
    return zoo.build(
        "residual_network",
        image_shape=data.splits["train"]["picture"].shape[1:],
        filters=FILTERS,
        blocks=blocks,
        batch_normalization=False,
        skip=skip,
    )


def by_depth(seed: int, blocks: Sequence[int] = BLOCKS) -> Scores:
    """Gradient of the first layer's kernel by depth, before training and after a few steps."""
    quiet()
    changes = {"dataset_options.rows": STEPS * ROWS, "batch_size": ROWS, "epochs": 1}
    recipe = zoo.recipe("residual_network").override({**changes, "learning_rate": 0.001})
    scores = {}
    for variant, skip in (("with skips", True), ("without skips", False)):
        for each in blocks:
            model, splits = compiled(recipe, partial(residual, blocks=each, skip=skip), seed)
            depth = depth_of(model)
            rows = splits["validation"]
            scores[f"{variant}, {STATES[0]}", depth] = gradient(model, recipe, rows, "stem")
            run_epochs(recipe, model, splits, seed)
            scores[f"{variant}, {STATES[1]}", depth] = gradient(model, recipe, rows, "stem")
    return scores


def carried_by_skips(scores: pd.DataFrame) -> Finding:
    """Whether the gradient of the deepest network is larger with skips than without."""
    _, at = ends(scores)
    skips, none = (
        pd.concat([by_seed(scores, f"{variant}, {state}", at) for state in STATES])
        for variant in ("with skips", "without skips")
    )
    return Finding(
        sign(skips - none, skips.mean()),
        f"{at:g} layers deep, the first layer's gradient is {skips.min():.1g} to "
        f"{skips.max():.1g} with skips, {none.min():.1g} to {none.max():.1g} without",
    )


LENGTHS = (10, 25, 50, 100)
UNITS = 32
CELLS = {"LSTM": "LSTM", "plain recurrence": "SimpleRNN"}
TRAINING = {"engine": "resident", "learning_rate": 0.005}
EPOCHS = 3


def recurrence(data: Dataset, cell: str, steps: int) -> keras.Model:
    """A series of `steps` -> one recurrent layer -> the probability of class 1."""
    sequence = keras.Input((steps, 1), name="sequence")  # (steps, 1)

    x = getattr(layers, CELLS[cell])(UNITS, name="recurrent")(sequence)  # (32)
    label = layers.Dense(1, activation="sigmoid", name="label")(x)  # (1)

    return keras.Model(sequence, label, name="recurrence")


@cache
def trained(seed: int, cell: str, steps: int, epochs: int) -> tuple[float, float]:
    """Gradient with respect to the first step of the series, and log-loss, on test rows."""
    quiet()
    recipe = zoo.recipe("rnn").override({**TRAINING, "epochs": max(1, epochs)})
    model, splits = compiled(recipe, partial(recurrence, cell=cell, steps=steps), seed)
    splits = {
        split: ({"sequence": inputs["sequence"][:, -steps:]}, targets)
        for split, (inputs, targets) in splits.items()
    }
    if epochs:
        run_epochs(recipe, model, splits, seed)
    log_loss = inference.evaluate(model, *splits["test"])["log_loss"]
    return gradient(model, recipe, splits["test"]), log_loss


def gradients(seed: int, lengths: Sequence[int] = LENGTHS, epochs: int = EPOCHS) -> Scores:
    """Gradient of the loss, after the last step, with respect to the first one, by length."""
    return {(cell, n): trained(seed, cell, n, epochs)[0] for cell in CELLS for n in lengths}


def log_losses(seed: int, lengths: Sequence[int] = LENGTHS, epochs: int = EPOCHS) -> Scores:
    """Test log-loss of the same networks."""
    return {(cell, n): trained(seed, cell, n, epochs)[1] for cell in CELLS for n in lengths}


def remembered(scores: pd.DataFrame) -> Finding:
    """Whether the gradient across the longest series is larger through an LSTM."""
    _, at = ends(scores)
    lstm, plain = (by_seed(scores, cell, at) for cell in CELLS)
    return Finding(
        sign((lstm / plain).map(np.log10), 1),
        f"over {at:g} steps the gradient is {lstm.min():.1g} to {lstm.max():.1g} through the LSTM, "
        f"{plain.min():.1g} to {plain.max():.1g} through the plain recurrence",
    )


def learned(scores: pd.DataFrame) -> Finding:
    """Whether the LSTM has the lower log-loss on the longest series."""
    _, at = ends(scores)
    lstm, plain = (by_seed(scores, cell, at) for cell in CELLS)
    return Finding(
        sign(plain - lstm, lstm.mean()),
        f"over {at:g} steps the log-loss is {lstm.mean():.2f} with the LSTM, {plain.mean():.2f} "
        f"with the plain recurrence; the LSTM's is lower on {(lstm < plain).sum()} of {len(lstm)} "
        "seeds",
    )


CARRIES = "dlwp-7.1: an LSTM's carry track fights vanishing gradients over long series"
STEPS_OF_SERIES = Axis("steps of the series", log=True, form="g")
CLAIMS = {
    "depth": Claim(
        "dlwp-7.1: residual connections fight vanishing gradients: they carry the error signal to "
        "the first layers of a deep network",
        Axis("gradient norm, first layer", log=True, form=".1e"),
        by_depth,
        carried_by_skips,
        over=Axis("layers with weights from input to output", form="g"),
        shows=("residual_identity", "residual_network"),
        note=f"`residual_network` without batch normalization, {FILTERS[0]} filters a layer. A "
        "gradient of 0, of units that died, is not drawn.",
    ),
    "recurrence": Claim(
        CARRIES,
        Axis("gradient norm, first step", log=True, form=".1e"),
        gradients,
        remembered,
        over=STEPS_OF_SERIES,
        holds=None,
        note=f"One recurrent layer of {UNITS} units on the last steps of `series` and a sigmoid, "
        f"after {EPOCHS} epochs with the recipe's clipped gradients.",
    ),
    "recurrence_score": Claim(
        f"{CARRIES}, so that it learns from them",
        Axis("log-loss, nats", form=".3f"),
        log_losses,
        learned,
        over=STEPS_OF_SERIES,
        holds=None,
        note="The same networks. Every pulse counts, wherever it stands: the longer the series, "
        "the more there is to know.",
    ),
    "recurrence_untrained": Claim(
        CARRIES,
        Axis("gradient norm, first step", log=True, form=".1e"),
        partial(gradients, epochs=0),
        remembered,
        over=STEPS_OF_SERIES,
        holds=False,
        note="The same networks before training. Of its cell an LSTM keeps the sigmoid of the "
        "forget gate at each step, which Keras starts at sigmoid(1) = 0.73: less of the first "
        "step is left than by the orthogonal matrix that Keras starts the plain recurrence with. "
        "The advantage of the LSTM is one that it learns.",
    ),
}
