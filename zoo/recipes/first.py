"""Recipes of the first graphs: linear maps, and points of 100 numbers."""

from __future__ import annotations

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

AROUND_OURS = {
    "optimizer": ("choice", "adam", "nadam", "rmsprop"),
    "learning_rate": ("log", 0.0005, 0.05),
    "batch_size": ("choice", 16, 32, 64, 128),
}

add(
    Recipe(
        name="single_dense",  # zoo train single_dense --data planted
        architecture="single_dense",
        dataset="linear_map",
        summary="a linear map of 32 numbers to 32, from noisy examples",
        loss={"b": "mse"},
        metrics={"b": ("mse", "mae")},
        learning_rate=0.01,
        schedule="cosine",
        epochs=20,
        batch_size=64,
        early_stopping=5,
        engine="resident-xla",
        baseline="linear",
        search=AROUND_OURS,
        seconds={"planted": 8},
        expect={"planted": {"mse": 0.26}},
        note="The document trains nothing. Least squares, which is the same model, gives the best "
        "score that the training rows allow.",
    ),
    Recipe(
        name="tiny_dense",  # zoo train tiny_dense --data planted
        architecture="tiny_dense",
        dataset="linear_map",
        dataset_options={"width": 2},
        summary="a linear map of two numbers to two, from noisy examples",
        loss={"b": "mse"},
        metrics={"b": ("mse", "mae")},
        learning_rate=0.01,
        schedule="cosine",
        epochs=20,
        batch_size=64,
        early_stopping=5,
        engine="resident-xla",
        baseline="linear",
        search=AROUND_OURS,
        seconds={"planted": 11},
        expect={"planted": {"mse": 0.26}},
        note="The document trains nothing. Least squares, which is the same model, gives the best "
        "score that the training rows allow.",
    ),
    Recipe(
        name="first_mlp",  # zoo train first_mlp --data mixture
        architecture="first_mlp",
        dataset="classes_100",
        summary="which of ten pairs of clouds a point of 100 numbers comes from",
        loss={"category": "sparse_categorical_crossentropy"},
        metrics={"category": ("accuracy", "log_loss")},
        learning_rate=0.005,
        schedule="cosine",
        epochs=20,
        batch_size=64,
        early_stopping=5,
        engine="resident-xla",
        threads=1,
        baseline="nearest_neighbor",
        search=AROUND_OURS,
        seconds={"mixture": 15},
        expect={"mixture": {"accuracy": 0.955}},
        note="Adam with a cosine schedule, where the document has SGD at a fixed rate",
    ),
    Recipe(
        name="first_mlp_as_printed",  # zoo train first_mlp_as_printed --data mixture
        architecture="first_mlp",
        dataset="classes_100",
        summary="the same model with the document's optimizer, targets and epochs",
        loss={"category": "categorical_crossentropy"},
        metrics={"category": ("accuracy",)},
        optimizer="sgd",
        learning_rate=0.01,
        epochs=5,
        engine="resident-xla",
        threads=1,
        baseline="nearest_neighbor",
        search={
            "learning_rate": ("log", 0.003, 0.3),
            "schedule": ("choice", "constant", "cosine"),
            "batch_size": ("choice", 16, 32, 64),
        },
        seconds={"mixture": 11},
        expect={"mixture": {"accuracy": 0.62}},
        note="as printed: SGD at Keras's default rate of 0.01, one-hot targets, accuracy, 5 epochs "
        "of batches of 32. The document then compiles it again with SGD at 0.01 and Nesterov "
        "momentum 0.9 (--set optimizer_options.momentum=0.9 --set "
        "optimizer_options.nesterov=True), evaluates with batches of 128 and shows "
        "train_on_batch.",
    ),
)
