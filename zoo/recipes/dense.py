"""Recipes of the dense family: maps, clouds of points and pictures as rows of numbers."""

from __future__ import annotations

from typing import Any

from zoo.recipes.recipe import Recipe
from zoo.recipes.registry import add

ADAM = "Adam with a cosine schedule, where the document has RMSprop at a fixed rate"
PRINTED = (
    "as printed: RMSprop at Keras's default rate and one-hot targets; epochs and batch size, "
    "which the catalogue does not give, are 10 and Keras's default of 32"
)
SCORES = ("accuracy", "log_loss")
FALLING = (
    "RMSprop as in the document, at a lower rate that falls to 0, after searches by `zoo tune`: "
    "larger steps learn the training rows by heart"
)
BASELINE = "nearest_neighbor"

# What a search of a recipe as printed varies: how it is trained, not what.
PRINTED_SEARCH: dict[str, tuple[Any, ...]] = {
    "optimizer": ("choice", "rmsprop", "adam", "nadam"),
    "learning_rate": ("log", 0.0003, 0.03),
    "schedule": ("choice", "constant", "cosine"),
    "batch_size": ("choice", 16, 32, 64),
}
# What all recipes here share: a cosine from `learning_rate` to 0, stopped where it overfits.
SCHEDULE: dict[str, Any] = {
    "schedule": "cosine",
    "epochs": 20,
    "batch_size": 64,
    "early_stopping": 5,
    "engine": "resident-xla",
    "search": {
        "optimizer": ("choice", "adam", "nadam", "rmsprop"),
        "learning_rate": ("log", 0.0005, 0.05),
        "batch_size": ("choice", 16, 32, 64, 128),
    },
}
CATEGORY: dict[str, Any] = {
    "loss": {"category": "sparse_categorical_crossentropy"},
    "metrics": {"category": SCORES},
    "baseline": BASELINE,
}
LABEL: dict[str, Any] = {
    "loss": {"label": "binary_crossentropy"},
    "baseline": BASELINE,
}
DIGIT: dict[str, Any] = {
    "dataset": "digits",
    "loss": {"digit": "sparse_categorical_crossentropy"},
    "metrics": {"digit": SCORES},
    "baseline": BASELINE,
}
ONE_HOT: dict[str, Any] = {
    "columns": {"category": ("category_one_hot",)},
    "loss": {"category": "categorical_crossentropy"},
    "metrics": {"category": SCORES},
    "baseline": BASELINE,
}
RMSPROP: dict[str, Any] = {
    "optimizer": "rmsprop",
    "epochs": 10,
    "engine": "resident-xla",
    "note": PRINTED,
    "search": PRINTED_SEARCH,
}
PLAIN_RMSPROP: dict[str, Any] = {**RMSPROP, "note": PRINTED.replace(" and one-hot targets", "")}
LONGER: dict[str, Any] = {**SCHEDULE, "epochs": 30}
SMALLER_STEPS: dict[str, Any] = {**SCHEDULE, "batch_size": 32}

