"""Recipes of the dense family: digits as rows of 784 gray levels."""

from __future__ import annotations

from zoo.recipes.dense import AROUND_PRINTED
from zoo.recipes.first import AROUND_OURS
from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

add(
    Recipe(
        name="digit_mlp",  # zoo train digit_mlp --data segments
        architecture="digit_mlp",
        dataset="digits",
        summary="digits from 784 gray levels",
        loss={"digit": "sparse_categorical_crossentropy"},
        metrics={"digit": ("accuracy", "log_loss")},
        optimizer="rmsprop",
        learning_rate=0.0004,
        schedule="cosine",
        epochs=20,
        batch_size=64,
        early_stopping=5,
        engine="resident-xla",
        threads=1,
        baseline="nearest_neighbor",
        search=AROUND_OURS,
        seconds={"segments": 17},
        expect={"segments": {"accuracy": 0.785}},
        note="RMSprop as in the document, at a lower rate that falls to 0, found with `zoo tune`: "
        "larger steps overfit.",
    ),
    Recipe(
        name="digit_mlp_as_printed",  # zoo train digit_mlp_as_printed --data segments
        architecture="digit_mlp",
        dataset="digits",
        summary="the same model with the document's settings",
        loss={"digit": "categorical_crossentropy"},
        metrics={"digit": ("accuracy",)},
        optimizer="rmsprop",
        epochs=1,
        engine="resident-xla",
        threads=1,
        baseline="nearest_neighbor",
        search=AROUND_PRINTED,
        seconds={"segments": 21},
        expect={"segments": {"accuracy": 0.68}},
        note="as printed: RMSprop and one-hot targets. The document calls `fit(data, labels)` "
        "alone: one epoch, 32 rows a step.",
    ),
    Recipe(
        name="shallow_mlp",  # zoo train shallow_mlp --data segments
        architecture="shallow_mlp",
        dataset="digits",
        summary="digits from 784 gray levels, with one hidden layer",
        loss={"digit": "sparse_categorical_crossentropy"},
        metrics={"digit": ("accuracy", "log_loss")},
        optimizer="rmsprop",
        learning_rate=0.0004,
        schedule="cosine",
        epochs=20,
        batch_size=64,
        early_stopping=5,
        engine="resident-xla",
        threads=1,
        baseline="nearest_neighbor",
        search=AROUND_OURS,
        seconds={"segments": 14},
        expect={"segments": {"accuracy": 0.81}},
        note="The document gives no settings; the optimizer and its rate are those of digit_mlp.",
    ),
)