add(
    Recipe(
        name="single_dense",
        architecture="single_dense",
        dataset="linear_map",
        summary="a linear map of 32 numbers to 32, from noisy examples",
        loss={"b": "mse"},
        metrics={"b": ("mse", "mae")},
        learning_rate=0.01,
        baseline="linear",
        **SCHEDULE,
        note="The document trains nothing. Least squares is the ceiling here, and the same model.",
        expect={"planted": {"mse": 0.26}},
        seconds={"planted": 8},
    ),
    Recipe(
        name="softmax_mlp_32",
        architecture="softmax_mlp_32",
        dataset="classes_32",
        summary="which of ten pairs of clouds a point of 32 numbers comes from",
        optimizer="rmsprop",
        learning_rate=0.0012,
        **CATEGORY,
        **SMALLER_STEPS,
        note=FALLING,
        expect={"mixture": {"accuracy": 0.94}},
        seconds={"mixture": 9},
    ),
    Recipe(
        name="softmax_mlp_32_as_printed",
        architecture="softmax_mlp_32",
        dataset="classes_32",
        summary="the same model with the document's optimizer and targets",
        **ONE_HOT,
        **RMSPROP,
    ),
    Recipe(
        name="softmax_mlp_64",
        architecture="softmax_mlp_64",
        dataset="classes_64",
        summary="handwritten digits of 8 x 8 pixels, or clouds of points of 64 numbers",
        optimizer="rmsprop",
        learning_rate=0.002,
        **CATEGORY,
        **SMALLER_STEPS,
        note=FALLING,
        expect={"mixture": {"accuracy": 0.93}},
        seconds={"mixture": 9},
        by_source={"digits_8x8": {"epochs": 60, "learning_rate": 0.003}},
    ),
    Recipe(
        name="two_branch_add",
        architecture="two_branch_add",
        dataset="two_views",
        summary="ten classes from two views, each of which tells a part of the class",
        learning_rate=0.005,
        **CATEGORY,
        **SCHEDULE,
        note="The document gives no settings. Neither view alone allows more than `only_a` or "
        "`only_b`; the variant as_printed, which never reads b, stays below `only_a`.",
        expect={"halves": {"accuracy": 0.94}},
        seconds={"halves": 9},
    ),
    Recipe(
        name="digit_mlp",
        architecture="digit_mlp",
        summary="digits from 784 gray levels",
        optimizer="rmsprop",
        learning_rate=0.0004,
        **DIGIT,
        **SCHEDULE,
        note=FALLING,
        expect={"segments": {"accuracy": 0.785}},
        seconds={"segments": 17},
    ),
    Recipe(
        name="digit_mlp_as_printed",
        architecture="digit_mlp",
        summary="the same model with the document's optimizer",
        **DIGIT,
        **PLAIN_RMSPROP,
    ),
    Recipe(
        name="shallow_mlp",
        architecture="shallow_mlp",
        summary="digits from 784 gray levels, with one hidden layer",
        expect={"segments": {"accuracy": 0.81}},
        seconds={"segments": 14},
        optimizer="rmsprop",
        learning_rate=0.0004,
        **DIGIT,
        **SCHEDULE,
        note="The document gives no settings; the optimizer and its rate are those of digit_mlp.",
    ),
    Recipe(
        name="binary_mlp",
        architecture="binary_mlp",
        dataset="binary_wide",
        summary="benign or malignant from 30 measures, or clouds of points of 100 numbers",
        expect={"mixture": {"accuracy": 0.97}},
        seconds={"mixture": 8},
        metrics={"label": (*SCORES, "mean_prediction")},
        optimizer="rmsprop",
        learning_rate=0.001,
        **LABEL,
        **SMALLER_STEPS,
        note=FALLING,
    ),
    Recipe(
        name="binary_mlp_as_printed",
        architecture="binary_mlp",
        dataset="binary_wide",
        summary="the same model with the document's optimizer and its custom metric",
        metrics={"label": (*SCORES, "mean_prediction")},
        **LABEL,
        **PLAIN_RMSPROP,
    ),
    Recipe(
        name="multiclass_mlp",
        architecture="multiclass_mlp",
        dataset="classes_100",
        summary="which of ten pairs of clouds a point of 100 numbers comes from",
        learning_rate=0.005,
        **CATEGORY,
        **SCHEDULE,
        note=ADAM,
        expect={"mixture": {"accuracy": 0.955}},
        seconds={"mixture": 9},
    ),
    Recipe(
        name="multiclass_mlp_as_printed",
        architecture="multiclass_mlp",
        dataset="classes_100",
        summary="the same model with the document's optimizer and targets",
        **ONE_HOT,
        **RMSPROP,
    ),
    Recipe(
        name="dropout_mlp",
        architecture="dropout_mlp",
        dataset="classes_20",
        summary="which of ten pairs of clouds a point of 20 numbers comes from",
        learning_rate=0.005,
        **CATEGORY,
        **LONGER,
        note="Adam with a cosine schedule, where the document has SGD with momentum",
        expect={"mixture": {"accuracy": 0.945}},
        seconds={"mixture": 9},
    ),
    Recipe(
        name="dropout_mlp_as_printed",
        architecture="dropout_mlp",
        dataset="classes_20",
        summary="the same model with the document's optimizer and targets",
        optimizer="sgd",
        optimizer_options={"momentum": 0.9, "nesterov": True},
        learning_rate=0.01,
        epochs=20,
        engine="resident-xla",
        **ONE_HOT,
        search={
            "learning_rate": ("log", 0.003, 0.3),
            "optimizer_options.momentum": ("float", 0.5, 0.95),
            "schedule": ("choice", "constant", "cosine"),
            "batch_size": ("choice", 16, 32, 64),
        },
        note="as printed: SGD at 0.01 with Nesterov momentum 0.9 and one-hot targets; epochs and "
        "batch size, which the catalogue does not give, are 20 and Keras's default of 32",
    ),
    Recipe(
        name="mlp",
        architecture="mlp",
        dataset="binary_narrow",
        summary="whether diabetes goes on faster than usual, from 10 measures, or clouds of points",
        metrics={"label": SCORES},
        learning_rate=0.01,
        **LABEL,
        **SCHEDULE,
        note="The document gives no settings.",
        expect={"mixture": {"accuracy": 0.93}},
        seconds={"mixture": 8},
    ),
)
